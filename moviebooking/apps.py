from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class MoviebookingConfig(AppConfig):
    name = "moviebooking"

    def ready(self):
        from . import checks  # noqa: F401  (registers the checks)


class MoviebookingAdminConfig(admin_apps.AdminConfig):
    default = False  # of this package; the settings name this config in place of django.contrib.admin
    default_site = "moviebooking.admin_site.Site"
