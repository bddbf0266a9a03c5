"""Who a request comes from, how it wants its answer, and where it may be sent."""

from functools import wraps
from http import HTTPStatus
from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils.encoding import iri_to_uri
from django.utils.http import MAX_URL_REDIRECT_LENGTH, url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django_permissions_policy.decorators import permissions_policy_override

LONGEST_NUMBER = 15  # digits of any number that a request may need


def client_address(get_response):
    """Middleware: REMOTE_ADDR is the client's own address, also behind `PROXY_COUNT` proxies of ours.

    Each of them adds to X-Forwarded-For whom it was asked by; what stands before that the client may invent.
    An entry that is no address counts for nothing: the address of the connection stays.
    """

    def middleware(request):
        hops = request.headers.get("X-Forwarded-For", "").split(",")
        if 0 < settings.PROXY_COUNT <= len(hops):
            peer = request.META["REMOTE_ADDR"]
            request.META["REMOTE_ADDR"] = address_in(hops[-settings.PROXY_COUNT]) or peer
        return get_response(request)

    return middleware


def address_in(hop):
    """The plain address that an entry of X-Forwarded-For names, or "".

    Proxies write `203.0.113.9`, `203.0.113.9:80`, `2001:db8::9`, `[2001:db8::9]` and `[2001:db8::9]:80`. A
    zone (`%eth0`) means something on one machine only and is dropped; an IPv4 address inside an IPv6 one is
    the same client as without.
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
    """Middleware: 400 for a Content-Length that is no number; some servers let it pass."""

    def middleware(request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdecimal() and len(length) <= LONGEST_NUMBER):
            raise BadRequest("Content-Length")
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


#: Decorator, the outermost: what only this visitor may see is kept by no cache, a browser's neither.
personal = cache_control(private=True, no_store=True)


def allows(*features):
    """Decorator: let the page, and no frame in it, use what PERMISSIONS_POLICY denies to all the others."""
    return permissions_policy_override({**settings.PERMISSIONS_POLICY, **dict.fromkeys(features, "self")})


def wants_json(request):
    """True when the client prefers JSON to HTML. A browser's `*/*` does not count."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def safe_next(request, default=""):
    """`next` from the form or the query when it is the address of a page of this site, else the default."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    return target if _is_a_page_of_ours(request, target) else default


def redirect_to_next(request, default):
    """Lead on to `next`; without a safe one, to the default: an address, a URL's name, or a model.

    `redirect()` would take a bare word in `next` for a URL's name, and find none of that name.
    """
    return HttpResponseRedirect(safe_next(request) or resolve_url(default))


def _is_a_page_of_ours(request, target):
    """A relative address (`movies`) is refused too: it would lead somewhere else from every page."""
    return (
        target.startswith(("/", "http://", "https://"))
        and len(iri_to_uri(target)) <= MAX_URL_REDIRECT_LENGTH  # Django refuses to send anybody further
        and url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    )


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
