from django.urls import path, register_converter

from . import views


class _Text:
    """What every database can look up; anything else is no page at all."""

    def to_python(self, value):
        return value

    def to_url(self, value):
        return str(value)


class ShortInt(_Text):
    regex = "[0-9]{1,15}"

    def to_python(self, value):
        return int(value)


class Reference(_Text):
    regex = "[0-9A-Za-z]{1,20}"


class SeatLabel(_Text):
    regex = "[A-Z]{1,3}[0-9]{1,3}"


class LinkCode(_Text):
    regex = "[0-9A-Za-z_-]{1,40}"


for name, converter in {"id": ShortInt, "ref": Reference, "seat": SeatLabel, "link": LinkCode}.items():
    register_converter(converter, name)

app_name = "bookings"
urlpatterns = [
    path("showtimes/<id:pk>/seats/", views.seat_map, name="seat_map"),
    path("showtimes/<id:pk>/seats.json", views.seat_status, name="seat_status"),
    path("showtimes/<id:pk>/hold/", views.hold, name="hold"),
    path("showtimes/<id:pk>/release/", views.release, name="release"),
    path("showtimes/<id:pk>/book/", views.create_booking, name="create_booking"),
    path("bookings/", views.booking_list, name="list"),
    path("bookings/worker.js", views.ticket_worker, name="ticket_worker"),
    path("bookings/webhooks/stripe/", views.stripe_webhook, name="stripe_webhook"),
    path("bookings/<ref:reference>/", views.detail, name="detail"),
    path("bookings/<ref:reference>/pay/", views.pay, name="pay"),
    path("bookings/<ref:reference>/cancel/", views.cancel, name="cancel"),
    path("bookings/<ref:reference>/resend/", views.resend, name="resend"),
    path("bookings/<ref:reference>/ticket.pdf", views.ticket_pdf, name="ticket_pdf"),
    path("bookings/<ref:reference>/receipt.pdf", views.receipt, name="receipt"),
    path("bookings/<ref:reference>/calendar.ics", views.calendar, name="calendar"),
    path("bookings/<ref:reference>/tickets/<seat:seat>/", views.hand_over, name="hand_over"),
    path("tickets/worker.js", views.ticket_worker, name="handed_over_worker"),
    path("tickets/<link:link_code>/", views.handed_over, name="handed_over"),
]
