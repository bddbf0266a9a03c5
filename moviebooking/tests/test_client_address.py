from django.test import RequestFactory, SimpleTestCase, TestCase, override_settings

from moviebooking.http import address_in, client_address


def seen(*, proxies, forwarded=None, peer="198.51.100.1"):
    """The REMOTE_ADDR that a view sees."""
    headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
    with override_settings(PROXY_COUNT=proxies):
        request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)
        return client_address(lambda request: request.META["REMOTE_ADDR"])(request)


class ClientAddressTests(SimpleTestCase):
    def test_without_proxies_nothing_the_client_says_counts(self):
        self.assertEqual(seen(proxies=0, forwarded="203.0.113.9"), "198.51.100.1")

    def test_behind_one_proxy_its_last_word_counts(self):
        self.assertEqual(seen(proxies=1, forwarded="invented, 203.0.113.9"), "203.0.113.9")

    def test_behind_two_the_last_but_one(self):
        self.assertEqual(seen(proxies=2, forwarded="invented, 203.0.113.9,198.51.100.7"), "203.0.113.9")

    def test_what_did_not_come_by_the_proxies_keeps_its_own_address(self):
        for forwarded in (None, "", "203.0.113.9"):
            self.assertEqual(seen(proxies=2, forwarded=forwarded), "198.51.100.1")

    def test_an_entry_that_is_no_address_leaves_that_of_the_connection(self):
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
    def test_every_way_in_which_proxies_write_one_address_means_that_address(self):
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
    def test_a_failed_login_is_answered_whatever_the_header_says(self):
        for forwarded in ("1.2.3.4:8080", "[2001:db8::9]:8080", "fe80::9%eth0", "unknown", "", "'; --"):
            with self.subTest(forwarded):
                response = self.client.post(
                    "/accounts/login/",
                    {"username": "ann", "password": "wrong"},
                    headers={"X-Forwarded-For": forwarded},
                )
                self.assertEqual(response.status_code, 200)

    def test_a_socket_without_an_address_does_not_break_it_either(self):
        response = self.client.post(
            "/accounts/login/", {"username": "ann", "password": "wrong"}, REMOTE_ADDR=""
        )

        self.assertEqual(response.status_code, 200)
