"""The films' part of what visitors can download of themselves."""

from accounts.export import part


@part("film_alerts")
def alerts_of(user):
    return [
        {"film": alert.movie.title, "asked_at": alert.asked_at, "told_at": alert.sent_at}
        for alert in user.movie_alerts.select_related("movie")
    ]
