"""A movie and its showtimes for search engines: schema.org in JSON-LD."""

import json

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import mark_safe

from moviebooking.templatetags.formats import absolute, all_in

AVAILABILITY = {"sold_out": "SoldOut", "few": "LimitedAvailability", "filling": "LimitedAvailability"}
ESCAPES = {ord(character): f"\\u{ord(character):04X}" for character in "<>&\u2028\u2029"}


def as_json_ld(movie, showtimes):
    """Return JSON that is safe inside `<script type="application/ld+json">`."""
    graph = [_movie(movie), *(_screening(movie, showtime) for showtime in showtimes)]
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False)
    return mark_safe(text.translate(ESCAPES))


def _movie(movie):
    fields = {
        "@type": "Movie",
        "@id": _url_of(movie),
        "url": _url_of(movie),
        "name": movie.title,
        "description": movie.description,
        "image": absolute(movie.poster.src) if movie.poster.is_picture else "",
        "duration": f"PT{movie.duration}M",
        "datePublished": movie.release_date.isoformat(),
        "genre": [genre.name for genre in movie.genres.all()],
        "inLanguage": movie.language.name if movie.language else "",
        "contentRating": movie.certificate_mark,
    }
    return {name: value for name, value in fields.items() if value}


def _screening(movie, showtime):
    theater, seats = showtime.screen.theater, absolute(reverse("bookings:seat_map", args=[showtime.pk]))
    return {
        "@type": "ScreeningEvent",
        "name": movie.title,
        "workPresented": {"@id": _url_of(movie)},
        "startDate": showtime.local_start.isoformat(),
        "endDate": showtime.local_end.isoformat(),
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "videoFormat": showtime.get_format_display(),
        "url": seats,
        "location": {
            "@type": "MovieTheater",
            "name": theater.name,
            "url": _url_of(theater),
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


def _url_of(instance):
    return absolute(instance.get_absolute_url())
