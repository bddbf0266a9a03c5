from django.urls import path

from moviebooking import converters  # noqa: F401  (registers anyslug)

from . import views

app_name = "movies"
urlpatterns = [
    path("", views.movie_list, name="list"),
    path("genres/<anyslug:slug>/", views.genre, name="genre"),
    path("languages/<anyslug:slug>/", views.language, name="language"),
    path("<anyslug:slug>/", views.detail, name="detail"),
    path("<anyslug:slug>/alert/", views.alert, name="alert"),
]
