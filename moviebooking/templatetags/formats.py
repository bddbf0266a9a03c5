"""Filters, built in to every template, that format money, days and URLs for the reader's language."""

from datetime import datetime, time
from decimal import ROUND_CEILING, Decimal
from functools import cache, lru_cache
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
KEPT = 5000  # texts of each kind that a process remembers: pages print the same prices, days and times
REGION = "IN"  # decides about digit grouping and date order where the language alone doesn't


def reader_locale():
    """Return Babel's Locale for the language of this page or email."""
    return _locale(get_language() or settings.LANGUAGE_CODE)


@cache
def _locale(code):
    language = to_locale(code)
    regional = f"{language}_{REGION}"
    return Locale.parse(regional if localedata.exists(regional) else language)


@register.simple_tag
def reader_tag():
    """Return the reader's locale as a language tag for HTML: "en-IN"."""
    return str(reader_locale()).replace("_", "-")


@register.filter
def money(amount, currency=None):
    """Format `Decimal("1062")` as "₹1,062.00", in the reader's language with the currency's decimals."""
    if amount is None or amount == "":
        return ""
    return _money(amount, currency or settings.CURRENCY, reader_locale())


@lru_cache(maxsize=KEPT)
def _money(amount, currency, locale):
    return format_currency(amount, currency, locale=locale)


@register.filter
def teaser(amount):
    """Format an amount rounded up to whole units: "₹236" for 235.41, never less than the visitor pays."""
    if amount is None or amount == "":
        return ""
    return _teaser(Decimal(amount).to_integral_value(ROUND_CEILING), settings.CURRENCY, reader_locale())


@lru_cache(maxsize=KEPT)
def _teaser(whole, currency, locale):
    return format_currency(whole, currency, _whole(locale), locale, currency_digits=False)


@cache
def _whole(locale):
    """Return the locale's currency pattern without decimals."""
    return locale.currency_formats["standard"].pattern.replace(".00", "")


@register.filter
def hours(minutes):
    """Format minutes as hours and minutes: "2 h 41 min", "2 h", "45 min"."""
    whole, rest = divmod(minutes, 60)
    if not whole:
        return _("%(minutes)s min") % {"minutes": rest}
    if not rest:
        return _("%(hours)s h") % {"hours": whole}
    return _("%(hours)s h %(minutes)s min") % {"hours": whole, "minutes": rest}


#: Style of a day → CLDR skeleton with its parts. The locale decides about their order.
PARTS = {"": "MMMEd", "wide": "MMMEd", "bare": "MMMd", "year": "yMMMEd"}


@register.filter(expects_localtime=True)
def day(moment, style=""):
    """Format the day of a date or datetime, in its own time zone: "Sun, 22 Nov", or by `style`:

    wide "Sunday, 22 November" · bare "22 Nov" · year "Sun, 22 Nov, 2026" · medium, long and full are CLDR's
    "22 Nov 2026", "22 November 2026", "Sunday, 22 November 2026" · others are patterns, such as "E": "Sun".
    """
    if not moment:
        return ""
    date = moment.date() if isinstance(moment, datetime) else moment
    return _day(date, style, reader_locale())


@lru_cache(maxsize=KEPT)
def _day(date, style, locale):
    return format_date(date, _pattern(locale, style) if style in PARTS else style, locale=locale)


@cache
def _pattern(locale, style):
    skeletons = locale.datetime_skeletons
    pattern = skeletons[match_skeleton(PARTS[style], skeletons)].pattern
    return pattern.replace("MMM", "MMMM").replace("E", "EEEE") if style == "wide" else pattern


@register.filter(expects_localtime=True)
def clock(moment):
    """Format a datetime's time, in its own time zone, as in the reader's region: "9:45 pm", "21:45"."""
    if not moment:
        return ""
    return _clock(moment.hour, moment.minute, reader_locale())


@lru_cache(maxsize=KEPT)
def _clock(hour, minute, locale):
    return _plain(format_time(time(hour, minute), "short", locale=locale))


def clock_span(start, end):
    """Format a span between two times of day: "6:40–9:21 pm", "18:40–21:21"."""
    if start.date() != end.date():
        return f"{clock(start)}–{clock(end)}"
    return _clock_span(time(start.hour, start.minute), time(end.hour, end.minute), reader_locale())


@lru_cache(maxsize=KEPT)
def _clock_span(start, end, locale):
    skeleton = "hm" if "h" in locale.time_formats["short"].pattern else "Hm"
    return _plain(format_interval(start, end, skeleton, locale=locale))


def _plain(text):
    """Replace or drop CLDR's thin spaces, which many fonts lack."""
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{THIN SPACE}", "")


@register.filter
def absolute(path):
    """Return a path of this site as an absolute URL. Absolute URLs are unchanged."""
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
