"""Searching for films as people type: what has the words, and where nothing has, what is spelt nearly so."""

import re

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection
from django.db.models import Case, IntegerField, Value, When

LIKENESS = 0.4  # share of the search's letter triples that the title has: two letters of a word exchanged
WORD_SIMILARITY = LIKENESS / (2 - LIKENESS)  # the same, as PostgreSQL has it: common / (all of both)
MOST = 48


def by_words(films, text):
    """Films whose title or description has the text; titles that begin with it first, then other titles."""
    place = Case(
        When(title__istartswith=text, then=Value(0)),
        When(title__icontains=text, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return films.matching(text).order_by(place, "-release_date", "title")


def by_likeness(films, text):
    """Films whose titles come near the text, the nearest first."""
    if connection.vendor == "postgresql":
        likeness = TrigramWordSimilarity(text, "title")
        near = films.annotate(likeness=likeness).filter(likeness__gte=WORD_SIMILARITY)
        return near.order_by("-likeness", "title")
    likeness = {pk: _likeness(text, title) for pk, title in films.values_list("pk", "title")}
    near = sorted((pk for pk in likeness if likeness[pk] >= LIKENESS), key=likeness.get, reverse=True)[:MOST]
    place = Case(*(When(pk=pk, then=Value(number)) for number, pk in enumerate(near)), default=Value(MOST))
    return films.filter(pk__in=near).order_by(place)


def _likeness(text, title):
    """The share of the text's letter triples that the title has, on the whole as PostgreSQL counts it."""
    wanted = _triples(text)
    return len(wanted & _triples(title)) / len(wanted) if wanted else 0


def _triples(text):
    words = (f"  {word} " for word in re.findall(r"\w+", text.lower()))
    return {word[start : start + 3] for word in words for start in range(len(word) - 2)}
