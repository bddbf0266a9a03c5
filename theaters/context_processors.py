"""The city that a visitor has chosen, and what every page's header says of it."""

from django.utils.functional import SimpleLazyObject

from .models import City

SESSION_KEY = "city"


def chosen_city(request):
    """`city`: the visitor's City or None; `cities`: all of them. No query until one is printed."""
    return {"city": SimpleLazyObject(lambda: city_of(request)), "cities": City.objects.all()}


def city_of(request):
    """The City that this visitor's session remembers, or None. Asked for once a request."""
    if not hasattr(request, "_chosen_city"):
        session = getattr(request, "session", {})
        request._chosen_city = City.objects.by_slug(session.get(SESSION_KEY))
    return request._chosen_city


def chosen_slug(request):
    """Return the slug that this visitor's session remembers, or "". No query: its city may be gone."""
    return request.session.get(SESSION_KEY) or ""


def remember_city(request, city):
    """Keep the city for this visitor's next pages; None forgets it."""
    if city:
        request.session[SESSION_KEY] = city.slug
    else:
        request.session.pop(SESSION_KEY, None)
