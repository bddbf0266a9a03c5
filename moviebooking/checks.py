"""What this project refuses to run with; asked by `manage.py check` and when gunicorn starts."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, register

PROVIDERS = ("demo", "stripe")


def in_production():
    return not settings.DEBUG and not settings.TESTING


@register(Tags.security)
def redis_is_shared(app_configs, **kwargs):
    """Without REDIS_URL each process has holds of its own, so two processes would sell one seat twice."""
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
    """A page of one mode can't pay an intent of the other, and a missing key fails at the first visitor."""
    if settings.PAYMENT_PROVIDER != "stripe":
        return []
    modes = {_mode(settings.STRIPE_SECRET_KEY), _mode(settings.STRIPE_PUBLISHABLE_KEY)}
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


def _mode(key):
    """ "test", "live" or None, from a key such as sk_test_… or rk_live_…."""
    parts = key.split("_")
    return parts[1] if len(parts) > 2 and parts[1] in ("test", "live") else None
