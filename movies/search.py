"""Search for movies by words, and by similarity for words that are misspelt."""

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection
from django.db.models import Case, IntegerField, Value, When

from moviebooking.unicode_text import folded, is_slug

LIKENESS = 0.4  # share of a word's trigrams that the title has; allows for two letters exchanged
WORD_SIMILARITY = LIKENESS / (2 - LIKENESS)  # the same as PostgreSQL counts it: common / union
MOST = 48


def by_words(movies, text):
    """Return movies that contain the text: titles that begin with it, other titles, then descriptions."""
    place = Case(
        When(folded_title__startswith=folded(text), then=Value(0)),
        When(folded_title__contains=folded(text), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return movies.matching(text).order_by(place, "-release_date", "title")


def by_likeness(movies, text):
    """Return movies whose titles have a word similar to each word of the text, the most similar first."""
    words = _words(folded(text))
    if not words:
        return movies.none()
    return _by_trigrams(movies, words) if connection.vendor == "postgresql" else _in_python(movies, words)


def _by_trigrams(movies, words):
    nearness = [TrigramWordSimilarity(word, "folded_title") for word in words]
    for number, likeness in enumerate(nearness):
        name = f"word_{number}"
        movies = movies.alias(**{name: likeness}).filter(**{f"{name}__gte": WORD_SIMILARITY})
    return movies.alias(likeness=sum(nearness[1:], nearness[0])).order_by("-likeness", "title")


def _in_python(movies, words):
    likeness = {}
    for pk, title in movies.values_list("pk", "folded_title"):
        nearness = [_likeness(word, title) for word in words]
        if min(nearness) >= LIKENESS:
            likeness[pk] = sum(nearness)
    near = sorted(likeness, key=likeness.get, reverse=True)[:MOST]
    place = Case(*(When(pk=pk, then=Value(number)) for number, pk in enumerate(near)), default=Value(MOST))
    return movies.filter(pk__in=near).order_by(place)


def _likeness(word, title):
    """Return the share of the word's trigrams that the title has, much as PostgreSQL counts it."""
    wanted = _trigrams([word])
    return len(wanted & _trigrams(_words(title))) / len(wanted)


def _words(text):
    """Split into words of letters, numbers and combining marks, which `\\w` would leave out."""
    return "".join(one if one.isspace() or is_slug(one) else " " for one in text).replace("-", " ").split()


def _trigrams(words):
    padded = (f"  {word} " for word in words)
    return {word[start : start + 3] for word in padded for start in range(len(word) - 2)}
