"""Alerts: one email to each visitor who asked for it, once a showtime of the movie is on sale."""

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


def request_alert(*, user, movie, now):
    """Record that the user wants an alert; asking twice is the same. Raise BookingIsOpen or NoAddress."""
    if listing.showtimes_on_sale(now=now).filter(movie=movie).exists():
        raise BookingIsOpen
    if not user.email:
        raise NoAddress
    MovieAlert.objects.update_or_create(user=user, movie=movie, defaults={"asked_at": now, "sent_at": None})


def cancel_alert(*, user, movie):
    MovieAlert.objects.filter(user=user, movie=movie).delete()


def has_alert(*, user, slug):
    """Return True if the signed-in user waits for the movie of that slug."""
    return MovieAlert.objects.waiting().filter(user=user, movie__slug=slug).exists()


def send_due(*, now, movie_id=None):
    """Enqueue the alerts that are due, for one movie or all, each once. Return their number.

    An address that has had its hourly limit of emails gets the others with a later sweep.
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
    """Mark the alert as sent and enqueue its email in one transaction, unless another process did first."""
    claimed = MovieAlert.objects.filter(pk=pk, sent_at=None).update(sent_at=now)
    if claimed:
        enqueue(mail_alert, pk)
    return bool(claimed)


@task
def mail_alert(alert_id):
    """Send the email. If that fails, the alert is due again at the next sweep."""
    alert = MovieAlert.objects.filter(pk=alert_id).select_related("user", "movie").first()
    if alert is None or not alert.user.email:
        return
    url = email_delivery.link("movies:detail", alert.movie.slug)
    context = {"username": alert.user.username, "movie": alert.movie.title, "url": url}
    subject = format_lazy(_("Booking open: {movie}"), movie=alert.movie.title)
    try:
        email_delivery.send(alert.user.email, subject, "movie_on_sale", context, language=alert.user.language)
    except OSError:
        MovieAlert.objects.filter(pk=alert_id).update(sent_at=None)
        raise
