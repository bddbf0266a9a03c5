"""System checks of the settings that bookings need."""

from django.conf import settings
from django.core.checks import Error, Tags, register

from .pricing import parse_tiers


@register(Tags.security)
def check_refund_tiers(app_configs, **kwargs):
    """Report refund tiers that can't be parsed, before a visitor meets the error."""
    try:
        parse_tiers(settings.REFUND_TIERS)
    except ValueError as error:
        return [
            Error(
                f"REFUND_TIERS is “{settings.REFUND_TIERS}”: {error}.",
                hint="Set it to minutes:percent, comma-separated: 120:100,20:50. Empty means no refunds.",
                id="moviebooking.E007",
            )
        ]
    return []
