"""The URLs of the site, plus some for tests: pages that fail, and a page with all components."""

from pathlib import Path

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpResponse
from django.shortcuts import render
from django.template import engines
from django.urls import path

from moviebooking import urls

handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


TOKENS = {
    "colours": [
        "ground",
        "surface",
        "sunken",
        "line",
        "line-strong",
        "ink",
        "ink-soft",
        "amber",
        "on-amber",
        "accent",
        "info",
        "error",
    ],
    "steps": ["4", "3", "2", "1", "0", "-1"],
    "spaces": "12345678",
}


def fails(error):
    def view(request):
        raise error

    return view


def pieces(request):
    template = engines["django"].from_string(Path(__file__).with_name("pieces.html").read_text())
    return HttpResponse(template.render(TOKENS, request))


urlpatterns = [
    path("wrong/400", fails(SuspiciousOperation())),
    path("wrong/403", fails(PermissionDenied())),
    path("wrong/500", fails(RuntimeError("as a page's own fault would be"))),
    path("wrong/503", lambda request: render(request, "503.html", status=503)),
    path("pieces", pieces),
    *urls.urlpatterns,
]
