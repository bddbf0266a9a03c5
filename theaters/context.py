"""What every page's header says of the city."""

from django.utils.functional import SimpleLazyObject

from .models import City

SESSION_KEY = "city"


def chosen_city(request):
    """`city`: the visitor's City or None; `cities`: all of them. No query until one is printed."""
    return {"city": SimpleLazyObject(lambda: city_of(request)), "cities": City.objects.all()}


def city_of(request):
    """The City that this visitor's session remembers, or None."""
    slug = request.session.get(SESSION_KEY) if hasattr(request, "session") else None
    return City.objects.filter(slug=slug).first() if slug else None
