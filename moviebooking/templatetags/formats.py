"""Money, days and addresses as the reader's language writes them: filters that every template has."""

from decimal import ROUND_CEILING, Decimal
from functools import cache
from urllib.parse import urljoin

from babel import Locale, localedata
from babel.dates import format_date, format_interval, format_time, match_skeleton
from babel.numbers import format_currency
from django import template
from django.conf import settings
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from ..currencies import price_unit
from ..money import final_price

register = template.Library()
REGION = "IN"  # whose grouping of digits and order of a date hold where the language alone leaves it open


def reader_locale():
    """Babel's Locale for the language of this page or mail."""
    return _locale(get_language() or settings.LANGUAGE_CODE)


@cache
def _locale(code):
    language = to_locale(code)
    regional = f"{language}_{REGION}"
    return Locale.parse(regional if localedata.exists(regional) else language)


@register.simple_tag
def reader_tag():
    """The same as a browser names it: "en-IN"."""
    return str(reader_locale()).replace("_", "-")


@register.filter
def money(amount, currency=None):
    """`Decimal("1062")` → "₹1,062.00", by the reader's language and the currency's own number of decimals."""
    if amount is None or amount == "":
        return ""
    return format_currency(amount, currency or settings.CURRENCY, locale=reader_locale())


@register.filter
def teaser(amount):
    """The amount rounded up to the currency's whole unit: "₹236" for 235.41, never less than is paid."""
    if amount is None or amount == "":
        return ""
    whole = Decimal(amount).to_integral_value(ROUND_CEILING)
    return format_currency(
        whole, settings.CURRENCY, _whole(reader_locale()), reader_locale(), currency_digits=False
    )


@cache
def _whole(locale):
    """The language's pattern for money, without decimals."""
    return locale.currency_formats["standard"].pattern.replace(".00", "")


@register.filter
def hours(minutes):
    """A movie's length: "2 h 41 min", "2 h", "45 min"."""
    whole, rest = divmod(minutes, 60)
    if not whole:
        return _("%(minutes)s min") % {"minutes": rest}
    if not rest:
        return _("%(hours)s h") % {"hours": whole}
    return _("%(hours)s h %(minutes)s min") % {"hours": whole, "minutes": rest}


#: How much of a day is said → CLDR's name for those parts; the language puts them in order.
PARTS = {"": "MMMEd", "wide": "MMMEd", "bare": "MMMd", "year": "yMMMEd"}


@register.filter(expects_localtime=True)
def day(moment, style=""):
    """The day of a date or datetime, in its own zone: "Sun, 22 Nov" as it is, or by `style`:

    wide "Sunday, 22 November" · bare "22 Nov" · year "Sun, 22 Nov, 2026" · medium, long and full are CLDR's
    "22 Nov 2026", "22 November 2026", "Sunday, 22 November 2026" · all else is a pattern, such as "E": "Sun".
    """
    if not moment:
        return ""
    locale = reader_locale()
    return format_date(moment, _pattern(locale, style) if style in PARTS else style, locale=locale)


@cache
def _pattern(locale, style):
    skeletons = locale.datetime_skeletons
    pattern = skeletons[match_skeleton(PARTS[style], skeletons)].pattern
    return pattern.replace("MMM", "MMMM").replace("E", "EEEE") if style == "wide" else pattern


@register.filter(expects_localtime=True)
def clock(moment):
    """The time of a datetime, in its own zone, by the clock of the reader's region: "9:45 pm", "21:45"."""
    if not moment:
        return ""
    return _plain(format_time(moment.replace(tzinfo=None), "short", locale=reader_locale()))


def clock_span(start, end):
    """From one time of day to another: "6:40–9:21 pm", "18:40–21:21"."""
    locale = reader_locale()
    skeleton = "hm" if "h" in locale.time_formats["short"].pattern else "Hm"
    start, end = start.replace(tzinfo=None), end.replace(tzinfo=None)
    if start.date() != end.date():
        return f"{clock(start)}–{clock(end)}"
    return _plain(format_interval(start, end, skeleton, locale=locale))


def _plain(text):
    """CLDR's text without its thin spaces, which many fonts lack."""
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{THIN SPACE}", "")


@register.filter
def absolute(path):
    """A path on this site as a full address, for what is read elsewhere; a full address stays as it is."""
    return urljoin(settings.SITE_URL + "/", path)


@register.filter
def all_in(price):
    """Return the final price of a seat at that price: fee and tax included."""
    if price is None or price == "":
        return ""
    return final_price(
        Decimal(price),
        fee_percent=settings.CONVENIENCE_FEE_PERCENT,
        tax_percent=settings.TAX_PERCENT,
        unit=price_unit(settings.CURRENCY),
    )
