"""A film and its showtimes as search engines read them: schema.org in JSON-LD."""

import json

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import mark_safe

from moviebooking.templatetags.formats import absolute, all_in

AVAILABILITY = {"sold_out": "SoldOut", "few": "LimitedAvailability", "filling": "LimitedAvailability"}
HARMLESS = {ord(character): f"\\u{ord(character):04X}" for character in "<>&\u2028\u2029"}


def as_json_ld(movie, showtimes):
    """For a `<script type="application/ld+json">`: nothing in it can end the element or start another."""
    graph = [_movie(movie), *(_screening(movie, showtime) for showtime in showtimes)]
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False)
    return mark_safe(text.translate(HARMLESS))


def _movie(movie):
    facts = {
        "@type": "Movie",
        "@id": _address(movie),
        "url": _address(movie),
        "name": movie.title,
        "description": movie.description,
        "image": absolute(movie.poster.src) if movie.poster.is_picture else "",
        "duration": f"PT{movie.duration}M",
        "datePublished": movie.release_date.isoformat(),
        "genre": [genre.name for genre in movie.genres.all()],
        "inLanguage": movie.language.name if movie.language else "",
        "contentRating": movie.certificate_mark,
    }
    return {name: fact for name, fact in facts.items() if fact}


def _screening(movie, showtime):
    theater, seats = showtime.screen.theater, absolute(reverse("bookings:seat_map", args=[showtime.pk]))
    return {
        "@type": "ScreeningEvent",
        "name": movie.title,
        "workPresented": {"@id": _address(movie)},
        "startDate": showtime.local_start.isoformat(),
        "endDate": showtime.local_end.isoformat(),
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "videoFormat": showtime.get_format_display(),
        "url": seats,
        "location": {
            "@type": "MovieTheater",
            "name": theater.name,
            "url": _address(theater),
            "address": theater.address,
        },
        "offers": {
            "@type": "Offer",
            "url": seats,
            "price": str(all_in(showtime.from_price)),
            "priceCurrency": settings.CURRENCY,
            "availability": f"https://schema.org/{AVAILABILITY.get(showtime.availability, 'InStock')}",
        },
    }


def _address(thing):
    return absolute(thing.get_absolute_url())
