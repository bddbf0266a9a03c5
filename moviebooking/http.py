"""Client addresses, preferred formats, redirects and headers of requests and responses."""

from functools import wraps
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django_permissions_policy.decorators import permissions_policy_override

LONGEST_NUMBER = 15  # digits of any number that a request may need
# Percent-encoded characters of a URL to return to: more than the longest slug has, and few enough for the web
# servers that read it in a header or in a request line.
LONGEST_NEXT = 2500


def client_address(get_response):
    """Middleware: set REMOTE_ADDR to the client's address, also behind `PROXY_COUNT` trusted proxies.

    Each proxy appends the address of its peer to X-Forwarded-For; the client may have forged the entries
    before. If the entry is not an address, REMOTE_ADDR stays the address of the connection.
    """

    def middleware(request):
        hops = request.headers.get("X-Forwarded-For", "").split(",")
        if 0 < settings.PROXY_COUNT <= len(hops):
            peer = request.META["REMOTE_ADDR"]
            request.META["REMOTE_ADDR"] = address_in(hops[-settings.PROXY_COUNT]) or peer
        return get_response(request)

    return middleware


def address_in(hop):
    """Return the plain address in an entry of X-Forwarded-For, or "".

    Proxies write `203.0.113.9`, `203.0.113.9:80`, `2001:db8::9`, `[2001:db8::9]` and `[2001:db8::9]:80`. A
    zone (`%eth0`) is only meaningful on one machine and is dropped. An IPv4-mapped IPv6 address becomes the
    IPv4 address.
    """
    address = hop.strip()
    if address.startswith("["):
        address = address[1:].partition("]")[0]
    elif address.count(":") == 1:
        address = address.partition(":")[0]
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def refuse_unreadable_length(get_response):
    """Middleware: answer 400 to a Content-Length that is not a number, which some servers let through."""

    def middleware(request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdecimal() and len(length) <= LONGEST_NUMBER):
            raise BadRequest("Content-Length")
        return get_response(request)

    return middleware


def explain_wrong_method(get_response):
    """Middleware: render a page for 405, for visitors who open a form's URL from a bookmark or the history.

    Django's own response is empty.
    """

    def middleware(request):
        response = get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not wants_json(request):
            response.content = render_to_string("405.html", request=request)
        return response

    return middleware


#: Decorator, the outermost: keep the page out of every cache, the browser's included. For personal data.
personal = cache_control(private=True, no_store=True)


def allows(*features):
    """Decorator: let the page, but no frame in it, use features that PERMISSIONS_POLICY denies by default."""
    return permissions_policy_override({**settings.PERMISSIONS_POLICY, **dict.fromkeys(features, "self")})


def wants_json(request):
    """Return True if the client prefers JSON to HTML. A browser's `*/*` does not count."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def safe_next(request, default=""):
    """Return `next` from the form or the query if it is the URL of a page of this site, else the default."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    return target if _is_own_page(request, target) else default


def redirect_to_next(request, default):
    """Redirect to a safe `next`, else to the default: a URL, a URL name, or a model instance.

    `redirect()` would take a bare word in `next` for a URL name and fail to reverse it.
    """
    return HttpResponseRedirect(safe_next(request) or resolve_url(default))


def _is_own_page(request, target):
    """Return True for a URL of this site. Relative paths (`movies`) are refused: they depend on the page."""
    return (
        target.startswith(("/", "http://", "https://"))
        and len(iri_to_uri(target)) <= LONGEST_NEXT
        and url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    )


def login_required_or_401(view=None, *, come_back_to=None):
    """Decorator: redirect anonymous visitors to the login, or answer 401 `login_required` as JSON.

    `come_back_to(request, **kwargs)` returns the URL to return to after the login, for views that only accept
    POST.
    """

    def decorate(inner):
        @wraps(inner)
        def guarded(request, *args, **kwargs):
            if request.user.is_authenticated:
                return inner(request, *args, **kwargs)
            if wants_json(request):
                return JsonResponse({"error": "login_required"}, status=401)
            return _to_login(come_back_to(request, **kwargs) if come_back_to else request.get_full_path())

        return guarded

    return decorate(view) if view else decorate


def _to_login(next_url):
    """Redirect to the login, and back afterwards unless the URL is too long. `next` encodes it once more."""
    if len(quote(next_url)) > LONGEST_NEXT:
        return HttpResponseRedirect(resolve_url(settings.LOGIN_URL))
    return redirect_to_login(next_url)
