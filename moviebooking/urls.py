"""The roof: the only module that sees every app."""

from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.views.generic import TemplateView

from movies.models import Genre, Language, Movie
from theaters.models import Theater

from . import views
from .serve_media import media
from .sitemaps import ModelSitemap, NamedPagesSitemap

SITEMAPS = {
    "pages": NamedPagesSitemap(["home", "movies:list", "theaters:list"]),
    "movies": ModelSitemap(Movie.objects.all),
    "genres": ModelSitemap(lambda: Genre.objects.exclude(movies=None)),
    "languages": ModelSitemap(lambda: Language.objects.exclude(movies=None)),
    "theaters": ModelSitemap(Theater.objects.all),
}

urlpatterns = [
    path("", include("movies.urls_home")),
    path("movies/", include("movies.urls")),
    path("theaters/", include("theaters.urls")),
    path("accounts/", include("accounts.urls")),
    path("", include("bookings.urls")),
    path("admin/", admin.site.urls),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path("robots.txt", TemplateView.as_view(template_name="robots.txt", content_type="text/plain")),
    path("media/<path:path>", media),
    path("favicon.ico", views.icon, {"name": "favicon.ico"}),
    path("apple-touch-icon.png", views.icon, {"name": "apple-touch-icon.png"}),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]

handler400 = "moviebooking.views.bad_request"
handler403 = "moviebooking.views.forbidden"
handler404 = "moviebooking.views.not_found"
handler500 = "moviebooking.database_outage.server_error"
