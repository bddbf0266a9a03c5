"""The visitor's chosen city, for views and for every page's header."""

from django.utils.functional import SimpleLazyObject

from movies import catalogue

from .models import City

SESSION_KEY = "city"


def chosen_city(request):
    """Add `city`, the chosen City or None, and `cities`, all of them. Both are lazy."""
    return {"city": SimpleLazyObject(lambda: city_of(request)), "cities": City.objects.all()}


def city_of(request):
    """Return the City that the session remembers, or None, with one query per request at most."""
    if not hasattr(request, "_chosen_city"):
        slug = getattr(request, "session", {}).get(SESSION_KEY)
        request._chosen_city = _city(slug) if slug else None
    return request._chosen_city


def _city(slug):
    """Return the city or None. The slug comes from `choose_city`, so there are no more than cities."""
    found = catalogue.remembered(f"city:{slug}", lambda: [City.objects.by_slug(slug)])
    return found[0]


def chosen_slug(request):
    """Return the slug that this visitor's session remembers, or "". No query: its city may be gone."""
    return request.session.get(SESSION_KEY) or ""


def choose_slug(request, slug):
    """Set the request's session to one that contains only this city's slug."""
    request.session = {SESSION_KEY: slug}


def remember_city(request, city):
    """Store the city in the session; None removes it."""
    if city:
        request.session[SESSION_KEY] = city.slug
    else:
        request.session.pop(SESSION_KEY, None)
