"""The roof: the only module that sees every app."""

from django.contrib import admin
from django.urls import include, path

from . import views

urlpatterns = [
    path("", include("movies.urls_home")),
    path("movies/", include("movies.urls")),
    path("theaters/", include("theaters.urls")),
    path("accounts/", include("accounts.urls")),
    path("", include("bookings.urls")),
    path("admin/", admin.site.urls),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]

handler400 = "moviebooking.views.bad_request"
handler403 = "moviebooking.views.forbidden"
handler404 = "moviebooking.views.not_found"
handler500 = "moviebooking.views.server_error"
