"""Searching for films as people type: what has the words, and where nothing has, what is spelt nearly so."""

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection
from django.db.models import Case, IntegerField, Value, When

from moviebooking.unicode_text import folded, is_slug

LIKENESS = 0.4  # share of a word's letter triples that the title has: two of its letters exchanged
WORD_SIMILARITY = LIKENESS / (2 - LIKENESS)  # the same, as PostgreSQL has it: common / (all of both)
MOST = 48


def by_words(films, text):
    """Films whose title or description has the text; titles that begin with it first, then other titles."""
    place = Case(
        When(folded_title__startswith=folded(text), then=Value(0)),
        When(folded_title__contains=folded(text), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return films.matching(text).order_by(place, "-release_date", "title")


def by_likeness(films, text):
    """Films whose titles have something near each word of the text, the nearest first."""
    words = _words(folded(text))
    if not words:
        return films.none()
    return _by_trigrams(films, words) if connection.vendor == "postgresql" else _plainly(films, words)


def _by_trigrams(films, words):
    nearness = [TrigramWordSimilarity(word, "folded_title") for word in words]
    for number, likeness in enumerate(nearness):
        films = films.alias(**{f"word_{number}": likeness}).filter(**{f"word_{number}__gte": WORD_SIMILARITY})
    return films.alias(likeness=sum(nearness[1:], nearness[0])).order_by("-likeness", "title")


def _plainly(films, words):
    likeness = {}
    for pk, title in films.values_list("pk", "folded_title"):
        nearness = [_likeness(word, title) for word in words]
        if min(nearness) >= LIKENESS:
            likeness[pk] = sum(nearness)
    near = sorted(likeness, key=likeness.get, reverse=True)[:MOST]
    place = Case(*(When(pk=pk, then=Value(number)) for number, pk in enumerate(near)), default=Value(MOST))
    return films.filter(pk__in=near).order_by(place)


def _likeness(word, title):
    """The share of the word's letter triples that the title has, on the whole as PostgreSQL counts it."""
    wanted = _triples([word])
    return len(wanted & _triples(_words(title))) / len(wanted)


def _words(text):
    """Letters and numbers with the marks on them, which `\\w` would leave out."""
    return "".join(one if one.isspace() or is_slug(one) else " " for one in text).replace("-", " ").split()


def _triples(words):
    padded = (f"  {word} " for word in words)
    return {word[start : start + 3] for word in padded for start in range(len(word) - 2)}
