"""Reading pages as a visitor does."""

import re
from html import unescape

from theaters.context_processors import SESSION_KEY


def movie_titles(response):
    """Return the titles of a page's movie cards, in their order."""
    return [
        unescape(title)
        for title in re.findall(
            r'movie-card__title">\s*<a href="[^"]+">([^<]*)</a>', response.content.decode()
        )
    ]


def text_of(response):
    """Return the page as one line of text."""
    body = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def choose_city(client, city):
    session = client.session
    session[SESSION_KEY] = city.slug
    session.save()
