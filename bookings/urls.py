from django.urls import path

from moviebooking import converters  # noqa: F401  (registers id, ref, seat and link)

from . import views
from .views.answers import at_canonical_url

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
    path("bookings/<ref:reference>/", at_canonical_url(views.detail), name="detail"),
    path("bookings/<ref:reference>/pay/", at_canonical_url(views.pay), name="pay"),
    path("bookings/<ref:reference>/cancel/", views.cancel, name="cancel"),
    path("bookings/<ref:reference>/resend/", views.resend, name="resend"),
    path("bookings/<ref:reference>/ticket.pdf", at_canonical_url(views.ticket_pdf), name="ticket_pdf"),
    path("bookings/<ref:reference>/receipt.pdf", at_canonical_url(views.receipt), name="receipt"),
    path("bookings/<ref:reference>/calendar.ics", at_canonical_url(views.calendar), name="calendar"),
    path("bookings/<ref:reference>/tickets/<seat:seat>/", views.hand_over, name="hand_over"),
    path("tickets/worker.js", views.ticket_worker, name="handed_over_worker"),
    path("tickets/<link:link_code>/", views.handed_over, name="handed_over"),
]
