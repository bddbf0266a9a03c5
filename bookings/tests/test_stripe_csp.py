from csp.middleware import CSPMiddleware
from django.http import HttpResponse
from django.test import RequestFactory, SimpleTestCase, override_settings

from bookings.payments.csp import payment_page_csp, with_payment_csp

FAKE_STRIPE = {
    "STRIPE_JS_URL": "http://127.0.0.1:4242/v3/",
    "STRIPE_BROWSER_API_ORIGIN": "http://127.0.0.1:4242",
    "STRIPE_FRAME_ORIGINS": ["http://127.0.0.1:4242", "http://127.0.0.1:4243"],
}
REAL_STRIPE = {
    "STRIPE_JS_URL": "https://js.stripe.com/v3/",
    "STRIPE_BROWSER_API_ORIGIN": "https://api.stripe.com",
    "STRIPE_FRAME_ORIGINS": ["https://js.stripe.com", "https://hooks.stripe.com"],
}


def csp_directives(response):
    """Return the directives of the response's CSP header, as {name: sources}."""
    header = CSPMiddleware(lambda request: response)(RequestFactory().get("/"))["Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in header.split(";"))


class PaymentPagePolicyTests(SimpleTestCase):
    @override_settings(**REAL_STRIPE)
    def test_the_policy_allows_what_stripe_needs_and_no_more(self):
        expected = {
            "script-src": ["https://js.stripe.com", "https://*.js.stripe.com"],
            "connect-src": ["https://api.stripe.com"],
            "frame-src": ["https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"],
        }
        self.assertEqual(payment_page_csp(), expected)

    @override_settings(**FAKE_STRIPE)
    def test_the_policy_allows_the_origins_of_the_settings(self):
        origin = "http://127.0.0.1:4242"
        expected = {
            "script-src": [origin],
            "connect-src": [origin],
            "frame-src": [origin, "http://127.0.0.1:4243"],
        }
        self.assertEqual(payment_page_csp(), expected)

    @override_settings(**FAKE_STRIPE)
    def test_the_header_adds_to_the_sites_own_sources_and_changes_no_other_directive(self):
        usual_policy = csp_directives(HttpResponse())
        payment_policy = csp_directives(with_payment_csp(HttpResponse()))

        changed = {
            name: sources for name, sources in payment_policy.items() if usual_policy.get(name) != sources
        }

        origin = "http://127.0.0.1:4242"
        expected = {
            "script-src": f"'self' {origin}",
            "connect-src": f"'self' {origin}",
            "frame-src": f"{origin} http://127.0.0.1:4243",
        }
        self.assertEqual(changed, expected)
