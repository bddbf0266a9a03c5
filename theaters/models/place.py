from functools import partial
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moviebooking.fields import AnySlugField, NameField
from movies.slugs import refuse_reserved, save_with_slug

from .. import layout as seating
from .. import layout_changes, timezone_changes
from ..querysets import CityQuerySet, TheaterQuerySet
from ..stored_rows import replaced_row
from ..templatetags.theater_time import validate_zone

RESERVED = frozenset({"city"})  # theaters/city/ is another page


def default_timezone():
    return settings.TIME_ZONE


class City(models.Model):
    name = NameField(_("name"), max_length=80)
    slug = AnySlugField(_("slug"), max_length=100, unique=True, blank=True)
    timezone = models.CharField(
        _("time zone"),
        max_length=60,
        default=default_timezone,
        validators=[validate_zone],
        help_text=_("Time zone of this city, e.g. Asia/Kolkata"),
    )

    objects = CityQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = _("city"), _("cities")

    def __str__(self):
        return self.name

    def save(self, **kwargs):
        """Save the city, and a new slug if it has none.

        A changed time zone goes through `timezone_changes.change_time_zone`, which may raise ShowtimesSold.
        """
        fields = kwargs.get("update_fields")
        with transaction.atomic():
            timezone_changes.change_time_zone(
                self, field="timezone", now=timezone.now(), update_fields=fields
            )
            save_with_slug(self, self.name, partial(super().save, **kwargs))

    def clean(self):
        super().clean()
        timezone_changes.refuse_time_zone(self, field="timezone", now=timezone.now())

    @property
    def showtimes(self):
        return _showtimes(screen__theater__city=self.pk)

    @property
    def zone(self):
        return ZoneInfo(self.timezone)


def refuse_reserved_slug(slug):
    refuse_reserved(slug, reserved=RESERVED)


class Theater(models.Model):
    name = NameField(_("name"), max_length=100)
    slug = AnySlugField(_("slug"), max_length=120, unique=True, blank=True, validators=[refuse_reserved_slug])
    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="theaters", verbose_name=_("city"))
    location = models.CharField(
        _("location"),
        max_length=200,
        blank=True,
        help_text=_("Street and area"),
    )
    doors_minutes = models.PositiveSmallIntegerField(
        _("doors open"),
        default=20,
        validators=[MaxValueValidator(120)],
        help_text=_("Minutes before the start"),
    )
    adverts_minutes = models.PositiveSmallIntegerField(
        _("ads"),
        default=15,
        validators=[MaxValueValidator(60)],
        help_text=_("Minutes from the start to the movie itself"),
    )
    cleaning_minutes = models.PositiveSmallIntegerField(
        _("cleaning"),
        default=15,
        validators=[MaxValueValidator(120)],
        help_text=_("Minutes kept free between the end of a movie and the next start on the same screen"),
    )
    no_lone_seats = models.BooleanField(
        _("prevent single-seat gaps"),
        default=False,
        help_text=_("Don’t let visitors leave a single empty seat between others"),
    )

    objects = TheaterQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = _("cinema"), _("cinemas")

    def __str__(self):
        return self.name

    def save(self, **kwargs):
        """Save the theater, and a new slug if it has none.

        A changed city goes through `timezone_changes.change_time_zone`, which may raise ShowtimesSold.
        """
        fields = kwargs.get("update_fields")
        with transaction.atomic():
            timezone_changes.change_time_zone(self, field="city", now=timezone.now(), update_fields=fields)
            save_with_slug(self, self.name, partial(super().save, **kwargs), reserved=RESERVED)

    def get_absolute_url(self):
        return reverse("theaters:detail", args=[self.slug])

    def clean(self):
        super().clean()
        timezone_changes.refuse_time_zone(self, field="city", now=timezone.now())

    @property
    def showtimes(self):
        return _showtimes(screen__theater=self.pk)

    @property
    def zone(self):
        return self.city.zone

    @property
    def address(self):
        """Return location and city on one line."""
        return ", ".join(part for part in (self.location, self.city.name) if part)

    @property
    def map_url(self):
        """Return the URL of a search on OpenStreetMap."""
        query = urlencode({"query": f"{self.name}, {self.address}"})
        return f"https://www.openstreetmap.org/search?{query}"


def validate_layout(text):
    try:
        seating.parse(text)
    except seating.LayoutError as error:
        raise ValidationError(
            _("Line %(line)d, column %(column)d: %(problem)s"),
            code="layout",
            params={
                "line": error.line,
                "column": error.column,
                "problem": gettext(error.problem) % error.details,
            },
        ) from error


class Screen(models.Model):
    theater = models.ForeignKey(
        Theater, on_delete=models.CASCADE, related_name="screens", verbose_name=_("cinema")
    )
    name = NameField(_("name"), max_length=60)
    layout = models.TextField(
        _("layout"),
        validators=[validate_layout],
        help_text=_(
            "One line per row, front row first; one letter per seat: S standard, P premium, R recliner, "
            "W wheelchair space, C companion seat, _ a gap."
        ),
    )

    class Meta:
        ordering = ["theater", "name"]
        verbose_name, verbose_name_plural = _("screen"), _("screens")
        constraints = [
            models.UniqueConstraint(fields=["theater", "name"], name="screen_name_is_unique_in_its_theater")
        ]

    def __str__(self):
        return f"{self.theater}, {self.name}"

    def save(self, **kwargs):
        """Save the screen. Raise ValidationError for a layout that can't be parsed: all its pages would fail.

        A changed layout goes through `layout_changes.change_layout`, which may raise SeatsLost; a changed
        theater goes through `timezone_changes.change_time_zone`, which may raise ShowtimesSold.
        """
        fields, now = kwargs.get("update_fields"), timezone.now()
        if fields is None or "layout" in fields:
            validate_layout(self.layout)
        with transaction.atomic():
            timezone_changes.change_time_zone(self, field="theater", now=now, update_fields=fields)
            stored = replaced_row(self, "layout", fields)
            if stored:
                layout_changes.change_layout(self, old=stored.layout, now=now)
            super().save(**kwargs)

    def clean(self):
        super().clean()
        now = timezone.now()
        timezone_changes.refuse_time_zone(self, field="theater", now=now)
        stored = replaced_row(self, "layout")
        if stored and self._is_readable():
            layout_changes.refuse_lost_seats(self, old=stored.layout, now=now)

    def _is_readable(self):
        """Return False for a layout that the field's own validator has refused."""
        try:
            return bool(self.seating)
        except seating.LayoutError:
            return False

    @property
    def zone(self):
        return self.theater.zone

    @property
    def seating(self):
        """Return the parsed layout."""
        return seating.parse(self.layout)


def _showtimes(**where):
    """Return showtimes by the reverse relation: their model is defined after these."""
    return Screen._meta.get_field("showtimes").related_model.objects.filter(**where)
