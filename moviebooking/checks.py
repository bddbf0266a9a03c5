"""What this project refuses to run with. Each has an id and a hint; `manage.py check --deploy` shows them all."""

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security)
def redis_is_shared(app_configs, **kwargs):
    """Without REDIS_URL each process has holds of its own, so two processes would sell one seat twice over."""
    if settings.DEBUG or settings.TESTING or settings.REDIS_URL:
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
    if (
        settings.DEBUG
        or settings.TESTING
        or settings.PAYMENT_PROVIDER != "demo"
        or settings.PAYMENT_PROVIDER_NAMED
    ):
        return []
    return [
        Error(
            "The demo payment provider would give tickets away while DEBUG is off.",
            hint="Set STRIPE_SECRET_KEY to take money, or PAYMENT_PROVIDER=demo if that is what you want.",
            id="moviebooking.E002",
        )
    ]
