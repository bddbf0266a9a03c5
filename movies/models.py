from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from pictures.models import PictureField

from .querysets import MovieQuerySet
from .slugs import unique_slug


class Named(models.Model):
    """A word that films are sorted under, with a slug made from it."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    slug = models.SlugField(_("slug"), max_length=80, unique=True, blank=True, allow_unicode=True)

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self):
        return self.name

    def save(self, **kwargs):
        if not self.slug:
            self.slug = unique_slug(self, self.name)
        super().save(**kwargs)


class Genre(Named):
    class Meta(Named.Meta):
        verbose_name, verbose_name_plural = _("genre"), _("genres")

    def get_absolute_url(self):
        return reverse("movies:genre", args=[self.slug])


class Language(Named):
    class Meta(Named.Meta):
        verbose_name, verbose_name_plural = _("language"), _("languages")

    def get_absolute_url(self):
        return reverse("movies:language", args=[self.slug])


class Movie(models.Model):
    """A film. It has many genres, and one language of its own, whose removal leaves the film."""

    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(_("slug"), max_length=220, unique=True, blank=True, allow_unicode=True)
    description = models.TextField(_("description"), blank=True)
    duration = models.PositiveIntegerField(
        _("duration"), help_text=_("Minutes"), validators=[MinValueValidator(1)]
    )
    release_date = models.DateField(_("release date"))
    poster = PictureField(
        _("poster"),
        upload_to="posters/",
        blank=True,
        aspect_ratios=["2/3"],
        width_field="poster_width",
        height_field="poster_height",
    )
    poster_width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    poster_height = models.PositiveIntegerField(null=True, blank=True, editable=False)
    genres = models.ManyToManyField(Genre, related_name="movies", blank=True, verbose_name=_("genres"))
    language = models.ForeignKey(
        Language,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="movies",
        verbose_name=_("language"),
    )

    objects = MovieQuerySet.as_manager()

    class Meta:
        ordering = ["-release_date", "title"]
        verbose_name, verbose_name_plural = _("film"), _("films")
        constraints = [
            models.CheckConstraint(condition=models.Q(duration__gt=0), name="movie_lasts_a_minute_at_least")
        ]

    def __str__(self):
        return self.title

    def save(self, **kwargs):
        if not self.slug:
            self.slug = unique_slug(self, self.title)
        super().save(**kwargs)

    def get_absolute_url(self):
        return reverse("movies:detail", args=[self.slug])
