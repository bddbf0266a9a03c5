"""Pages of the catalogue: the same for all visitors but for their visitor parts, and rendered once for all.

decisions/0036 says what is kept where, and for how long.
"""

import gzip
import re
from functools import partial, wraps
from hashlib import sha256

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.gzip import re_accepts_gzip
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.text import compress_string

from moviebooking.visitor_parts import Gaps, fill

from . import listing
from .kept import FRESH, STALE, kept

FOR_ALL = f"public, max-age=0, s-maxage={FRESH.seconds}, stale-while-revalidate={STALE.seconds}"
FOR_ONE = "private"
#: What the value of a parameter looks like on a kept page. Views refuse values that only look like it.
PLAIN = {"captions": "on", "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "page": "[1-9][0-9]{0,3}"}
PLAIN_WORD = r"\S{0,120}"
VARY = ("Cookie", "Accept-Language", "Accept-Encoding")


class RequestForAll(HttpRequest):
    """A GET of a page by nobody: without user, cookies, messages, host or scheme.

    Of the query it has only the named parameters that say something, in this order. (An empty city means
    everywhere.) What it renders can depend on nothing else, nor can the key under which the page is kept.
    """

    def __init__(self, request, *, names, city):
        super().__init__()
        self.method, self.path, self.path_info = "GET", request.path, request.path_info
        self.resolver_match, self.LANGUAGE_CODE = request.resolver_match, request.LANGUAGE_CODE
        self.GET = QueryDict(mutable=True)
        told = {name: request.GET[name] for name in names if name in request.GET}
        self.GET.update({name: value for name, value in told.items() if value or name == "city"})
        self.META = {"QUERY_STRING": self.GET.urlencode()}
        self.user = AnonymousUser()
        listing.choose_city(self, city)
        self.city, self.is_kept = city, all(_is_plain(*item) for item in self.GET.items())

    def key(self, kind):
        told = [self.LANGUAGE_CODE, self.city, self.get_full_path()]
        return f"page:{kind}:{sha256(repr(told).encode()).hexdigest()}"


def public_page(*names, about_visitor=None):
    """Decorator for a view whose page is the same for all visitors of a city but for its visitor parts.

    `names` are the query parameters that the view reads. `about_visitor(request, **kwargs)` returns the
    context of the visitor parts; callables in it are called only if a part needs them. The view gets a
    RequestForAll. It returns a page or raises Http404, and calls `do_not_keep` for a page of which there are
    endlessly many.
    """

    def decorate(view):
        @wraps(view)
        def public(request, **kwargs):
            if _tells_nothing(request):
                page = RequestForAll(request, names=names, city="")
                response = _whole(request, page, partial(view, page, **kwargs))
            else:
                page = RequestForAll(request, names=names, city=listing.chosen_city(request))
                context = about_visitor(request, **kwargs) if about_visitor else {}
                response = _filled(request, page, partial(view, page, **kwargs), context)
            patch_vary_headers(response, VARY)
            return response

        return public

    return decorate


def do_not_keep(request):
    """Keep this page in no cache of the site: anybody could make up any number of its kind."""
    request.is_kept = False


def _is_plain(name, value):
    return re.fullmatch(PLAIN.get(name, PLAIN_WORD), value)


def _tells_nothing(request):
    """Return True for a request that says nothing about its visitor but which languages they read."""
    cookies = (settings.SESSION_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, CookieStorage.cookie_name)
    return "Authorization" not in request.headers and not any(name in request.COOKIES for name in cookies)


def _whole(request, page, render):
    """Return the response for those who tell nothing: kept compressed, with an ETag."""

    def make():
        content = _rendered(render).content
        return {"gzip": compress_string(content), "etag": f'W/"{sha256(content).hexdigest()}"'}, page.is_kept

    found = kept(page.key("whole"), make, now=timezone.now())
    response = HttpResponse(found["gzip"], headers={"Content-Encoding": "gzip"})
    if not re_accepts_gzip.search(request.headers.get("Accept-Encoding", "")):
        response = HttpResponse(gzip.decompress(found["gzip"]))
    response["Cache-Control"], response["ETag"] = FOR_ALL, found["etag"]
    return get_conditional_response(request, etag=found["etag"], response=response)


def _filled(request, page, render, context):
    """Return the response for one visitor: the kept page with the visitor's own parts."""

    def make():
        gaps = Gaps()
        page.gap_for = gaps.leave
        return gaps.split(_rendered(render).text), page.is_kept

    pieces = kept(page.key("pieces"), make, now=timezone.now())
    return HttpResponse(fill(pieces, request, context), headers={"Cache-Control": FOR_ONE})


def _rendered(render):
    response = render()
    return response.render() if hasattr(response, "render") else response
