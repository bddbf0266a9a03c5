"""What the bookings refuse to run with."""

from django.conf import settings
from django.core.checks import Error, Tags, register

from .pricing import parse_tiers


@register(Tags.security)
def refund_tiers_can_be_read(app_configs, **kwargs):
    """Else the first visitor who reviews a booking finds out."""
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
