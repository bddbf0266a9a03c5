from csp.middleware import CSPMiddleware
from django.http import HttpResponse
from django.test import RequestFactory, SimpleTestCase, override_settings

from bookings.payments.csp import payment_page_csp, with_payment_csp

DOUBLE = {
    "STRIPE_JS_URL": "http://127.0.0.1:4242/v3/",
    "STRIPE_BROWSER_API_ORIGIN": "http://127.0.0.1:4242",
    "STRIPE_FRAME_ORIGINS": ["http://127.0.0.1:4242", "http://127.0.0.1:4243"],
}
STRIPES_OWN = {
    "STRIPE_JS_URL": "https://js.stripe.com/v3/",
    "STRIPE_BROWSER_API_ORIGIN": "https://api.stripe.com",
    "STRIPE_FRAME_ORIGINS": ["https://js.stripe.com", "https://hooks.stripe.com"],
}


def policy_of(response):
    """The header that the response leaves the site with, by directive."""
    header = CSPMiddleware(lambda request: response)(RequestFactory().get("/"))["Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in header.split(";"))


class PaymentPagePolicyTests(SimpleTestCase):
    @override_settings(**STRIPES_OWN)
    def test_the_policy_allows_what_stripe_needs_and_no_more(self):
        expected = {
            "script-src": ["https://js.stripe.com", "https://*.js.stripe.com"],
            "connect-src": ["https://api.stripe.com"],
            "frame-src": ["https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"],
        }
        self.assertEqual(payment_page_csp(), expected)

    @override_settings(**DOUBLE)
    def test_the_policy_follows_the_settings(self):
        origin = "http://127.0.0.1:4242"
        expected = {
            "script-src": [origin],
            "connect-src": [origin],
            "frame-src": [origin, "http://127.0.0.1:4243"],
        }
        self.assertEqual(payment_page_csp(), expected)

    @override_settings(**DOUBLE)
    def test_the_header_keeps_the_sites_own_sources(self):
        plain = policy_of(HttpResponse())
        paying = policy_of(with_payment_csp(HttpResponse()))

        changed = {name: sources for name, sources in paying.items() if plain.get(name) != sources}

        origin = "http://127.0.0.1:4242"
        expected = {
            "script-src": f"'self' {origin}",
            "connect-src": f"'self' {origin}",
            "frame-src": f"{origin} http://127.0.0.1:4243",
        }
        self.assertEqual(changed, expected)
