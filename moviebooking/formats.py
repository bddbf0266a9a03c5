"""Template filters for money and addresses; a builtin of every template."""

from decimal import Decimal
from urllib.parse import urljoin

from babel.numbers import format_currency
from django import template
from django.conf import settings
from django.utils.translation import get_language, to_locale

from .fields import smallest_unit
from .money import fee_and_tax

register = template.Library()


@register.filter
def money(amount, currency=None):
    """`Decimal("1062")` → "₹1,062.00", by the reader's language and the currency's own number of decimals."""
    if amount is None or amount == "":
        return ""
    language = get_language() or settings.LANGUAGE_CODE
    locale = {"en": "en_IN", "hi": "hi_IN"}.get(language, to_locale(language))
    return format_currency(amount, currency or settings.CURRENCY, locale=locale)


@register.filter
def absolute(path):
    """A path on this site as a full address, for what is read elsewhere; a full address stays as it is."""
    return urljoin(settings.SITE_URL + "/", path)


@register.filter
def all_in(seats_amount):
    """What a visitor pays in the end for seats of that price: fee and tax are in it."""
    if seats_amount is None or seats_amount == "":
        return ""
    seats_amount = Decimal(seats_amount)
    fee, tax = fee_and_tax(
        seats_amount,
        fee_percent=settings.CONVENIENCE_FEE_PERCENT,
        tax_percent=settings.TAX_PERCENT,
        unit=smallest_unit(),
    )
    return seats_amount + fee + tax
