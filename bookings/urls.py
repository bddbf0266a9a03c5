from django.urls import path, register_converter

from . import views
from .references import canonical_reference, may_be_reference
from .views.answers import at_its_address


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
    """In lower case or in groups it is the same one; `at_its_address` leads readers to how it is written."""

    regex = "[^/]{1,40}"

    def to_python(self, value):
        reference = canonical_reference(value)
        if not may_be_reference(reference):
            raise ValueError(value)
        return reference


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
    path("bookings/<ref:reference>/", at_its_address(views.detail), name="detail"),
    path("bookings/<ref:reference>/pay/", at_its_address(views.pay), name="pay"),
    path("bookings/<ref:reference>/cancel/", views.cancel, name="cancel"),
    path("bookings/<ref:reference>/resend/", views.resend, name="resend"),
    path("bookings/<ref:reference>/ticket.pdf", at_its_address(views.ticket_pdf), name="ticket_pdf"),
    path("bookings/<ref:reference>/receipt.pdf", at_its_address(views.receipt), name="receipt"),
    path("bookings/<ref:reference>/calendar.ics", at_its_address(views.calendar), name="calendar"),
    path("bookings/<ref:reference>/tickets/<seat:seat>/", views.hand_over, name="hand_over"),
    path("tickets/worker.js", views.ticket_worker, name="handed_over_worker"),
    path("tickets/<link:link_code>/", views.handed_over, name="handed_over"),
]
