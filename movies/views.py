from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from moviebooking.http import login_required_or_401
from moviebooking.pagination import nearest_page
from moviebooking.throttle import throttle

from . import alerts, availability, clocks, days, listing
from . import home as lists
from .filters import MovieFilters
from .models import Genre, Language, Movie
from .programme import programme
from .public_pages import do_not_keep, public_page
from .structured_data import as_json_ld

MOVIES_PER_PAGE = 24
LIST_QUERY = [*MovieFilters.base_fields, "page"]


@require_safe
@public_page("date")
def home(request):
    now, city = timezone.now(), listing.chosen_city(request)
    zones = clocks.zones(city=city)
    today = clocks.today(now, zones)
    day, notice = days.read_day(request.GET.get("date", ""), today=today)
    if notice:
        do_not_keep(request)
    movies = lists.showing(city=city, zones=zones, day=day, today=today, now=now)
    context = {
        "strip": days.strip(today=today, chosen=day),
        "day": day,
        "notice": notice,
        "movies": movies[: lists.MOST_SHOWING],
        "has_more": len(movies) > lists.MOST_SHOWING,
        "coming_movies": lists.coming(city=city, today=today, now=now),
        "released": [] if movies or day else lists.released(today=today, now=now),
    }
    return render(request, "movies/home.html", context)


@require_safe
@public_page(*LIST_QUERY)
def movie_list(request):
    return _list(request, MovieFilters(request.GET, now=timezone.now(), city=listing.chosen_city(request)))


@require_safe
@public_page(*LIST_QUERY)
def genre(request, slug):
    found = get_object_or_404(Genre, slug=slug)
    filters = MovieFilters(request.GET, now=timezone.now(), city=listing.chosen_city(request), genre=slug)
    return _list(request, filters, heading=_("%(genre)s movies") % {"genre": found})


@require_safe
@public_page(*LIST_QUERY)
def language(request, slug):
    found = get_object_or_404(Language, slug=slug)
    filters = MovieFilters(request.GET, now=timezone.now(), city=listing.chosen_city(request), language=slug)
    return _list(request, filters, heading=_("%(language)s movies") % {"language": found})


def _alert_of_visitor(request, slug):
    return {"slug": slug, "has_alert": partial(alerts.has_alert, user=request.user, slug=slug)}


@require_safe
@public_page("city", "date", about_visitor=_alert_of_visitor)
def detail(request, slug):
    movie = get_object_or_404(Movie.objects.for_page(), slug=slug)
    now, city = timezone.now(), _requested_city(request)
    zones, asked = clocks.zones(city=city), request.GET.get("date", "")
    shown = programme(_showtimes_of(movie, city, now), zones=zones, asked=asked, now=now)
    if shown.notice or (request.GET.get("city") and not shown.day):  # perhaps there is no such city
        do_not_keep(request)
    context = {
        "movie": movie,
        "programme": shown,
        "only_in": city,
        "plays_elsewhere": city and shown.day is None and _showtimes_of(movie, "", now).exists(),
        "is_coming": movie.release_date > clocks.today(now, zones),
        "share_picture": movie.poster.src if movie.poster.is_picture else "",
        "structured": as_json_ld(movie, shown.showtimes),
    }
    return render(request, "movies/detail.html", context)


@require_POST
@login_required_or_401(come_back_to=lambda request, slug: reverse("movies:detail", args=[slug]))
@throttle("alert", per_minute=30)
def alert(request, slug):
    """Turn the visitor's alert for the movie on or off: POST `wanted` = yes or no."""
    movie = get_object_or_404(Movie, slug=slug)
    if request.POST.get("wanted") == "no":
        alerts.cancel_alert(user=request.user, movie=movie)
        messages.info(request, _("Alert for %(movie)s turned off.") % {"movie": movie})
        return redirect(movie)
    try:
        alerts.request_alert(user=request.user, movie=movie, now=timezone.now())
    except alerts.AlertRefused as refusal:
        messages.warning(request, refusal.message)
        return redirect("accounts:profile" if isinstance(refusal, alerts.NoAddress) else movie)
    messages.success(request, _("We’ll email you when booking opens for %(movie)s.") % {"movie": movie})
    return redirect(movie)


def _list(request, filters, *, heading=""):
    paginator = Paginator(filters.movies(), MOVIES_PER_PAGE)
    if filters.own_city and not paginator.count:
        filters.look_everywhere()
        paginator = Paginator(filters.movies(), MOVIES_PER_PAGE)
    page_obj, notice = nearest_page(paginator, request.GET.get("page", ""))
    if notice or filters.problems or filters.cleaned_data["q"] or set(filters.fixed) & set(request.GET):
        do_not_keep(request)
    page_obj.object_list = availability.add_availability(list(page_obj.object_list), filters.showtimes)
    context = {
        "filters": filters,
        "page_obj": page_obj,
        "notice": notice,
        "heading": heading,
        "canonical": request.path + (f"?page={page_obj.number}" if page_obj.number > 1 else ""),
        "is_filtered": bool(set(request.GET) - {"page"}),
    }
    return render(request, "movies/list.html", context)


def _requested_city(request):
    """Return the city slug in the URL (empty means everywhere), else the visitor's chosen city."""
    return request.GET.get("city", listing.chosen_city(request)).replace("\0", "")


def _showtimes_of(movie, city, now):
    return listing.showtimes_on_sale(now=now, city=city).filter(movie=movie)
