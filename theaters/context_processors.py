"""The visitor's chosen city, for views and for every page's header."""

from django.utils.functional import SimpleLazyObject

from .models import City

SESSION_KEY = "city"


def chosen_city(request):
    """Add `city`, the chosen City or None, and `cities`, all of them. Both are lazy."""
    return {"city": SimpleLazyObject(lambda: city_of(request)), "cities": City.objects.all()}


def city_of(request):
    """Return the City that the session remembers, or None, with one query per request."""
    if not hasattr(request, "_chosen_city"):
        session = getattr(request, "session", {})
        request._chosen_city = City.objects.by_slug(session.get(SESSION_KEY))
    return request._chosen_city


def chosen_slug(request):
    """Return the slug that this visitor's session remembers, or "". No query: its city may be gone."""
    return request.session.get(SESSION_KEY) or ""


def remember_city(request, city):
    """Store the city in the session; None removes it."""
    if city:
        request.session[SESSION_KEY] = city.slug
    else:
        request.session.pop(SESSION_KEY, None)
