from django.urls import path

from moviebooking import converters  # noqa: F401  (registers anyslug)

from . import views

app_name = "theaters"
urlpatterns = [
    path("", views.theater_list, name="list"),
    path("city/", views.choose_city, name="choose_city"),
    path("city/choose/", views.cities, name="cities"),
    path("<anyslug:slug>/favourite/", views.favourite, name="favourite"),
    path("<anyslug:slug>/", views.detail, name="detail"),
]
