"""Forms of the admin."""

from zoneinfo import available_timezones

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .models import City, Screen, Showtime

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
    """The start is shown, and typed, as the hall's own clock has it."""

    class Meta:
        model = Showtime
        fields = ["movie", "screen", "start_time", "price", "format", "captions", "audio_description"]
        help_texts = {"start_time": _("As the hall's own clock has it")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["start_time"] = self.instance.local_start.replace(tzinfo=None)

    def clean(self):
        cleaned = super().clean()
        start, screen = cleaned.get("start_time"), cleaned.get("screen")
        if start and screen:
            cleaned["start_time"] = on_clock_of(screen.theater.city.zone, start)
        return cleaned


def on_clock_of(zone, start):
    """What was typed, read on the clock of `zone`; Django has read it on the site's own."""
    return timezone.make_naive(start).replace(tzinfo=zone)
