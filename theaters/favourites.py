"""An account's city and theaters, on every device. A visitor without an account has the session alone."""

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from accounts.account_deletion import register_cleanup
from accounts.data_export import register_section

from .context_processors import SESSION_KEY
from .models import Favourites, Theater


def keep_city(user, city):
    """The city that this account chose last; None is no city."""
    if user.is_authenticated:
        Favourites.objects.update_or_create(user=user, defaults={"city": city})


def theaters_of(user):
    """The account's theaters with what a list prints, in the order of their names."""
    if not user.is_authenticated:
        return Theater.objects.none()
    return Theater.objects.for_list().filter(pk__in=_kept(user))


def likes(user, theater):
    return user.is_authenticated and theater.pk in set(_kept(user))


def keep(user, theater):
    Favourites.objects.get_or_create(user=user)[0].theaters.add(theater)


def forget(user, theater):
    Favourites.theaters.through.objects.filter(favourites__user=user, theater=theater).delete()


def _kept(user):
    kept = Favourites.theaters.through.objects.filter(favourites__user=user)
    return kept.values_list("theater_id", flat=True)


@receiver(user_logged_in)
def bring_city(request, user, **kwargs):
    """Signing in brings the account's city, unless this visit has chosen one already. (A signal, because
    signing in is a floor below.)"""
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
def forget_favourites(user):
    Favourites.objects.filter(user=user).delete()
