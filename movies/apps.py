from django.apps import AppConfig
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.utils.translation import gettext_lazy as _


class MoviesConfig(AppConfig):
    name = "movies"
    verbose_name = _("Movies")

    def ready(self):
        from . import account_data  # noqa: F401  (registers it)
        from .models import Genre, Language, Movie

        for model in (Genre, Language, Movie):
            for signal in (post_save, post_delete):
                signal.connect(_clear_catalogue_cache, sender=model)
        m2m_changed.connect(_clear_catalogue_cache, sender=Movie.genres.through)


def _clear_catalogue_cache(**kwargs):
    from . import catalogue

    catalogue.touch()
