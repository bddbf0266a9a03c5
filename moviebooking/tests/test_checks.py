import subprocess
import sys
import tempfile
from decimal import Decimal

from django.conf import settings
from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase, override_settings

from moviebooking.startup_checks import refuse_unsafe_start

SAFE = {
    "DEBUG": False,
    "TESTING": False,
    "REDIS_URL": "redis://redis/0",
    "PAYMENT_PROVIDER": "stripe",
    "PAYMENT_PROVIDER_NAMED": "",
    "STRIPE_SECRET_KEY": "sk_live_1",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_1",
    "STRIPE_WEBHOOK_SECRET": ["whsec_1"],
    "HTTPS_ONLY": True,
    "SITE_URL": "https://cinema.example",
}
DEMO = {"PAYMENT_PROVIDER": "demo", "STRIPE_SECRET_KEY": "", "STRIPE_PUBLISHABLE_KEY": ""}
TEST_KEYS = {"STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_PUBLISHABLE_KEY": "pk_test_1"}


def refused(**changes):
    """Return the ids of the messages of this project's checks about SAFE with those changes."""
    with override_settings(**{**SAFE, **changes}):
        return [one.id for one in run_checks(tags=[Tags.security]) if one.id.startswith("moviebooking.")]


class CheckTests(SimpleTestCase):
    def test_safe_settings_pass(self):
        self.assertEqual(refused(), [])

    def test_missing_redis_with_debug_off_is_refused(self):
        self.assertEqual(refused(REDIS_URL=""), ["moviebooking.E001"])
        self.assertEqual(refused(REDIS_URL="", DEBUG=True, **TEST_KEYS), [])

    def test_demo_payments_with_debug_off_are_refused_unless_named(self):
        self.assertEqual(refused(**DEMO), ["moviebooking.E002"])
        self.assertEqual(refused(**DEMO, PAYMENT_PROVIDER_NAMED="demo"), [])
        self.assertEqual(refused(**DEMO, DEBUG=True), [])

    def test_an_unknown_provider_is_refused(self):
        self.assertEqual(refused(PAYMENT_PROVIDER="paypal"), ["moviebooking.E003"])

    def test_both_stripe_keys_are_required_and_of_one_mode(self):
        for secret, publishable in (
            ("sk_test_1", "pk_live_1"),
            ("sk_test_1", ""),
            ("", "pk_test_1"),
            ("", ""),
            ("secret", "public"),
            ("sk_test_1", "sk_test_1"),
            ("sk_test_1", "rk_test_1"),
            ("pk_test_1", "sk_test_1"),
            ("pk_live_1", "pk_live_1"),
            ("sk_test_", "pk_test_"),
        ):
            with self.subTest(secret=secret, publishable=publishable):
                keys = {"STRIPE_SECRET_KEY": secret, "STRIPE_PUBLISHABLE_KEY": publishable}
                self.assertEqual(refused(**keys), ["moviebooking.E004"])
        self.assertEqual(refused(**TEST_KEYS), [])

    def test_a_restricted_stripe_key_counts_by_its_mode(self):
        self.assertEqual(refused(STRIPE_SECRET_KEY="rk_live_1"), [])

    def test_live_keys_require_the_webhook_secret_and_test_keys_get_a_warning(self):
        for secrets in ([], [""], [" "]):
            with self.subTest(secrets):
                self.assertEqual(refused(STRIPE_WEBHOOK_SECRET=secrets), ["moviebooking.E006"])
                self.assertEqual(refused(STRIPE_WEBHOOK_SECRET=secrets, **TEST_KEYS), ["moviebooking.W006"])
        self.assertEqual(
            refused(STRIPE_WEBHOOK_SECRET=[], **DEMO, PAYMENT_PROVIDER_NAMED="demo"),
            [],
        )

    def test_unreadable_refund_tiers_are_refused(self):
        for tiers in ("abc", "120", "120:101", "-5:50"):
            with self.subTest(tiers):
                self.assertEqual(refused(REFUND_TIERS=tiers), ["moviebooking.E007"])
        self.assertEqual(refused(REFUND_TIERS=""), [])

    def test_live_keys_need_debug_off_and_https(self):
        for change in ({"DEBUG": True}, {"HTTPS_ONLY": False}, {"SITE_URL": "http://cinema.example"}):
            with self.subTest(change=change):
                self.assertEqual(refused(**change), ["moviebooking.E005"])
                self.assertEqual(refused(**change, **TEST_KEYS), [])

    def test_a_whole_number_out_of_range_is_refused(self):
        for name, wrong, right in (
            ("SEAT_HOLD_SECONDS", (0, -5, 10**12), (1, 24 * 3600)),
            ("SEAT_HOLD_CEILING_SECONDS", (0, -5, 10**12), (1, 24 * 3600)),
            ("SEAT_HOLD_PAUSE_SECONDS", (-1, 10**12), (0, 300)),
            ("MAX_SEATS_PER_BOOKING", (0, -1), (1,)),
            ("MAX_HELD_SEATS", (0, -1, 10**12), (1, 20)),
            ("MAX_HELD_SEATS_PER_ADDRESS", (0, -1, 10**12), (1, 40)),
            ("PROXY_COUNT", (-1,), (0, 2)),
            ("EMAIL_PORT", (0, 65_536), (25, 65_535)),
        ):
            with self.subTest(name):
                self.assertEqual(
                    [refused(**{name: value}) for value in wrong], [["moviebooking.E020"]] * len(wrong)
                )
                self.assertEqual([refused(**{name: value}) for value in right], [[]] * len(right))

    def test_an_invalid_percentage_is_refused(self):
        for name in ("CONVENIENCE_FEE_PERCENT", "TAX_PERCENT"):
            for value in ("-1", "-0.01", "100.01", "NaN", "sNaN", "Infinity", "-Infinity"):
                with self.subTest(name=name, value=value):
                    self.assertEqual(refused(**{name: Decimal(value)}), ["moviebooking.E021"])
            self.assertEqual(
                [refused(**{name: Decimal(value)}) for value in ("0", "12.5", "100")], [[], [], []]
            )

    def test_an_unknown_currency_is_refused(self):
        for value in ("XYZ", "RUPEES", ""):
            self.assertEqual(refused(CURRENCY=value), ["moviebooking.E022"])
        self.assertEqual([refused(CURRENCY=value) for value in ("INR", "JPY", "KWD")], [[], [], []])

    def test_an_invalid_site_url_is_refused(self):
        for value in ("", "cinema.example", "https://", "ftp://cinema.example", "https://cinema.example:x"):
            with self.subTest(value):
                self.assertEqual(refused(SITE_URL=value, **TEST_KEYS), ["moviebooking.E023"])
        self.assertEqual(refused(SITE_URL="http://127.0.0.1:8000", **TEST_KEYS), [])

    def test_an_invalid_redis_url_is_refused(self):
        for value in ("garbage", "redis:6379", "http://redis/0", "redis://redis:x/0"):
            with self.subTest(value):
                self.assertEqual(refused(REDIS_URL=value), ["moviebooking.E024"])
        for value in ("redis://:secret@redis:6379/0", "rediss://redis", "unix:///run/redis.sock"):
            self.assertEqual(refused(REDIS_URL=value), [])

    def test_a_redis_url_is_not_printed(self):
        with override_settings(**{**SAFE, "REDIS_URL": "http://:secret@redis/0"}):
            (found,) = run_checks(tags=[Tags.security])

        self.assertNotIn("secret", f"{found.msg} {found.hint}")

    def test_every_check_has_a_hint(self):
        wrong = {"REDIS_URL": "", "HTTPS_ONLY": False, "STRIPE_PUBLISHABLE_KEY": ""}
        with override_settings(**{**SAFE, **wrong}):
            own = [one for one in run_checks(tags=[Tags.security]) if one.id.startswith("moviebooking.")]

        self.assertEqual(len(own), 3)
        self.assertEqual([one.id for one in own if not one.hint], [])

    @override_settings(**{**SAFE, "REDIS_URL": "", "HTTPS_ONLY": False})
    def test_the_startup_error_names_every_failed_check(self):
        with self.assertRaises(ImproperlyConfigured) as refusal:
            refuse_unsafe_start()

        self.assertEqual(
            [word in str(refusal.exception) for word in ("REDIS_URL is not set", "A live Stripe key")],
            [True, True],
        )


