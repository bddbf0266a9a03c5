from django.urls import path

from . import views

app_name = "movies"
urlpatterns = [
    path("", views.movie_list, name="list"),
    path("genres/<str:slug>/", views.genre, name="genre"),
    path("languages/<str:slug>/", views.language, name="language"),
    path("<str:slug>/", views.detail, name="detail"),
]
