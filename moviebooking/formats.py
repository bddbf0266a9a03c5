"""Template filters for money and times; a builtin of every template."""

from babel.numbers import format_currency
from django import template
from django.conf import settings
from django.utils.translation import get_language, to_locale

register = template.Library()


@register.filter
def money(amount, currency=None):
    """`Decimal("1062")` → "₹1,062.00", by the reader's language and the currency's own number of decimals."""
    if amount is None or amount == "":
        return ""
    language = get_language() or settings.LANGUAGE_CODE
    locale = {"en": "en_IN", "hi": "hi_IN"}.get(language, to_locale(language))
    return format_currency(amount, currency or settings.CURRENCY, locale=locale)
