from datetime import timedelta
from decimal import Decimal
from functools import cached_property

from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from moviebooking.fields import PriceField
from movies.models import Movie

from .. import layout as seating
from .. import layout_changes, schedule
from ..querysets import ShowtimeQuerySet
from ..stored_rows import replaced_row
from ..templatetags.theater_time import in_zone
from .place import Screen

SEAT_CLASS_CHOICES = [(code, _(seat_class.name)) for code, seat_class in seating.SEAT_CLASSES.items()]


class Showtime(models.Model):
    """One movie on one screen at one time. Fetch it by `for_cards` to use its properties without queries."""

    class Format(models.TextChoices):
        FLAT = "2D", _("2D")
        THREE_D = "3D", _("3D")
        IMAX = "IMAX", _("IMAX")

    class Availability(models.TextChoices):
        AVAILABLE = "available", _("Seats available")
        FILLING = "filling", _("Filling fast")
        FEW = "few", _("Few seats left")
        SOLD_OUT = "sold_out", _("Sold out")

    #: The share of available seats up to which a showtime is filling fast, or has few left.
    FILLING_SHARE, FEW_SHARE = Decimal("0.4"), Decimal("0.1")

    movie = models.ForeignKey(
        Movie, on_delete=models.CASCADE, related_name="showtimes", verbose_name=_("movie")
    )
    screen = models.ForeignKey(
        Screen, on_delete=models.CASCADE, related_name="showtimes", verbose_name=_("screen")
    )
    start_time = models.DateTimeField(_("start"))
    price = PriceField(
        _("price"),
        validators=[MinValueValidator(1)],
        help_text=_("For a standard seat, before fees and taxes"),
    )
    #: Set by `save()`, for lists. None in rows created in bulk; `from_price` computes it for these.
    lowest_price = PriceField(_("price of the cheapest seat"), null=True, blank=True, editable=False)
    format = models.CharField(_("format"), max_length=4, choices=Format.choices, default=Format.FLAT)
    captions = models.BooleanField(_("subtitles (CC)"), default=False)
    audio_description = models.BooleanField(_("audio description"), default=False)
    available_seats = models.PositiveIntegerField(_("available seats"), blank=True, editable=False)
    #: How often its seats have changed in SQL. `bookings.tickets` raises it, which puts the changes in order.
    seats_revision = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    #: When the cinema cancelled it. `bookings` sets it and refunds everybody.
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)

    objects = ShowtimeQuerySet.as_manager()

    class Meta:
        ordering = ["start_time"]
        verbose_name, verbose_name_plural = _("showtime"), _("showtimes")
        indexes = [
            models.Index(fields=["movie", "start_time"]),
            models.Index(fields=["screen", "start_time"]),
            models.Index(fields=["start_time"]),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(price__gt=0), name="showtime_is_never_free"),
            models.CheckConstraint(
                condition=models.Q(available_seats__gte=0), name="showtime_is_never_oversold"
            ),
            models.CheckConstraint(
                condition=models.Q(format__in=["2D", "3D", "IMAX"]), name="showtime_format_is_known"
            ),
        ]

    def __str__(self):
        return f"{self.movie} · {self.screen} · {self.local_start:%Y-%m-%d %H:%M}"

    def save(self, **kwargs):
        """Save the showtime, with `available_seats` if it is new and `lowest_price` if it may have changed.

        A changed screen goes through `layout_changes.move_to_screen`, which may raise SeatsSold. A changed
        movie or start is saved even if seats are sold: that is for `clean()` to refuse. `seats_revision` is
        never saved again: a sale may have raised it since this row was read.
        """
        if self.available_seats is None:
            self.available_seats = self.screen.seating.capacity
        fields = kwargs.get("update_fields")
        if fields is None and self.pk and not self._state.adding:
            fields = {field.name for field in self._meta.local_concrete_fields} - {"id", "seats_revision"}
        derived = set()
        with transaction.atomic():
            if replaced_row(self, "screen", fields):
                layout_changes.move_to_screen(self, now=timezone.now())
                derived.add("available_seats")
            if fields is None or {"price", "screen", "screen_id"} & set(fields):
                self.price_cheapest()
                derived.add("lowest_price")
            if fields is not None:
                kwargs["update_fields"] = derived.union(fields)
            super().save(**kwargs)

    def price_cheapest(self):
        """Set `lowest_price` from the layout, the price and the seat prices, without saving."""
        own = {one.seat_class: one.price for one in self.seat_prices.all()} if self.pk else {}
        self.lowest_price = seating.lowest_price(self.screen.seating.codes, self.standard_price, own)

    def clean(self):
        super().clean()
        if self.start_time and self.movie_id and self.screen_id:
            now = timezone.now()
            schedule.refuse_far_start(self.start_time, now=now)
            schedule.refuse_change_after_sale(self, now=now)
            schedule.refuse_overlap(self)

    @property
    def standard_price(self):
        """Return `price` rounded as it is stored, also before it is saved."""
        return self._meta.get_field("price").in_units(self.price)

    @property
    def is_cancelled(self):
        return self.cancelled_at is not None

    def is_closed(self, now):
        """Return True if seats are no longer sold."""
        return self.is_cancelled or self.start_time <= now

    @property
    def theater(self):
        return self.screen.theater

    @property
    def doors_at(self):
        return self.start_time - timedelta(minutes=self.theater.doors_minutes)

    @property
    def movie_starts_at(self):
        """Return when the ads, which begin at `start_time`, are over."""
        return self.start_time + timedelta(minutes=self.theater.adverts_minutes)

    @property
    def ends_at(self):
        return self.movie_starts_at + timedelta(minutes=self.movie.duration)

    @property
    def screen_free_at(self):
        """Return when the screen is cleaned and the next showtime may start."""
        return self.ends_at + timedelta(minutes=self.theater.cleaning_minutes)

    @property
    def zone(self):
        return self.theater.city.zone

    @property
    def local_start(self):
        return in_zone(self.start_time, self.zone)

    @property
    def local_doors(self):
        return in_zone(self.doors_at, self.zone)

    @property
    def local_movie_start(self):
        return in_zone(self.movie_starts_at, self.zone)

    @property
    def local_end(self):
        return in_zone(self.ends_at, self.zone)

    @property
    def capacity(self):
        return self.screen.seating.capacity

    @property
    def taken_seats(self):
        return max(self.capacity - self.available_seats, 0)

    @property
    def availability(self):
        """Return the Availability by the share of available seats."""
        free, capacity = self.available_seats, self.capacity
        if free == 0:
            return self.Availability.SOLD_OUT
        if free <= capacity * self.FEW_SHARE:
            return self.Availability.FEW
        if free <= capacity * self.FILLING_SHARE:
            return self.Availability.FILLING
        return self.Availability.AVAILABLE

    @property
    def from_price(self):
        """Return the price of the cheapest seat, before fee and tax."""
        if self.lowest_price is None:
            self.price_cheapest()
        return self.lowest_price

    @cached_property
    def class_prices(self):
        """Return {seat class: Decimal}: the price that staff have set for this showtime, else the default."""
        own = {one.seat_class: one.price for one in self.seat_prices.all()}
        return {
            code: own.get(code) or seating.default_price(self.standard_price, code)
            for code in seating.SEAT_CLASSES
        }


