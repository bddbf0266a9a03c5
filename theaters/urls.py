from django.urls import path

from . import views

app_name = "theaters"
urlpatterns = [
    path("", views.theater_list, name="list"),
    path("city/", views.choose_city, name="choose_city"),
    path("<str:slug>/", views.detail, name="detail"),
]
