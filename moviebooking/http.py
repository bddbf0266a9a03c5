"""Who a request comes from, how it wants its answer, and where it may be sent."""

from functools import wraps
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import JsonResponse
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme


def client_address(get_response):
    """Middleware: REMOTE_ADDR is the client's own address, also behind `PROXY_COUNT` proxies of ours.

    Each of them adds to X-Forwarded-For whom it was asked by; what stands before that the client may invent.
    """

    def middleware(request):
        hops = request.headers.get("X-Forwarded-For", "").split(",")
        if 0 < settings.PROXY_COUNT <= len(hops):
            request.META["REMOTE_ADDR"] = hops[-settings.PROXY_COUNT].strip() or request.META["REMOTE_ADDR"]
        return get_response(request)

    return middleware


def explain_wrong_method(get_response):
    """Middleware: Django's 405 is an empty page. A person who came to a form's own address, by a bookmark or
    from the history, is told so.
    """

    def middleware(request):
        response = get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not wants_json(request):
            response.content = render_to_string("405.html", request=request)
        return response

    return middleware


def wants_json(request):
    """True when the client prefers JSON to HTML. A browser's `*/*` does not count."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def safe_next(request, default):
    """`next` from the form or the query when it stays on this site, else the default."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else default


def login_required_or_401(view=None, *, come_back_to=None):
    """A login for people, 401 `login_required` for JSON.

    `come_back_to(request, **kwargs)` names the page to come back to where the request itself, a POST, can't
    be made again after the login.
    """

    def decorate(inner):
        @wraps(inner)
        def guarded(request, *args, **kwargs):
            if request.user.is_authenticated:
                return inner(request, *args, **kwargs)
            if wants_json(request):
                return JsonResponse({"error": "login_required"}, status=401)
            return redirect_to_login(
                come_back_to(request, **kwargs) if come_back_to else request.get_full_path()
            )

        return guarded

    return decorate(view) if view else decorate
