from django.urls import path

from . import views

app_name = "bookings"
urlpatterns = [
    path("showtimes/<int:pk>/seats/", views.seat_map, name="seat_map"),
    path("showtimes/<int:pk>/seats.json", views.seat_status, name="seat_status"),
    path("showtimes/<int:pk>/hold/", views.hold, name="hold"),
    path("showtimes/<int:pk>/release/", views.release, name="release"),
    path("showtimes/<int:pk>/book/", views.create_booking, name="create_booking"),
    path("bookings/", views.booking_list, name="list"),
    path("bookings/<str:reference>/", views.detail, name="detail"),
    path("bookings/<str:reference>/pay/", views.pay, name="pay"),
    path("bookings/<str:reference>/cancel/", views.cancel, name="cancel"),
]
