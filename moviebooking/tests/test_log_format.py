import logging
import sys

from django.test import SimpleTestCase

from moviebooking.log_format import OneLine


def written(message, *args, exc_info=None):
    record = logging.LogRecord("shop", logging.INFO, "", 0, message, args, exc_info)
    return OneLine("%(name)s: %(message)s").format(record)


class OneLineTests(SimpleTestCase):
    def test_a_line_break_sent_by_a_client_starts_no_new_line(self):
        self.assertEqual(written("Not Found: %s", "/a\r\nb"), "shop: Not Found: /a\\r\\nb")

    def test_a_traceback_is_logged_on_one_line(self):
        try:
            raise ValueError("seat")
        except ValueError:
            line = written("broken", exc_info=sys.exc_info())

        self.assertEqual((line.count("\n"), line.endswith("\\nValueError: seat")), (0, True))

    def test_the_token_of_an_account_link_is_not_logged(self):
        self.assertEqual(
            written("Not Found: /accounts/activate/MQ/c9v-7af3/"), "shop: Not Found: /accounts/activate/MQ/…/"
        )

    def test_the_code_of_a_ticket_or_booking_link_is_not_logged(self):
        for path, shown in (
            ("/tickets/Xo2-9_aaBBccDDeeFFggHH11/", "/tickets/…/"),
            ("/bookings/link/Xo2-9_aaBBccDDeeFF/cancel/", "/bookings/link/…/cancel/"),
            ("/accounts/reset/MQ/set-password/", "/accounts/reset/MQ/…/"),
            ("/tickets/worker.js", "/tickets/worker.js"),
        ):
            with self.subTest(path):
                self.assertEqual(written("Not Found: %s", path), f"shop: Not Found: {shown}")

    def test_the_client_secret_of_a_payment_is_not_logged(self):
        self.assertEqual(
            written("GET /pay/?payment_intent=pi_1&payment_intent_client_secret=pi_1_secret_2&x=1"),
            "shop: GET /pay/?payment_intent=pi_1&payment_intent_client_secret=…&x=1",
        )
