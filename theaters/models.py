from datetime import timedelta
from functools import cached_property

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from moviebooking.fields import MoneyField
from movies.models import Movie
from movies.slugs import unique_slug

from . import layout as seating
from .querysets import ShowtimeQuerySet

CLEANING = timedelta(minutes=15)  # between the end of a film and the next start on the same screen
SEAT_CLASS_CHOICES = [(code, seat_class.name) for code, seat_class in seating.SEAT_CLASSES.items()]


class City(models.Model):
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("slug"), max_length=100, unique=True, blank=True, allow_unicode=True)

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = _("city"), _("cities")

    def __str__(self):
        return self.name

    def save(self, **kwargs):
        if not self.slug:
            self.slug = unique_slug(self, self.name)
        super().save(**kwargs)


class Theater(models.Model):
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("slug"), max_length=120, unique=True, blank=True, allow_unicode=True)
    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="theaters", verbose_name=_("city"))
    location = models.CharField(_("location"), max_length=200, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = _("theater"), _("theaters")

    def __str__(self):
        return self.name

    def save(self, **kwargs):
        if not self.slug:
            self.slug = unique_slug(self, self.name, reserved=frozenset({"city"}))
        super().save(**kwargs)

    def get_absolute_url(self):
        return reverse("theaters:detail", args=[self.slug])


def validate_layout(text):
    try:
        seating.parse(text)
    except seating.LayoutError as error:
        raise ValidationError(str(error), code="layout") from error


class Screen(models.Model):
    theater = models.ForeignKey(
        Theater, on_delete=models.CASCADE, related_name="screens", verbose_name=_("theater")
    )
    name = models.CharField(_("name"), max_length=60)
    layout = models.TextField(_("layout"), validators=[validate_layout])

    class Meta:
        ordering = ["theater", "name"]
        verbose_name, verbose_name_plural = _("screen"), _("screens")
        constraints = [
            models.UniqueConstraint(fields=["theater", "name"], name="screen_name_is_unique_in_its_theater")
        ]

    def __str__(self):
        return f"{self.theater}, {self.name}"

    @property
    def seating(self):
        """The parsed layout."""
        return seating.parse(self.layout)


class Showtime(models.Model):
    movie = models.ForeignKey(
        Movie, on_delete=models.CASCADE, related_name="showtimes", verbose_name=_("film")
    )
    screen = models.ForeignKey(
        Screen, on_delete=models.CASCADE, related_name="showtimes", verbose_name=_("screen")
    )
    start_time = models.DateTimeField(_("start"))
    price = MoneyField(
        _("price"),
        validators=[MinValueValidator(1)],
        help_text=_("Of a standard seat, before fee and tax"),
    )
    available_seats = models.PositiveIntegerField(_("available seats"), blank=True, editable=False)

    objects = ShowtimeQuerySet.as_manager()

    class Meta:
        ordering = ["start_time"]
        verbose_name, verbose_name_plural = _("showtime"), _("showtimes")
        indexes = [
            models.Index(fields=["movie", "start_time"]),
            models.Index(fields=["screen", "start_time"]),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(price__gt=0), name="showtime_is_never_free"),
            models.CheckConstraint(
                condition=models.Q(available_seats__gte=0), name="showtime_is_never_oversold"
            ),
        ]

    def __str__(self):
        return f"{self.movie} · {self.screen} · {self.start_time:%Y-%m-%d %H:%M}"

    def save(self, **kwargs):
        if self.available_seats is None:
            self.available_seats = self.screen.seating.capacity
        super().save(**kwargs)

    def clean(self):
        super().clean()
        if self.start_time and self.movie_id and self.screen_id and self.price:
            self._refuse_overlap()

    def _refuse_overlap(self):
        """Two films can't run on one screen at once: the film's duration and the cleaning after it are taken."""
        end = self.start_time + timedelta(minutes=self.movie.duration) + CLEANING
        day_before = self.start_time - timedelta(days=1)
        others = self.screen.showtimes.exclude(pk=self.pk).select_related("movie")
        for other in others.filter(start_time__gt=day_before, start_time__lt=end):
            if other.ends_at + CLEANING > self.start_time:
                raise ValidationError(
                    {"start_time": _("%(film)s runs on this screen then.") % {"film": other.movie}},
                    code="overlap",
                )

    @property
    def ends_at(self):
        return self.start_time + timedelta(minutes=self.movie.duration)

    @cached_property
    def class_prices(self):
        """Seat class → Decimal for this showtime: its own price where staff has set one, else by the rule."""
        own = {one.seat_class: one.price for one in self.seat_prices.all()}
        return {
            code: own.get(code) or seating.default_price(self.price, code) for code in seating.SEAT_CLASSES
        }


class SeatPrice(models.Model):
    """What a seat class costs at one showtime, where that differs from the rule. `S` is the showtime's price."""

    showtime = models.ForeignKey(Showtime, on_delete=models.CASCADE, related_name="seat_prices")
    seat_class = models.CharField(
        _("seat class"), max_length=1, choices=[choice for choice in SEAT_CLASS_CHOICES if choice[0] != "S"]
    )
    price = MoneyField(_("price"), validators=[MinValueValidator(1)])

    class Meta:
        verbose_name, verbose_name_plural = _("seat price"), _("seat prices")
        constraints = [
            models.UniqueConstraint(fields=["showtime", "seat_class"], name="seat_price_is_one_per_class"),
            models.CheckConstraint(condition=models.Q(price__gt=0), name="seat_price_is_never_free"),
        ]

    def __str__(self):
        return f"{self.get_seat_class_display()}: {self.price}"
