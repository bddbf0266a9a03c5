"""Simulate a slow network: a page arrives tag by tag, and the browser paints what it has before it gets more.

No timing is involved, so that every load of a page is the same: the page itself says when it has painted a
piece, by `REPORT_PAINTS`, and only then is the next one sent. At most one page may be loading at a time.
"""

import re
from collections import Counter
from threading import Semaphore

from django.http import StreamingHttpResponse

WHOLE = rb"<(label|noscript|script|select|svg|textarea)\b.*?</\1>"  # small or not painted: one piece
KIND = rb'<\w+(?: class="[^"]*")?'
TAG = re.compile(WHOLE + b"|" + KIND, re.DOTALL)
OF_A_KIND = 8  # tags that arrive one by one; the rest of a long list is below the window
ARRIVED, PAINTED = "arrived", "painted"
PATIENCE_SECONDS = 30

REPORT_PAINTS = f"""new MutationObserver((records) => {{
    const nodes = records.flatMap(({{addedNodes}}) => [...addedNodes]);
    const report = () => setTimeout(() => console.debug("{PAINTED}"));
    if (nodes.some(({{data}}) => data === "{ARRIVED}")) requestAnimationFrame(report);
}}).observe(document, {{childList: true, subtree: true}})"""

_paints = Semaphore(0)


def listen(message):
    """Send the next piece if the page's console says that the last one has been painted."""
    if message.text == PAINTED:
        _paints.release()


def middleware(get_response):
    """Middleware: send pages in pieces. Put it first; it asks for an uncompressed page."""

    def answer(request):
        request.META.pop("HTTP_ACCEPT_ENCODING", None)
        response = get_response(request)
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        slow = StreamingHttpResponse(_slowly(response.content), status=response.status_code)
        slow.headers, slow.cookies = response.headers, response.cookies
        del slow["Content-Length"]  # the marks add to it
        return slow

    return answer


def _slowly(page):
    start = 0
    for cut in _cuts(page):
        yield page[start:cut] + f"<!--{ARRIVED}-->".encode()
        if not _paints.acquire(timeout=PATIENCE_SECONDS):
            raise TimeoutError("The browser has not painted what it got.")
        start = cut
    yield page[start:]


def _cuts(page):
    """Yield where to cut the page: before the tags of its body, but only the first few of each kind."""
    seen = Counter()
    for tag in TAG.finditer(page, page.find(b"<header") + 1):
        kind = re.match(KIND, tag[0])[0]
        seen[kind] += 1
        if seen[kind] <= OF_A_KIND:
            yield tag.start()
