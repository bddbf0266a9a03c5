"""System checks of the settings, run by `manage.py check` and at gunicorn's start (startup_checks.py)."""

import re
from urllib.parse import urlsplit

from babel.numbers import list_currencies
from django.conf import settings
from django.core.checks import Error, Tags, Warning, register

PROVIDERS = ("demo", "stripe")
RANGES = {
    "SEAT_HOLD_SECONDS": range(1, 24 * 3600 + 1),
    "SEAT_HOLD_CEILING_SECONDS": range(1, 24 * 3600 + 1),
    "SEAT_HOLD_PAUSE_SECONDS": range(0, 24 * 3600 + 1),
    "MAX_SEATS_PER_BOOKING": range(1, 10_000 + 1),
    "MAX_HELD_SEATS": range(1, 1_000_000 + 1),
    "MAX_HELD_SEATS_PER_ADDRESS": range(1, 1_000_000 + 1),
    "PROXY_COUNT": range(0, 100 + 1),
    "EMAIL_PORT": range(1, 65_535 + 1),
}
PERCENTS = ("CONVENIENCE_FEE_PERCENT", "TAX_PERCENT")


def in_production():
    return not settings.DEBUG and not settings.TESTING


@register(Tags.security)
def redis_is_shared(app_configs, **kwargs):
    """Require REDIS_URL in production: without it each process has its own holds."""
    if settings.REDIS_URL or not in_production():
        return []
    return [
        Error(
            "REDIS_URL is not set while DEBUG is off.",
            hint="Set REDIS_URL: seat holds have to be shared by every process of the site.",
            id="moviebooking.E001",
        )
    ]


@register(Tags.security)
def demo_payment_is_meant(app_configs, **kwargs):
    if settings.PAYMENT_PROVIDER != "demo" or settings.PAYMENT_PROVIDER_NAMED or not in_production():
        return []
    return [
        Error(
            "The demo payment provider would give tickets away while DEBUG is off.",
            hint="Set STRIPE_SECRET_KEY to take money, or PAYMENT_PROVIDER=demo if that is what you want.",
            id="moviebooking.E002",
        )
    ]


@register(Tags.security)
def payment_provider_is_known(app_configs, **kwargs):
    if settings.PAYMENT_PROVIDER in PROVIDERS:
        return []
    return [
        Error(
            f"PAYMENT_PROVIDER is “{settings.PAYMENT_PROVIDER}”.",
            hint=f"Set it to one of: {', '.join(PROVIDERS)}; or leave it out.",
            id="moviebooking.E003",
        )
    ]


@register(Tags.security)
def stripe_keys_agree(app_configs, **kwargs):
    """Require both Stripe keys, of one mode, and each in its place.

    A page of one mode can't pay an intent of the other, a missing key fails for the first visitor, and a
    secret key in place of the publishable one would be sent to every browser.
    """
    if settings.PAYMENT_PROVIDER != "stripe":
        return []
    modes = {
        _mode(settings.STRIPE_SECRET_KEY, kinds=("sk", "rk")),
        _mode(settings.STRIPE_PUBLISHABLE_KEY, kinds=("pk",)),
    }
    if modes in ({"test"}, {"live"}):
        return []
    return [
        Error(
            "STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY are not both of test mode or both of live mode.",
            hint="Set both: sk_test_… with pk_test_…, or sk_live_… with pk_live_….",
            id="moviebooking.E004",
        )
    ]


@register(Tags.security)
def live_keys_are_safe(app_configs, **kwargs):
    if _mode(settings.STRIPE_SECRET_KEY) != "live":
        return []
    if not settings.DEBUG and settings.HTTPS_ONLY and urlsplit(settings.SITE_URL).scheme == "https":
        return []
    return [
        Error(
            "A live Stripe key takes real money, and this site is not set up for that.",
            hint="Set DEBUG=False, HTTPS_ONLY=True and a SITE_URL of https://…; or use test keys.",
            id="moviebooking.E005",
        )
    ]


@register(Tags.security)
def whole_numbers_are_in_range(app_configs, **kwargs):
    """Refuse numbers with which no visitor could buy, such as zero seats or zero seconds of a hold."""
    return [
        Error(
            f"{name} is {getattr(settings, name)}.",
            hint=f"Set it to a number from {allowed[0]} to {allowed[-1]}, or leave it out.",
            id="moviebooking.E020",
        )
        for name, allowed in RANGES.items()
        if getattr(settings, name) not in allowed
    ]


@register(Tags.security)
def percents_are_percents(app_configs, **kwargs):
    """Refuse percentages below 0 or above 100, NaN and Infinity."""
    return [
        Error(
            f"{name} is {getattr(settings, name)}.",
            hint="Set it to a number from 0 to 100, or leave it out.",
            id="moviebooking.E021",
        )
        for name in PERCENTS
        if not (getattr(settings, name).is_finite() and 0 <= getattr(settings, name) <= 100)
    ]


@register(Tags.security)
def currency_is_known(app_configs, **kwargs):
    if settings.CURRENCY in list_currencies():
        return []
    return [
        Error(
            f"CURRENCY is “{settings.CURRENCY}”.",
            hint="Set it to the three letters of ISO 4217, such as INR or EUR, or leave it out.",
            id="moviebooking.E022",
        )
    ]


@register(Tags.security)
def stripe_webhook_has_its_secret(app_configs, **kwargs):
    """Require the webhook secret. Without it every event is refused, and nobody notices: sweeps catch up."""
    if settings.PAYMENT_PROVIDER != "stripe" or any(map(str.strip, settings.STRIPE_WEBHOOK_SECRET)):
        return []
    is_live = _mode(settings.STRIPE_SECRET_KEY) == "live"
    message_class = Error if is_live else Warning
    return [
        message_class(
            "STRIPE_WEBHOOK_SECRET is not set, so every event from Stripe is refused.",
            hint="Set it to the webhook endpoint's signing secret: whsec_….",
            id="moviebooking.E006" if is_live else "moviebooking.W006",
        )
    ]


@register(Tags.security)
def site_url_is_an_address(app_configs, **kwargs):
    if _is_address(settings.SITE_URL, ("http://", "https://")) and urlsplit(settings.SITE_URL).hostname:
        return []
    return [
        Error(
            f"SITE_URL is “{settings.SITE_URL}”, and the links in emails would lead nowhere.",
            hint="Set it to http:// or https:// and the site's name: https://cinema.example.",
            id="moviebooking.E023",
        )
    ]


@register(Tags.security)
def redis_url_is_an_address(app_configs, **kwargs):
    """Require a valid REDIS_URL. It is not printed, because it may contain a password."""
    if not settings.REDIS_URL or _is_address(settings.REDIS_URL, ("redis://", "rediss://", "unix://")):
        return []
    return [
        Error(
            "REDIS_URL is no address of a Redis.",
            hint="Set it to redis://host:6379/0, rediss://… or unix:///….",
            id="moviebooking.E024",
        )
    ]


def _is_address(text, beginnings):
    """Return True if the URL begins with one of `beginnings` and its port, if any, is valid."""
    try:
        port = urlsplit(text).port
    except ValueError:
        return False
    return text.startswith(beginnings) and port != 0


def _mode(key, *, kinds=("sk", "rk", "pk")):
    """Return "test" or "live" for a Stripe key such as sk_test_… or rk_live_…; None for anything else."""
    found = re.fullmatch(rf"({'|'.join(kinds)})_(test|live)_.+", key, re.DOTALL)
    return found[2] if found else None
