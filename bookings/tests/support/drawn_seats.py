"""Reads the seats from the HTML of a seat map."""

import re
from typing import NamedTuple

from django.utils.html import strip_tags

SEAT = re.compile(
    r'<label class="seat" data-kind="\w" data-state="(\w+)">.*?value="(\w+)"([^>]*)>'
    r'.*?(<span class="seat__words">.*?)</label>',
    re.DOTALL,
)


class DrawnSeat(NamedTuple):
    state: str
    flags: str  # attributes of the checkbox
    words: str


def drawn_seats(response):
    """Return {label: DrawnSeat} of a response with a seat map."""
    return {
        label: DrawnSeat(state, flags.strip(), strip_tags(words).strip())
        for state, label, flags, words in SEAT.findall(response.content.decode())
    }
