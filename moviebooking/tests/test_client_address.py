from django.test import RequestFactory, SimpleTestCase, TestCase, override_settings

from moviebooking.http import address_in, client_address


def seen(*, proxies, forwarded=None, peer="198.51.100.1"):
    """Return the REMOTE_ADDR that a view sees."""
    headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
    with override_settings(PROXY_COUNT=proxies):
        request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)
        return client_address(lambda request: request.META["REMOTE_ADDR"])(request)


class ClientAddressTests(SimpleTestCase):
    def test_without_proxies_x_forwarded_for_is_ignored(self):
        self.assertEqual(seen(proxies=0, forwarded="203.0.113.9"), "198.51.100.1")

    def test_behind_one_proxy_the_last_entry_counts(self):
        self.assertEqual(seen(proxies=1, forwarded="invented, 203.0.113.9"), "203.0.113.9")

    def test_behind_two_proxies_the_last_but_one_entry_counts(self):
        self.assertEqual(seen(proxies=2, forwarded="invented, 203.0.113.9,198.51.100.7"), "203.0.113.9")

    def test_a_request_that_bypassed_the_proxies_keeps_its_address(self):
        for forwarded in (None, "", "203.0.113.9"):
            self.assertEqual(seen(proxies=2, forwarded=forwarded), "198.51.100.1")

    def test_an_invalid_entry_leaves_the_address_of_the_connection(self):
        for forwarded in (
            "unknown",
            "_hidden",
            " ",
            "1.2.3",
            "1.2.3.4:5:6",
            "[]:80",
            "::1::2",
            "\ud800",
            "9" * 5000,
        ):
            with self.subTest(forwarded[:20]):
                self.assertEqual(seen(proxies=1, forwarded=forwarded), "198.51.100.1")


class AddressTests(SimpleTestCase):
    def test_every_notation_of_an_address_is_understood(self):
        for hop, address in {
            "203.0.113.9": "203.0.113.9",
            " 203.0.113.9:8080 ": "203.0.113.9",
            "2001:db8::9": "2001:db8::9",
            "2001:DB8:0::9": "2001:db8::9",
            "[2001:db8::9]": "2001:db8::9",
            "[2001:db8::9]:8080": "2001:db8::9",
            "fe80::9%eth0": "fe80::9",
            "[fe80::9%25eth0]:8080": "fe80::9",
            "::ffff:203.0.113.9": "203.0.113.9",
            "[::ffff:203.0.113.9]:8080": "203.0.113.9",
        }.items():
            with self.subTest(hop):
                self.assertEqual(address_in(hop), address)


@override_settings(PROXY_COUNT=1, AXES_ENABLED=True, THROTTLES=True)
class SigningInBehindAProxyTests(TestCase):
    def test_a_failed_login_works_with_any_x_forwarded_for(self):
        for forwarded in ("1.2.3.4:8080", "[2001:db8::9]:8080", "fe80::9%eth0", "unknown", "", "'; --"):
            with self.subTest(forwarded):
                response = self.client.post(
                    "/accounts/login/",
                    {"username": "ann", "password": "wrong"},
                    headers={"X-Forwarded-For": forwarded},
                )
                self.assertEqual(response.status_code, 200)

    def test_a_failed_login_works_on_a_unix_socket(self):
        response = self.client.post(
            "/accounts/login/", {"username": "ann", "password": "wrong"}, REMOTE_ADDR=""
        )

        self.assertEqual(response.status_code, 200)
