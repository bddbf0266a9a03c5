"""The site's addresses, and some where things go wrong, to see what is said then."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.shortcuts import render
from django.urls import path

from moviebooking import urls

handler400, handler403, handler404, handler500 = (
    urls.handler400,
    urls.handler403,
    urls.handler404,
    urls.handler500,
)


def fails(error):
    def view(request):
        raise error

    return view


urlpatterns = [
    path("wrong/400", fails(SuspiciousOperation())),
    path("wrong/403", fails(PermissionDenied())),
    path("wrong/500", fails(RuntimeError("as a page's own fault would be"))),
    path("wrong/503", lambda request: render(request, "503.html", status=503)),
    *urls.urlpatterns,
]
