"""The filters above the list of movies. They are combined, kept in the URL, and report what is wrong."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from moviebooking.templatetags import formats

from . import catalogue, clocks, days, listing, search, translated_names
from .models import Genre, Language, Movie

LONGEST_SEARCH = 100
UNREADABLE = "\N{REPLACEMENT CHARACTER}"  # what Django decodes broken UTF-8 to, and this form a NUL
PARTS_OF_DAY = {  # name: (first hour, hour after the last, label)
    "morning": (5, 12, _("Morning (5 am–12 pm)")),
    "afternoon": (12, 17, _("Afternoon (12–5 pm)")),
    "evening": (17, 21, _("Evening (5–9 pm)")),
    "night": (21, 5, _("Night (9 pm–5 am)")),
}


class Choice(forms.ChoiceField):
    """A ChoiceField with an empty choice. An unknown value is quoted in the error, truncated."""

    def __init__(self, *, unknown, none, choices, **options):
        self.none, self.few = none, choices
        super().__init__(
            choices=self._with_none, required=False, error_messages={"invalid_choice": unknown}, **options
        )

    def _with_none(self):
        return [("", self.none), *(self.few() if callable(self.few) else self.few)]

    def validate(self, value):
        if value and not self.valid_value(value):
            message = self.error_messages["invalid_choice"]
            raise forms.ValidationError(message, code="invalid_choice", params={"value": value[:40]})


class DayInput(forms.DateInput):
    input_type = "date"

    def format_value(self, value):
        """Return an ISO date; None for anything else, which such an input can't hold and the error quotes."""
        try:
            return datetime.strptime(value.strip(), "%Y-%m-%d").date().isoformat()
        except (AttributeError, ValueError):
            return None


def _names(model):
    kind, slugs_and_names = model._meta.model_name, model.objects.values_list("slug", "name")

    def choices():
        known = catalogue.remembered(f"names:{model.__name__}", lambda: list(slugs_and_names.all()))
        return [(slug, translated_names.translated(kind, name)) for slug, name in known]

    return choices


def _cities():
    """Return {slug: name} of all cities."""
    cities = listing.cities().values_list("slug", "name")
    return catalogue.remembered("names:City", lambda: dict(cities.all()))


def readable(text):
    if UNREADABLE in text:
        raise forms.ValidationError(_("Please remove the special characters."), code="unreadable")


