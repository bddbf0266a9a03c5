from functools import partial

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from moviebooking.fields import AnySlugField, FoldedField, NameField, ProseField

from . import translated_names
from .posters import PosterField
from .querysets import AlertQuerySet, MovieQuerySet
from .slugs import refuse_reserved, save_with_slug

LONGEST = 24 * 60  # minutes; searches for what runs at some hour look back no further


class Named(models.Model):
    """A name that movies are grouped by, with a slug made from it."""

    name = NameField(_("name"), max_length=60, unique=True)
    slug = AnySlugField(_("slug"), max_length=80, unique=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="%(class)s_name_is_one_whatever_its_case",
                violation_error_message=_("This name exists with different capitals."),
            )
        ]

    def __str__(self):
        return translated_names.translated(self._meta.model_name, self.name)

    def save(self, **kwargs):
        save_with_slug(self, self.name, partial(super().save, **kwargs))


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
    """A movie with any number of genres and one language; deleting the language keeps the movie."""

    class Certificate(models.TextChoices):
        """Age ratings of the Indian film board (Cinematograph Act, as amended in 2023)."""

        U = "U", _("U: everyone")
        UA7 = "UA7", _("UA 7+: parental guidance under 7")
        UA13 = "UA13", _("UA 13+: parental guidance under 13")
        UA16 = "UA16", _("UA 16+: parental guidance under 16")
        UA = "UA", _("UA: parental guidance under 12")
        A = "A", _("A: adults only (18+)")
        S = "S", _("S: restricted to specialists")

    title = NameField(_("title"), max_length=200)
    slug = AnySlugField(_("slug"), max_length=220, unique=True, blank=True, validators=[refuse_reserved])
    folded_title = FoldedField(of="title")  # for searching
    description = ProseField(_("description"), blank=True)
    duration = models.PositiveIntegerField(
        _("duration"),
        help_text=_("Minutes"),
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST)],
    )
    release_date = models.DateField(_("release date"))
    poster = PosterField(_("poster"), blank=True, width_field="poster_width", height_field="poster_height")
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

    certificate = models.CharField(
        _("age rating"), max_length=4, choices=Certificate.choices, blank=True, default=""
    )
    trailer_url = models.URLField(
        _("trailer"), blank=True, default="", help_text=_("Link to a page that plays it")
    )

    objects = MovieQuerySet.as_manager()

    class Meta:
        ordering = ["-release_date", "title"]
        verbose_name, verbose_name_plural = _("movie"), _("movies")
        constraints = [
            models.CheckConstraint(condition=models.Q(duration__gt=0), name="movie_lasts_a_minute_at_least"),
            models.CheckConstraint(
                condition=models.Q(duration__lte=LONGEST), name="movie_lasts_a_day_at_most"
            ),
        ]
        indexes = [
            models.Index(fields=["title", "release_date"], name="movie_by_title_and_day"),
            models.Index(fields=["-release_date", "title"], name="movie_newest_first"),
        ]

    def __str__(self):
        return self.title

    def save(self, **kwargs):
        if "title" in (kwargs.get("update_fields") or ()):
            kwargs["update_fields"] = {*kwargs["update_fields"], "folded_title"}
        save_with_slug(self, self.title, partial(super().save, **kwargs))

    def get_absolute_url(self):
        return reverse("movies:detail", args=[self.slug])

    @property
    def certificate_mark(self):
        """Return the short form that a card prints: UA13 → "UA 13+"."""
        return self.get_certificate_display().partition(":")[0]


class MovieAlert(models.Model):
    """A visitor's request for one email when seats for a movie go on sale."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="movie_alerts",
        verbose_name=_("visitor"),
    )
    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="alerts", verbose_name=_("movie"))
    asked_at = models.DateTimeField(_("requested"), default=timezone.now)
    sent_at = models.DateTimeField(_("emailed"), null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at"]
        verbose_name, verbose_name_plural = _("movie alert"), _("movie alerts")
        constraints = [
            models.UniqueConstraint(fields=["user", "movie"], name="movie_alert_is_one_per_visitor")
        ]
        indexes = [
            models.Index(fields=["movie"], condition=models.Q(sent_at=None), name="movie_alert_waiting")
        ]

    def __str__(self):
        return f"{self.user}: {self.movie}"
