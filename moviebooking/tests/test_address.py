from django.test import RequestFactory, SimpleTestCase, override_settings

from moviebooking.http import client_address


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