class SeatPrice(models.Model):
    """The price of a seat class at one showtime, instead of the default. `S` has the showtime's own price."""

    showtime = models.ForeignKey(Showtime, on_delete=models.CASCADE, related_name="seat_prices")
    seat_class = models.CharField(
        _("seat type"), max_length=1, choices=[choice for choice in SEAT_CLASS_CHOICES if choice[0] != "S"]
    )
    price = PriceField(_("price"), validators=[MinValueValidator(1)])

    class Meta:
        verbose_name, verbose_name_plural = _("seat price"), _("seat prices")
        constraints = [
            models.UniqueConstraint(fields=["showtime", "seat_class"], name="seat_price_is_one_per_class"),
            models.CheckConstraint(condition=models.Q(price__gt=0), name="seat_price_is_never_free"),
        ]

    def __str__(self):
        return f"{self.get_seat_class_display()}: {self.price}"

    def save(self, **kwargs):
        super().save(**kwargs)
        self._update_lowest_price()

    def delete(self, **kwargs):
        deleted = super().delete(**kwargs)
        self._update_lowest_price()
        return deleted

    def _update_lowest_price(self):
        """Update the showtime's `lowest_price`, which every card prints."""
        showtime = Showtime.objects.select_related("screen").filter(pk=self.showtime_id).first()
        if showtime:
            showtime.price_cheapest()
            Showtime.objects.filter(pk=showtime.pk).update(lowest_price=showtime.lowest_price)
