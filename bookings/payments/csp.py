"""What the payment page may load beyond the site's own policy: Stripe's script, its frames and its API."""

from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings

STRIPE_JS_HOST = "js.stripe.com"


def payment_page_csp():
    """The sources to add, by directive, as django-csp's `csp_update` takes them."""
    scripts = [_origin(settings.STRIPE_JS_URL)]
    if urlsplit(settings.STRIPE_JS_URL).hostname == STRIPE_JS_HOST:
        scripts.append(f"https://*.{STRIPE_JS_HOST}")  # where Stripe.js has its parts
    return {
        "script-src": scripts,
        "connect-src": [_origin(settings.STRIPE_BROWSER_API_ORIGIN)],
        "frame-src": _each_once([*scripts, *settings.STRIPE_FRAME_ORIGINS]),
    }


def with_payment_csp(response):
    """The same response, allowed to show the card form."""
    return csp_update(payment_page_csp())(lambda: response)()


def _origin(url):
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _each_once(sources):
    return list(dict.fromkeys(sources))
