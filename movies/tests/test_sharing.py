import json
import re
from decimal import Decimal
from xml.etree import ElementTree

from django.test import TestCase, override_settings
from django.urls import reverse

from moviebooking.testing import make_city, make_movie, make_screen, make_showtime, make_theater

from .support.pictures import own_media, picture_file


def meta_of(response):
    """Return the page's meta tags as {name or property: content}, with its canonical URL as "canonical"."""
    page = response.content.decode()
    found = dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', page))
    return {**found, "canonical": re.search(r'<link rel="canonical" href="([^"]+)"', page)[1]}


@override_settings(SITE_URL="https://films.example")
class MetaTagTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        own_media(cls)
        cls.movie = make_movie(
            "Sholay", genres=["Action"], language="Hindi", certificate="U", description="Two friends. " * 30
        )

    def get(self, path, **query):
        return self.client.get(path, query)

    def test_a_movie_page_has_its_url_title_description_and_poster(self):
        self.movie.poster = picture_file()
        self.movie.save()

        meta = meta_of(self.get("/movies/sholay/", date="2030-01-01"))

        self.assertEqual(meta["canonical"], "https://films.example/movies/sholay/")
        self.assertEqual((meta["og:title"], meta["og:type"]), ("Sholay", "video.movie"))
        self.assertEqual((meta["description"], len(meta["description"])), (meta["og:description"], 155))
        self.assertEqual(meta["og:image"], f"https://films.example{self.movie.poster.src}")
        self.assertEqual((meta["og:image:alt"], meta["twitter:card"]), ("Sholay", "summary"))

    def test_a_movie_without_description_or_poster_has_a_default_description_and_picture(self):
        make_movie("Don", description="")

        meta = meta_of(self.get("/movies/don/"))

        self.assertEqual(meta["description"], "Don: showtimes and tickets, all fees included.")
        self.assertEqual(meta["og:image"], "https://films.example/static/icons/card.png")

    def test_list_pages_have_the_sites_default_picture(self):
        for path in ["/", "/movies/", "/movies/genres/action/", "/theaters/"]:
            meta = meta_of(self.get(path))
            self.assertEqual(
                (meta["og:image"], meta["twitter:card"]),
                ("https://films.example/static/icons/card.png", "summary_large_image"),
                path,
            )

    def test_a_filtered_list_has_the_plain_lists_canonical_url_and_is_not_indexed(self):
        plain, filtered = (
            meta_of(self.get("/movies/")),
            meta_of(self.get("/movies/", q="sholay", genre="action")),
        )

        self.assertEqual((plain["canonical"], plain.get("robots")), ("https://films.example/movies/", None))
        self.assertEqual(
            (filtered["canonical"], filtered["robots"]), ("https://films.example/movies/", "noindex, follow")
        )

    def test_genre_pages_and_home_page_have_their_own_canonical_urls(self):
        paths = {path: meta_of(self.get(path))["canonical"] for path in ["/", "/movies/genres/action/"]}

        self.assertEqual(paths, {path: f"https://films.example{path}" for path in paths})
        self.assertEqual(meta_of(self.get("/", date="soon"))["canonical"], "https://films.example/")

    def test_a_later_page_of_a_list_has_its_own_canonical_url(self):
        for number in range(25):
            make_movie(f"Film {number}")

        self.assertEqual(
            meta_of(self.get("/movies/", page=2))["canonical"], "https://films.example/movies/?page=2"
        )


@override_settings(
    SITE_URL="https://films.example",
    CURRENCY="INR",
    CONVENIENCE_FEE_PERCENT=Decimal(5),
    TAX_PERCENT=Decimal(18),
)
class StructuredDataTests(TestCase):
    def structured_data(self, movie):
        page = self.client.get(movie.get_absolute_url()).content.decode()
        (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, flags=re.S)
        return json.loads(text)["@graph"]

    def test_the_structured_data_of_a_movie_has_all_its_fields(self):
        movie = make_movie("Sholay", genres=["Action"], language="Hindi", certificate="UA13", duration=204)

        self.assertEqual(
            self.structured_data(movie),
            [
                {
                    "@type": "Movie",
                    "@id": "https://films.example/movies/sholay/",
                    "url": "https://films.example/movies/sholay/",
                    "name": "Sholay",
                    "description": "A movie.",
                    "duration": "PT204M",
                    "datePublished": movie.release_date.isoformat(),
                    "genre": ["Action"],
                    "inLanguage": "Hindi",
                    "contentRating": "UA 13+",
                }
            ],
        )

    def test_each_showtime_of_the_day_is_a_screening_event_with_its_final_price(self):
        theater = make_theater("Regal", city=make_city("Mumbai"), location="Colaba")
        showtime = make_showtime(movie=make_movie("Sholay"), screen=make_screen("S" * 40, theater=theater))

        _movie, screening = self.structured_data(showtime.movie)

        seats = f"https://films.example{reverse('bookings:seat_map', args=[showtime.pk])}"
        self.assertEqual(screening["@type"], "ScreeningEvent")
        self.assertEqual(screening["startDate"], showtime.local_start.isoformat())
        self.assertEqual(screening["endDate"], showtime.local_end.isoformat())
        self.assertEqual(screening["workPresented"], {"@id": "https://films.example/movies/sholay/"})
        self.assertEqual(
            screening["location"],
            {
                "@type": "MovieTheater",
                "name": "Regal",
                "url": f"https://films.example{theater.get_absolute_url()}",
                "address": "Colaba, Mumbai",
            },
        )
        self.assertEqual(
            screening["offers"],
            {
                "@type": "Offer",
                "url": seats,
                "price": "247.80",
                "priceCurrency": "INR",
                "availability": "https://schema.org/InStock",
            },
        )

    def test_a_showtime_without_free_seats_is_marked_sold_out(self):
        showtime = make_showtime(available_seats=0)

        self.assertEqual(
            self.structured_data(showtime.movie)[1]["offers"]["availability"], "https://schema.org/SoldOut"
        )

    def test_a_title_with_markup_can_not_end_the_script_element(self):
        movie = make_movie("</script><script>alert(1)</script>&amp;\u2028<!--")

        self.assertEqual(
            self.structured_data(movie)[0]["name"], "</script><script>alert(1)</script>&amp;\u2028<!--"
        )


@override_settings(SITE_URL="https://films.example")
class SitemapAndRobotsTests(TestCase):
    def test_the_sitemap_lists_every_public_page_under_the_site_url(self):
        make_movie("Sholay", genres=["Action"], language="Hindi")
        make_theater("Regal")

        tree = ElementTree.fromstring(self.client.get("/sitemap.xml").content)

        self.assertCountEqual(
            [place.text for place in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")],
            [
                f"https://films.example{path}"
                for path in [
                    "/",
                    "/movies/",
                    "/theaters/",
                    "/movies/sholay/",
                    "/movies/genres/action/",
                    "/movies/languages/hindi/",
                    "/theaters/regal/",
                ]
            ],
        )

    def test_robots_txt_disallows_bookings_and_names_the_sitemap(self):
        response = self.client.get("/robots.txt")

        self.assertEqual(response["Content-Type"], "text/plain")
        self.assertIn("Disallow: /bookings/\n", response.content.decode())
        self.assertIn("Sitemap: https://films.example/sitemap.xml\n", response.content.decode())
