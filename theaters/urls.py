from django.urls import path

import moviebooking.converters  # noqa: F401  (makes <anyslug:…> known)

from . import views

app_name = "theaters"
urlpatterns = [
    path("", views.theater_list, name="list"),
    path("city/", views.choose_city, name="choose_city"),
    path("<anyslug:slug>/", views.detail, name="detail"),
]
