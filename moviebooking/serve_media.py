"""Serve uploads with Django, for sites without a front server or object storage (SERVE_MEDIA)."""

import mimetypes

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404
from django.middleware.gzip import GZipMiddleware
from django.views.decorators.http import require_safe
from django.views.static import serve

INLINE_TYPES = {"image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"}
MAX_AGE = 7 * 24 * 3600  # seconds; a replaced upload has another name


@require_safe
def media(request, path):
    """Serve a file below MEDIA_ROOT: raster images inline, anything else, including SVG, as a download."""
    if not settings.SERVE_MEDIA:
        raise Http404
    try:
        response = serve(request, path, document_root=settings.MEDIA_ROOT)
    except (SuspiciousFileOperation, ValueError, OSError) as error:  # a path outside; a NUL; too long a name
        raise Http404 from error
    response.is_upload = True
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = f"public, max-age={MAX_AGE}"
    if mimetypes.guess_type(path)[0] not in INLINE_TYPES:
        response["Content-Type"] = "application/octet-stream"
        response["Content-Disposition"] = "attachment"
    return response


class PageGZipMiddleware(GZipMiddleware):
    """Middleware: compress everything but uploads, which are compressed already and the same for all."""

    def process_response(self, request, response):
        if not getattr(response, "is_upload", False):
            return super().process_response(request, response)
        del response["Vary"]  # set by LocaleMiddleware
        return response
