"""The city and the theaters that an account remembers. Visitors without an account have only the session."""

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from accounts.account_deletion import register_cleanup
from accounts.data_export import register_section

from .context_processors import SESSION_KEY
from .models import Favourites, Theater


def keep_city(user, city):
    """Store the city that the account chose last; None is no city."""
    if user.is_authenticated:
        Favourites.objects.update_or_create(user=user, defaults={"city": city})


def theaters_of(user):
    """Return the account's favourite theaters for a list, ordered by name."""
    if not user.is_authenticated:
        return Theater.objects.none()
    return Theater.objects.for_list().filter(pk__in=_favourite_ids(user))


def is_favourite(user, slug):
    """Return True if the theater of that slug is one of the account's favourites."""
    return Favourites.theaters.through.objects.filter(favourites__user=user, theater__slug=slug).exists()


def add(user, theater):
    Favourites.objects.get_or_create(user=user)[0].theaters.add(theater)


def remove(user, theater):
    Favourites.theaters.through.objects.filter(favourites__user=user, theater=theater).delete()


def _favourite_ids(user):
    rows = Favourites.theaters.through.objects.filter(favourites__user=user)
    return rows.values_list("theater_id", flat=True)


@receiver(user_logged_in)
def restore_city(request, user, **kwargs):
    """After a login, choose the account's city unless the session has one already.

    This is a signal handler because logging in belongs to a lower floor.
    """
    if request is None or SESSION_KEY in request.session:
        return
    slug = Favourites.objects.filter(user=user).values_list("city__slug", flat=True).first()
    if slug:
        request.session[SESSION_KEY] = slug


@register_section("favourites")
def favourites_of(user):
    city = Favourites.objects.filter(user=user).values_list("city__name", flat=True).first()
    return {"city": city, "theaters": [theater.name for theater in theaters_of(user)]}


@register_cleanup
def delete_favourites(user):
    Favourites.objects.filter(user=user).delete()
