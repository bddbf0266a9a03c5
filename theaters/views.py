from functools import partial

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import ListView

from moviebooking.http import allows, login_required_or_401, redirect_to_next, safe_next
from moviebooking.pagination import nearest_page
from movies.programme import programme
from movies.public_pages import do_not_keep, public_page

from . import favourites
from .context_processors import city_of, remember_city
from .models import City, Showtime, Theater
from .schedule import by_movie


class TheaterList(ListView):
    """Theaters of the city in `?city=`, else of the chosen city, else of all cities."""

    own_theaters = ()  # favourites, which are listed first

    template_name = "theaters/list.html"
    context_object_name = "theaters"
    paginate_by = 60

    def get_queryset(self):
        self.shown_city = self._shown_city()
        theaters = Theater.objects.for_list()
        return theaters.filter(city=self.shown_city) if self.shown_city else theaters

    def paginate_queryset(self, queryset, page_size):
        paginator = self.get_paginator(queryset, page_size)
        page, self.notice = nearest_page(paginator, self.request.GET.get("page", ""))
        if self.notice:
            do_not_keep(self.request)
        return paginator, page, page.object_list, page.has_other_pages()

    def get_context_data(self, **kwargs):
        context = {"shown_city": self.shown_city, "own_theaters": self.own_theaters, **kwargs}
        return super().get_context_data(**context) | {"notice": self.notice}

    def _shown_city(self):
        slug = self.request.GET.get("city")
        if slug is None:
            return city_of(self.request)
        city = City.objects.by_slug(slug)
        if slug and city is None:
            raise Http404
        return city


_list_for_all = public_page("city", "page")(TheaterList.as_view())


@allows("geolocation")
@require_safe
def theater_list(request):
    own = list(favourites.theaters_of(request.user))
    if not own:
        return _list_for_all(request)
    response = TheaterList.as_view(own_theaters=own)(request)
    patch_cache_control(response, private=True)
    return response


def _favourite_of_visitor(request, slug):
    return {"slug": slug, "is_favourite": partial(favourites.is_favourite, request.user, slug)}


@require_safe
@public_page("date", about_visitor=_favourite_of_visitor)
def detail(request, slug):
    """Show a theater and its showtimes on `?date=`, else on the first day that has one."""
    theater = get_object_or_404(Theater.objects.select_related("city"), slug=slug)
    now = timezone.now()
    showtimes = (
        Showtime.objects.filter(screen__theater=theater).on_sale(now).select_related("movie__language")
    )
    zones, asked = [theater.city.zone], request.GET.get("date", "")
    shown = programme(showtimes, zones=zones, asked=asked, now=now)
    if shown.notice:
        do_not_keep(request)
    movies = by_movie(shown.theaters.get(theater, []))
    context = {"theater": theater, "programme": shown, "movies": movies}
    return render(request, "theaters/detail.html", context)


def _to_theater(request, slug):
    return reverse("theaters:detail", args=[slug])


@require_POST
@login_required_or_401(come_back_to=_to_theater)
def favourite(request, slug):
    """Add the theater to the account's favourites; with `forget` in the form, remove it."""
    theater = get_object_or_404(Theater, slug=slug)
    if "forget" in request.POST:
        favourites.remove(request.user, theater)
    else:
        favourites.add(request.user, theater)
    return redirect(theater)


@never_cache
@require_safe
def cities(request):
    """Show all cities as a form, for the links of pages that contain none. `?city=` suggests one."""
    context = {"next": safe_next(request), "asked": request.GET.get("city", "")}
    return render(request, "theaters/cities.html", context)


@require_POST
def choose_city(request):
    """Choose the city of the form's slug. An empty slug clears the choice; an unknown one is a 404."""
    slug = request.POST.get("city", "").strip()
    city = City.objects.by_slug(slug)
    if slug and city is None:
        return render(request, "theaters/unknown_city.html", {"next": safe_next(request)}, status=404)
    remember_city(request, city)
    favourites.keep_city(request.user, city)
    return redirect_to_next(request, "home")
