"""Convert one row of a file to the values of a movie, or refuse it with a reason."""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from moviebooking.unicode_text import composed

REQUIRED = ("title", "release_date", "duration")
LONGEST = {"title": 200, "description": 20_000, "genres": 1_000, "language": 60, "poster": 500}
LONGEST_GENRE = 60
LONGEST_MOVIE = 24 * 60  # minutes
FIRST_MOVIE = date(1888, 10, 14)
YEARS_AHEAD = 20
NOTHING = {"", "nan", "null", "none", "n/a", "na", "-"}
DATE_FORMATS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d",
    "%b %d %Y", "%b %d, %Y", "%B %d %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d %b, %Y",
)  # fmt: skip
EIGHT_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")  # fewer may be two days, which strptime would guess
DAY_AND_MONTH = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
MINUTES = re.compile(r"(\d{1,6})(?:\.0+)?\s*(?:m|min|mins|minutes?)?\.?", re.I)


class RowRefused(Exception):
    """The row is not imported. The message says why."""


@dataclass(frozen=True)
class MovieData:
    """The values of one row. None, or no genres, where the row is empty and the movie keeps what it has."""

    title: str
    release_date: date
    duration: int
    description: str | None
    genres: tuple
    language: str | None
    poster: str | None


def read(values, *, today):
    """Return the MovieData of a row, given as {column: value}. Raise RowRefused."""
    if absent := [column for column in REQUIRED if column not in values]:
        raise RowRefused(f"{absent[0]}: missing; no column has that name")
    return MovieData(
        title=_title(values.get("title")),
        release_date=_date(values.get("release_date"), today=today),
        duration=_minutes(values.get("duration")),
        description=_optional(values, "description"),
        genres=_genres(values.get("genres")),
        language=_optional(values, "language"),
        poster=_optional(values, "poster"),
    )


def _text(value, column):
    """Return a cell as stripped text: a number as it is written, None and NaN as "".

    The text is normalised to NFC, so that one movie doesn't become two; except for the name of a poster,
    which has to match its file's name exactly. Raise RowRefused.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise RowRefused(f"{column}: a text was expected, not {_kind(value)}")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if column != "poster":
        text = composed(text)
    if "\0" in text or "\N{REPLACEMENT CHARACTER}" in text or not text.isascii() and _has_surrogates(text):
        raise RowRefused(f"{column}: it has a character that can't be read")
    if len(text) > LONGEST.get(column, 100):
        raise RowRefused(f"{column}: longer than {LONGEST.get(column, 100)} characters")
    return text


def _kind(value):
    return {bool: "true or false", list: "a list", dict: "an object"}.get(type(value), "something else")


def _has_surrogates(text):
    return any("\ud800" <= character <= "\udfff" for character in text)


def _one_line(text):
    return " ".join(text.split())


def _title(value):
    title = _one_line(_text(value, "title"))
    if not title:
        raise RowRefused("title: missing")
    return title


def _optional(values, column):
    text = _text(values.get(column), column)
    if text.lower() in NOTHING:
        return None
    return text if column == "description" else _one_line(text)


def _genres(value):
    """Return the names separated by bars (or a JSON list of them), each once."""
    if isinstance(value, list):
        value = "|".join(_text(name, "genres") for name in value)
    names = {}
    for name in _text(value, "genres").split("|"):
        name = _one_line(name)
        if len(name) > LONGEST_GENRE:
            raise RowRefused(f"genres: a name is longer than {LONGEST_GENRE} characters")
        if name.lower() not in NOTHING:
            names.setdefault(name.casefold(), name)
    return tuple(names.values())


def _minutes(value):
    text = _text(value, "duration")
    if text.lower() in NOTHING:
        raise RowRefused("duration: missing")
    found = MINUTES.fullmatch(text)
    if not found:
        raise RowRefused(f"duration: “{text[:40]}” is no number of minutes")
    minutes = int(found[1])
    if not 1 <= minutes <= LONGEST_MOVIE:
        raise RowRefused(f"duration: {minutes} minutes; 1 to {LONGEST_MOVIE} are possible")
    return minutes


def _date(value, *, today):
    text = _one_line(_text(value, "release_date"))
    if text.lower() in NOTHING:
        raise RowRefused("release_date: missing")
    day = _parsed(text)
    if not FIRST_MOVIE <= day <= today + timedelta(days=365 * YEARS_AHEAD):
        raise RowRefused(f"release_date: no movie was or will be released on {day}")
    return day


def _parsed(text):
    """Return the date in one of the usual formats. Refuse what may be two dates (03/04/1998)."""
    words = re.sub(r"[T ]\d{1,2}:\d{2}.*$", "", text).replace("Sept ", "Sep ").replace("Sept.", "Sep")
    words = re.sub(r"([A-Za-z]{3})\.", r"\1", words)
    if found := EIGHT_DIGITS.fullmatch(words):
        words = "-".join(found.groups())
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(words, form).date()
        except ValueError:
            continue
    if found := DAY_AND_MONTH.fullmatch(words):
        return _day_and_month(text, *map(int, found.groups()))
    raise RowRefused(f"release_date: “{text[:40]}” is no day; write it like 1998-06-12")


def _day_and_month(text, first, second, year):
    days = set()
    for month, day in ((first, second), (second, first)):
        try:
            days.add(date(year, month, day))
        except ValueError:
            continue
    if len(days) != 1:
        why = "may be two days" if days else "is no day"
        raise RowRefused(f"release_date: “{text[:40]}” {why}; write it like 1998-06-12")
    return days.pop()
