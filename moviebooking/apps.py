from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class MoviebookingConfig(AppConfig):
    name = "moviebooking"

    def ready(self):
        from . import checks  # noqa: F401  (registers them)


class MoviebookingAdminConfig(admin_apps.AdminConfig):
    default = False  # the config of this package is the one above; settings name this one for Django's admin
    default_site = "moviebooking.admin_site.Site"
