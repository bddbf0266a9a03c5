"""Forms of the admin."""

from itertools import pairwise
from zoneinfo import available_timezones

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from . import schedule
from .models import City, Screen, Showtime
from .templatetags.theater_time import from_local

ZONES = [(name, name.replace("_", " ")) for name in sorted(available_timezones())]


class CityForm(forms.ModelForm):
    class Meta:
        model = City
        fields = ["name", "slug", "timezone"]
        widgets = {"timezone": forms.Select(choices=ZONES)}


class ScreenForm(forms.ModelForm):
    class Meta:
        model = Screen
        fields = ["theater", "name", "layout"]
        widgets = {
            "layout": forms.Textarea(
                attrs={"rows": 18, "cols": 44, "class": "layout-text", "spellcheck": "false", "wrap": "off"}
            )
        }


class ShowtimeForm(forms.ModelForm):
    """A form whose start is shown and typed in the theater's time zone."""

    class Meta:
        model = Showtime
        fields = ["movie", "screen", "start_time", "price", "format", "captions", "audio_description"]
        help_texts = {"start_time": _("Local cinema time")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if isinstance(asked := self.initial.get("start_time"), str):  # from the URL
            self.initial["start_time"] = parse_datetime(asked)
        if self.instance.pk:
            self.instance.start_time = self.instance.local_start  # for read-only fields
            self.initial["start_time"] = self.instance.local_start.replace(tzinfo=None)

    def clean(self):
        cleaned = super().clean()
        start, screen = cleaned.get("start_time"), cleaned.get("screen") or self.screen_of_page()
        if start and screen:
            schedule.refuse_far_start(start, now=timezone.now())
            # Django has interpreted the typed time in the site's own time zone.
            cleaned["start_time"] = from_local(timezone.make_naive(start), screen.theater.city.zone)
        return cleaned

    def screen_of_page(self):
        """Return the screen of a form without a screen field, on the screen's own page."""
        return self.instance.screen if self.instance.screen_id else None


class ShowtimesOfAScreen(forms.BaseInlineFormSet):
    """New showtimes added on their screen's page, which must not overlap each other either."""

    def clean(self):
        super().clean()
        typed = [form.instance for form in self.extra_forms if form.has_changed() and form.is_valid()]
        in_order = sorted(typed, key=lambda showtime: showtime.start_time)
        for one, following in pairwise(in_order):
            if following.start_time < one.screen_free_at:
                text = _("Two of the new showtimes overlap: %(movie)s starts too early.")
                raise forms.ValidationError(text % {"movie": following.movie}, code="overlap")
