"""The payment page's Content-Security-Policy: the site's own, plus Stripe's script, frames and API."""

from urllib.parse import urlsplit

from django.conf import settings

STRIPE_JS_HOST = "js.stripe.com"


def payment_page_csp():
    """Return the sources to add to the site's policy: {directive: list of sources}."""
    scripts = [_origin(settings.STRIPE_JS_URL)]
    if urlsplit(settings.STRIPE_JS_URL).hostname == STRIPE_JS_HOST:
        scripts.append(f"https://*.{STRIPE_JS_HOST}")  # Stripe.js loads its parts from there
    return {
        "script-src": scripts,
        "connect-src": [_origin(settings.STRIPE_BROWSER_API_ORIGIN)],
        "frame-src": list(dict.fromkeys([*scripts, *settings.STRIPE_FRAME_ORIGINS])),
    }


def with_payment_csp(response):
    """Return the response, now allowed to show the card form."""
    response._csp_update = payment_page_csp()  # as django-csp's decorator `csp_update` does for a whole view
    return response


def _origin(url):
    """Return the scheme and host of a URL: "https://js.stripe.com"."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
