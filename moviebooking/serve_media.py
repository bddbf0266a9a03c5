"""Uploads served by the site itself, where no front server or object storage does (SERVE_MEDIA)."""

import mimetypes

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404
from django.middleware.gzip import GZipMiddleware
from django.views.decorators.http import require_safe
from django.views.static import serve

SHOWN = {"image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"}
MAX_AGE = 7 * 24 * 3600  # seconds; an upload that is replaced gets another name


@require_safe
def media(request, path):
    """A file below MEDIA_ROOT. Only raster images are shown; the rest, SVG too, is downloaded."""
    if not settings.SERVE_MEDIA:
        raise Http404
    try:
        response = serve(request, path, document_root=settings.MEDIA_ROOT)
    except (SuspiciousFileOperation, ValueError, OSError) as error:  # a way out; a NUL; too long a name
        raise Http404 from error
    response.is_the_file_itself = True
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = f"public, max-age={MAX_AGE}"
    if mimetypes.guess_type(path)[0] not in SHOWN:
        response["Content-Type"] = "application/octet-stream"
        response["Content-Disposition"] = "attachment"
    return response


class PageGZipMiddleware(GZipMiddleware):
    """Middleware: Django's, but for uploads. Pictures are compressed already, and one for all visitors."""

    def process_response(self, request, response):
        if not getattr(response, "is_the_file_itself", False):
            return super().process_response(request, response)
        del response["Vary"]  # of the language, as the middleware of all pages has it
        return response