class MovieFilters(forms.Form):
    is_guess = False
    own_city = ""  # the visitor's chosen city, if the URL names none
    nothing_near = False  # True if no movie matched in the visitor's own city, which was then left out
    showtimes = None  # queryset of those that match, once `movies()` has been called

    q = forms.CharField(
        label=_("Movie title or keyword"),
        required=False,
        max_length=LONGEST_SEARCH,
        validators=[readable],
        widget=forms.TextInput(attrs={"type": "search", "enterkeyhint": "search"}),
    )
    genre = Choice(
        label=_("Genre"),
        none=_("Any genre"),
        unknown=_("We don’t have a genre called “%(value)s”."),
        choices=_names(Genre),
    )
    language = Choice(
        label=_("Language"),
        none=_("Any language"),
        unknown=_("We don’t have a language called “%(value)s”."),
        choices=_names(Language),
    )
    certificate = Choice(
        label=_("Age rating"),
        none=_("Any rating"),
        unknown=_("We don’t have an age rating called “%(value)s”."),
        choices=Movie.Certificate.choices,
    )
    city = forms.CharField(label=_("City"), required=False, max_length=100, validators=[readable])
    date = forms.CharField(label=_("Date"), required=False, widget=DayInput)
    time = Choice(
        label=_("Time of day"),
        none=_("Any time"),
        unknown=_("We don’t have a time of day called “%(value)s”."),
        choices=[(name, label) for name, (_start, _end, label) in PARTS_OF_DAY.items()],
    )
    format = Choice(
        label=_("Format"),
        none=_("Any format"),
        unknown=_("We don’t have a format called “%(value)s”."),
        choices=listing.formats,
    )
    captions = forms.BooleanField(label=_("With subtitles (CC)"), required=False)

    def __init__(self, query, *, now, city="", **fixed):
        """Take the QueryDict and values from the path, `fixed`, which replace its own.

        `city` is the slug of the visitor's chosen city. It is used if the query has no city; an empty city in
        the query means everywhere.
        """
        self.query, self.now, self.fixed = query, now, fixed
        data = {"city": city, **query.dict(), **fixed}
        if "city" not in query:
            self.own_city = data["city"] = city if city and city in _cities() else ""
        super().__init__({name: text.replace("\0", UNREADABLE) for name, text in data.items()})
        for name in ("genre", "language"):  # evaluate the callable once
            self.fields[name].choices = list(self.fields[name].choices)

    def clean_city(self):
        slug = self.cleaned_data["city"]
        if slug and slug != self.own_city and slug not in _cities():
            raise forms.ValidationError(
                _("We don’t have a city called “%(value)s”."),
                code="invalid_choice",
                params={"value": slug[:40]},
            )
        return slug

    def clean_date(self):
        """Return a date or None. Today is judged in the time zone of the city asked for."""
        self.zones = clocks.zones(city=self.cleaned_data.get("city", ""))
        self.today = clocks.today(self.now, self.zones)
        day, problem = days.read_day(self.cleaned_data["date"], today=self.today)
        if problem:
            raise forms.ValidationError(problem, code="day")
        return day

    def look_everywhere(self):
        """Drop the visitor's own city, in which nothing matches the other filters."""
        self.data = {**self.data, "city": ""}
        self.full_clean()
        self.own_city, self.nothing_near = "", True

    def movies(self):
        """Return the movies that match every filter, ready for cards; none if a filter is invalid."""
        if not self.is_valid():
            return Movie.objects.none()
        asked, movies = self.cleaned_data, self._searched()
        if asked["genre"]:
            movies = movies.filter(genres__slug=asked["genre"])
        if asked["language"]:
            movies = movies.filter(language__slug=asked["language"])
        if asked["certificate"]:
            movies = movies.filter(certificate=asked["certificate"])
        self.showtimes = self._showtimes()
        if self._asks_for_showtimes:
            movies = movies.playing(self.showtimes)
        elif not asked["q"]:
            movies = movies.playing_first(self.showtimes)
        return movies.for_cards(self.showtimes, today=self.today)

    def _searched(self):
        """Search by words; if no movie has them, by similarity, which sets `is_guess`."""
        text, movies = self.cleaned_data["q"], Movie.objects.all()
        if not text:
            return movies
        self.is_guess = not movies.matching(text).exists()
        return search.by_likeness(movies, text) if self.is_guess else search.by_words(movies, text)

    @property
    def selects(self):
        """Return the bound fields that the template renders alike."""
        return [self[name] for name in ("date", "time", "genre", "language", "certificate", "format")]

    @property
    def chosen(self):
        """Return [(label, URL of the list without it)] for each filter that is set, except the search."""
        names = [name for name in self.query if self.cleaned_data.get(name)]
        words = {name: self._label_of(name) for name in names if name not in {"q", *self.fixed}}
        return [(text, self._without(name)) for name, text in words.items()]

    def _label_of(self, name):
        value, field = self.cleaned_data[name], self.fields[name]
        if name == "city":
            return _cities()[value]
        if name == "date":
            return formats.day(value, "wide")
        return dict(field.choices)[value] if isinstance(field, Choice) else field.label

    def _without(self, name):
        query = self.query.copy()
        query.pop("page", None)
        query.pop(name)
        if name == "city":  # and not the visitor's own instead
            query["city"] = ""
        return f"?{query.urlencode()}"

    @property
    def problems(self):
        """Return all error messages."""
        return [problem for problems in self.errors.values() for problem in problems]

    @property
    def _asks_for_showtimes(self):
        return any(self.cleaned_data[name] for name in ("city", "date", "time", "format", "captions"))

    def _showtimes(self):
        """Return the showtimes on sale that match all filters about showtimes at once."""
        asked = self.cleaned_data
        showtimes = listing.showtimes_on_sale(now=self.now, city=asked["city"])
        if asked["format"]:
            showtimes = showtimes.filter(format=asked["format"])
        if asked["captions"]:
            showtimes = showtimes.filter(captions=True)
        if not (asked["date"] or asked["time"]):
            return showtimes
        if asked["date"]:
            showtimes = showtimes.on_day(asked["date"], self.zones)
        if asked["time"]:
            start, end, _label = PARTS_OF_DAY[asked["time"]]
            showtimes = showtimes.between_hours(start, end, self.zones)
        return showtimes
