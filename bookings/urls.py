from django.urls import path, register_converter
from django.urls.converters import IntConverter

from . import views


class ShortInt(IntConverter):
    """An id that every database can look up; a longer number is no page at all."""

    regex = "[0-9]{1,15}"


register_converter(ShortInt, "id")

app_name = "bookings"
urlpatterns = [
    path("showtimes/<id:pk>/seats/", views.seat_map, name="seat_map"),
    path("showtimes/<id:pk>/seats.json", views.seat_status, name="seat_status"),
    path("showtimes/<id:pk>/hold/", views.hold, name="hold"),
    path("showtimes/<id:pk>/release/", views.release, name="release"),
    path("showtimes/<id:pk>/book/", views.create_booking, name="create_booking"),
    path("bookings/", views.booking_list, name="list"),
    path("bookings/webhooks/stripe/", views.stripe_webhook, name="stripe_webhook"),
    path("bookings/<str:reference>/", views.detail, name="detail"),
    path("bookings/<str:reference>/pay/", views.pay, name="pay"),
    path("bookings/<str:reference>/cancel/", views.cancel, name="cancel"),
]
