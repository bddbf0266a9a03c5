"""“Tell me when booking opens”: one mail to whoever asked, as soon as a showtime of the film is on sale."""

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from moviebooking import email_delivery
from moviebooking.task_queue import enqueue

from . import listing
from .models import MovieAlert


class AlertRefused(Exception):
    code, message = "alert_refused", ""


class BookingIsOpen(AlertRefused):
    code, message = "booking_is_open", _("Booking is already open. Choose a showtime.")


class NoAddress(AlertRefused):
    code, message = "no_address", _("Add an email address first, so we can notify you.")


def ask(*, user, movie, now):
    """Note the wish; asking twice is one wish. Raises BookingIsOpen or NoAddress."""
    if listing.showtimes_on_sale(now=now).filter(movie=movie).exists():
        raise BookingIsOpen
    if not user.email:
        raise NoAddress
    MovieAlert.objects.update_or_create(user=user, movie=movie, defaults={"asked_at": now, "sent_at": None})


def withdraw(*, user, movie):
    MovieAlert.objects.filter(user=user, movie=movie).delete()


def is_asked(*, user, movie):
    return user.is_authenticated and MovieAlert.objects.waiting().filter(user=user, movie=movie).exists()


def tell_due(*, now, movie_id=None):
    """Put the mails that are due (for one film or all) on the queue, each once; the number of them.

    Where an address has had its mails of this hour, the others' turn comes with a later sweep.
    """
    due = MovieAlert.objects.due(now)
    if movie_id is not None:
        due = due.filter(movie=movie_id)
    waiting = due.values_list("pk", "user__email")
    return sum(
        _claim(pk, now)
        for pk, email in waiting
        if not email or email_delivery.may_send("movie_on_sale", email)
    )


@transaction.atomic
def _claim(pk, now):
    """True for the one caller that marks the wish as told; the mail's task commits with the mark."""
    claimed = MovieAlert.objects.filter(pk=pk, sent_at=None).update(sent_at=now)
    if claimed:
        enqueue(mail_alert, pk)
    return bool(claimed)


@task
def mail_alert(alert_id):
    """Send the mail; a wish whose mail could not leave is open again, for the next sweep."""
    alert = MovieAlert.objects.filter(pk=alert_id).select_related("user", "movie").first()
    if alert is None or not alert.user.email:
        return
    url = email_delivery.link("movies:detail", alert.movie.slug)
    context = {"username": alert.user.username, "film": alert.movie.title, "url": url}
    subject = format_lazy(_("Booking open: {movie}"), movie=alert.movie.title)
    try:
        email_delivery.send(alert.user.email, subject, "movie_on_sale", context, language=alert.user.language)
    except OSError:
        MovieAlert.objects.filter(pk=alert_id).update(sent_at=None)
        raise
