"""Simulate a slow network: pages arrive in chunks, and the browser can paint in between."""

from time import sleep

from django.http import StreamingHttpResponse

PIECES, PAUSE_SECONDS = 16, 0.04


def middleware(get_response):
    """Middleware: send the response in chunks. Put it first, so that it gets the compressed bytes."""

    def answer(request):
        response = get_response(request)
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        slow = StreamingHttpResponse(_slowly(response.content), status=response.status_code)
        slow.headers, slow.cookies = response.headers, response.cookies
        return slow

    return answer


def _slowly(content):
    size = len(content) // PIECES + 1
    for start in range(0, len(content), size):
        yield content[start : start + size]
        sleep(PAUSE_SECONDS)
