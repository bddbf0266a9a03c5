"""Sitemaps for search engines. URLs begin with SITE_URL, whatever host was requested."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse


class ModelSitemap(Sitemap):
    """The pages of model instances. `rows()` returns a queryset of objects with `get_absolute_url`."""

    limit = 5000

    def __init__(self, rows):
        self.rows = rows

    def items(self):
        return self.rows().order_by("pk")

    @property
    def protocol(self):
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc


class NamedPagesSitemap(ModelSitemap):
    """Pages given by a list of URL names."""

    def items(self):
        return self.rows

    def location(self, item):
        return reverse(item)
