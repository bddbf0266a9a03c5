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


class PaymentPagePolicyTests(SimpleTestCase):
    @override_settings(**STRIPES_OWN)
    def test_it_lets_in_what_stripe_needs_and_no_more(self):
        expected = {
            "script-src": ["https://js.stripe.com", "https://*.js.stripe.com"],
            "connect-src": ["https://api.stripe.com"],
            "frame-src": ["https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"],
        }
        self.assertEqual(payment_page_csp(), expected)

    @override_settings(**DOUBLE)
    def test_it_is_made_of_the_settings(self):
        origin = "http://127.0.0.1:4242"
        expected = {
            "script-src": [origin],
            "connect-src": [origin],
            "frame-src": [origin, "http://127.0.0.1:4243"],
        }
        self.assertEqual(payment_page_csp(), expected)

    @override_settings(**DOUBLE)
    def test_the_header_keeps_the_sites_own_sources(self):
        policies = {}
        for name, respond in {
            "plain": HttpResponse,
            "paying": lambda: with_payment_csp(HttpResponse()),
        }.items():
            middleware = CSPMiddleware(lambda request, respond=respond: respond())
            policy = middleware(RequestFactory().get("/"))["Content-Security-Policy"]
            policies[name] = dict(part.strip().split(" ", 1) for part in policy.split(";"))

        changed = {
            name: value for name, value in policies["paying"].items() if policies["plain"].get(name) != value
        }

        origin = "http://127.0.0.1:4242"
        expected = {
            "script-src": f"'self' {origin}",
            "connect-src": f"'self' {origin}",
            "frame-src": f"{origin} http://127.0.0.1:4243",
        }
        self.assertEqual(changed, expected)
