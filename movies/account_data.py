"""The part of movies in an account's data export, and in closing an account."""

from accounts.account_deletion import register_cleanup
from accounts.data_export import register_section


@register_section("movie_alerts")
def alerts_of(user):
    return [
        {"movie": alert.movie.title, "asked_at": alert.asked_at, "told_at": alert.sent_at}
        for alert in user.movie_alerts.select_related("movie")
    ]


@register_cleanup
def forget_alerts(user):
    user.movie_alerts.all().delete()