PRODUCTION = {
    "SECRET_KEY": "a-key-for-the-test-that-is-longer-than-fifty-characters-and-has-many-0123456789",
    "ALLOWED_HOSTS": "cinema.example",
    "SITE_URL": "https://cinema.example",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "STRIPE_SECRET_KEY": "sk_live_1",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
    "EMAIL_HOST": "mail.example",
}


def run(*words, **env):
    """Run a process with that environment and no other, in the project's folder."""
    with tempfile.TemporaryDirectory() as home:
        return subprocess.run(
            [sys.executable, *words],
            env={"PATH": "", "HOME": home, "LANG": "C.UTF-8", "DEBUG": "False", **env},
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            timeout=60,
        )


class ProcessTests(SimpleTestCase):
    """The same in real processes. An empty value wins over what a developer's `.env` may say."""

    def test_check_deploy_passes_in_production(self):
        done = run("manage.py", "check", "--deploy", "--fail-level", "DEBUG", **PRODUCTION)

        self.assertEqual(
            (done.stdout, done.stderr, done.returncode),
            ("System check identified no issues (0 silenced).\n", "", 0),
        )

    def test_check_deploy_names_missing_settings(self):
        missing = {
            "REDIS_URL": "",
            "STRIPE_SECRET_KEY": "",
            "STRIPE_PUBLISHABLE_KEY": "",
            "PAYMENT_PROVIDER": "",
        }
        done = run("manage.py", "check", "--deploy", **{**PRODUCTION, **missing})

        self.assertEqual(
            [f"(moviebooking.E00{number})" in done.stderr for number in (1, 2)] + [done.returncode],
            [True, True, 1],
        )

    def test_no_process_starts_without_a_secret_key(self):
        done = run("-c", "import moviebooking.wsgi", **{**PRODUCTION, "SECRET_KEY": ""})

        self.assertEqual((done.returncode, "SECRET_KEY is not set" in done.stderr), (1, True))

    def test_the_web_process_does_not_start_with_invalid_percentages(self):
        done = run("-c", "import moviebooking.wsgi", **{**PRODUCTION, "TAX_PERCENT": "-1"})

        self.assertEqual((done.returncode, "TAX_PERCENT is -1. Set it to" in done.stderr), (1, True))

    def test_the_web_process_does_not_start_without_redis(self):
        done = run("-c", "import moviebooking.wsgi", **{**PRODUCTION, "REDIS_URL": ""})

        self.assertEqual((done.returncode, "REDIS_URL is not set" in done.stderr), (1, True))
