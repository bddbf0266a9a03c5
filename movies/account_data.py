"""The films' part of what visitors can download of themselves, and of what is forgotten with an account."""

from accounts.account_deletion import forgets
from accounts.data_export import part


@part("film_alerts")
def alerts_of(user):
    return [
        {"film": alert.movie.title, "asked_at": alert.asked_at, "told_at": alert.sent_at}
        for alert in user.movie_alerts.select_related("movie")
    ]


@forgets
def forget_alerts(user):
    user.movie_alerts.all().delete()
