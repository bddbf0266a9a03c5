from django.contrib.auth.models import Permission
from django.test import TestCase
from django.urls import reverse

from moviebooking.testing import make_city, make_movie, make_screen, make_showtime, make_theater, make_user
from theaters.models import City, Screen, Showtime, Theater

from .support.sales import sell

MODELS = [City, Theater, Screen, Showtime]
PICTURE_URL = "/admin/theaters/screen/picture/"
NO_SHOWTIMES = {"showtimes-TOTAL_FORMS": 0, "showtimes-INITIAL_FORMS": 0}
NO_INLINES = {"seat_prices-TOTAL_FORMS": 0, "seat_prices-INITIAL_FORMS": 0}


def admin_url(row, page="change"):
    return reverse(f"admin:theaters_{row._meta.model_name}_{page}", args=[row.pk])


def changelist_url(model):
    return reverse(f"admin:theaters_{model._meta.model_name}_changelist")


class StaffTestCase(TestCase):
    """A superuser is logged in."""

    @classmethod
    def setUpTestData(cls):
        cls.staff = make_user(is_staff=True, is_superuser=True)

    def setUp(self):
        self.client.force_login(self.staff)

    def errors_of(self, response):
        return response.context["adminform"].form.errors


class AdminPageTests(StaffTestCase):
    def test_every_changelist_can_be_searched(self):
        make_showtime(movie=make_movie("Sholay"), screen=make_screen(theater=make_theater("Odeon")))
        for model in MODELS:
            with self.subTest(model.__name__):
                response = self.client.get(changelist_url(model), {"q": "o"})
                self.assertEqual(response.status_code, 200)

    def test_cities_are_filtered_by_time_zone_and_by_whether_they_have_a_theater(self):
        (
            make_theater(city=make_city("Pune", timezone="Asia/Kolkata")),
            make_city("Tokyo", timezone="Asia/Tokyo"),
        )
        for asked, shown in (
            ({"timezone": "Asia/Tokyo"}, ["Tokyo"]),
            ({"theaters": "some"}, ["Pune"]),
            ({"theaters": "none"}, ["Tokyo"]),
            ({}, ["Pune", "Tokyo"]),
        ):
            page = self.client.get(changelist_url(City), asked)
            with self.subTest(asked):
                self.assertEqual([city.name for city in page.context["cl"].result_list], shown)

    def test_a_changelist_of_three_rows_needs_the_queries_of_one(self):
        for model, queries in ((City, 5), (Theater, 5), (Screen, 5), (Showtime, 8)):
            model.objects.all().delete()
            for count in (1, 3):
                while model.objects.count() < count:
                    make_showtime()
                with self.subTest(model.__name__, rows=count), self.assertNumQueries(queries):
                    self.client.get(changelist_url(model))

    def test_every_row_has_a_change_page(self):
        showtime = make_showtime()
        showtime.seat_prices.create(seat_class="P", price=300)
        theater = showtime.screen.theater
        for row in (theater.city, theater, showtime.screen, showtime):
            with self.subTest(type(row).__name__):
                self.assertContains(self.client.get(admin_url(row)), str(row).split(" · ")[0])

    def test_rows_with_sold_seats_can_not_be_deleted_and_the_page_says_why(self):
        showtime = make_showtime()
        booking = sell(showtime, "A1")
        theater = showtime.screen.theater
        for row in (showtime, showtime.screen, theater, theater.city):
            with self.subTest(type(row).__name__):
                page = self.client.get(admin_url(row, "delete"))
                self.assertContains(page, "people have booked seats for it, and bookings are kept")
                self.assertContains(page, booking.reference)
                self.assertContains(
                    self.client.post(admin_url(row, "delete"), {"post": "yes"}), "These are in the way:"
                )
                self.assertTrue(type(row).objects.filter(pk=row.pk).exists())

    def test_the_delete_action_deletes_nothing_if_one_showtime_has_sold_seats(self):
        sold, other = make_showtime(), make_showtime()
        booking = sell(sold, "A1")
        fields = {"action": "delete_selected", "_selected_action": [sold.pk, other.pk], "post": "yes"}
        page = self.client.post(changelist_url(Showtime), fields)
        self.assertContains(page, "people have booked seats for it, and bookings are kept")
        self.assertContains(page, booking.reference)
        self.assertEqual(Showtime.objects.count(), 2)

    def test_rows_without_sales_can_be_deleted_and_the_page_counts_related_rows(self):
        showtime = make_showtime()
        make_showtime(screen=showtime.screen).seat_prices.create(seat_class="P", price=300)
        other = make_showtime()
        city = showtime.theater.city

        page = self.client.get(admin_url(city, "delete"))
        self.client.post(admin_url(city, "delete"), {"post": "yes"})

        self.assertEqual(
            [(str(name), count) for name, count in page.context["model_count"]],
            [("cities", 1), ("cinemas", 1), ("screens", 1), ("showtimes", 2), ("seat prices", 1)],
        )
        self.assertContains(page, f'City: <a href="{admin_url(city)}">{city}</a>')
        self.assertEqual(list(Showtime.objects.all()), [other])

    def test_deleting_is_403_without_permission_to_delete_the_related_rows(self):
        manager = make_user(is_staff=True)
        manager.user_permissions.set(Permission.objects.filter(codename__endswith="_theater"))
        self.client.force_login(manager)
        theater = make_showtime().theater

        page = self.client.get(admin_url(theater, "delete"))
        answer = self.client.post(admin_url(theater, "delete"), {"post": "yes"})

        self.assertEqual(sorted(page.context["perms_lacking"]), ["screen", "showtime"])
        self.assertEqual((answer.status_code, Theater.objects.count()), (403, 1))

    def test_the_delete_page_names_at_most_twenty_protected_rows_in_constant_queries(self):
        showtime = make_showtime("SSSSSSSSSSSS")
        theater = showtime.theater
        for sold, named in ((1, 2), (12, 21)):
            for number in range(showtime.taken_seats, sold):
                sell(showtime, f"A{number + 1}")
            with self.subTest(sold=sold), self.assertNumQueries(6):
                page = self.client.get(admin_url(theater, "delete"))
            self.assertEqual(len(page.context["protected"]), named)
        self.assertEqual(page.context["protected"][-1], "… 24 in all")

    def test_the_delete_page_needs_as_many_queries_for_three_screens_as_for_one(self):
        theater = make_theater()
        for count in (1, 3):
            while Showtime.objects.count() < count:
                make_showtime(screen=make_screen(theater=theater))
            with self.subTest(count), self.assertNumQueries(13):
                self.client.get(admin_url(theater, "delete"))

    def test_staff_with_only_view_permission_can_open_every_page(self):
        viewer = make_user(is_staff=True)
        viewer.user_permissions.set(
            Permission.objects.filter(codename__startswith="view_", content_type__app_label="theaters")
        )
        self.client.force_login(viewer)
        showtime = make_showtime()
        theater = showtime.screen.theater
        for row in (theater.city, theater, showtime.screen, showtime):
            with self.subTest(type(row).__name__):
                self.assertEqual(self.client.get(admin_url(row)).status_code, 200)


class ReservedSlugTests(StaffTestCase):
    def test_a_theater_can_not_have_the_slug_of_the_page_that_chooses_a_city(self):
        fields = {
            "name": "City", "slug": "city", "city": make_theater().city_id,
            "doors_minutes": 20, "adverts_minutes": 15, "cleaning_minutes": 15,
            "screens-TOTAL_FORMS": 0, "screens-INITIAL_FORMS": 0,
        }  # fmt: skip
        response = self.client.post(reverse("admin:theaters_theater_add"), fields)
        self.assertEqual(
            self.errors_of(response), {"slug": ["The site needs “city” for one of its own pages."]}
        )


class LayoutPictureTests(StaffTestCase):
    def test_a_screens_page_shows_a_picture_of_its_layout(self):
        screen = make_screen("SP\nW")
        page = self.client.get(admin_url(screen))
        self.assertContains(self.client.get(changelist_url(Screen)), "1 S, 1 P, 1 W")
        for text in ('title="A2"', "place--W", 'src="/static/js/admin_layout.js" type="module"', "3 seats"):
            self.assertContains(page, text)

    def test_the_picture_shows_the_posted_layout(self):
        page = self.client.post(PICTURE_URL, {"layout": "SS_R"})
        self.assertContains(page, '<i class="place place--R" title="A3"></i>', html=True)

    def test_the_picture_of_an_invalid_layout_is_an_error_message(self):
        page = self.client.post(PICTURE_URL, {"layout": "SS\nS<S"})
        self.assertContains(page, "Line 2, column 2: “&lt;” isn’t a known seat; use S, P, R, W, C, _")

    def test_an_empty_layout_shows_a_hint_and_no_error(self):
        self.assertContains(self.client.post(PICTURE_URL), "The layout is previewed here.")

    def test_the_picture_is_only_for_staff_with_permission(self):
        self.client.force_login(make_user())
        self.assertEqual(self.client.post(PICTURE_URL, {"layout": "S"}).status_code, 302)
        self.client.force_login(make_user(is_staff=True))
        self.assertEqual(self.client.post(PICTURE_URL, {"layout": "S"}).status_code, 403)


class ChangeScreenTests(StaffTestCase):
    def post(self, screen, layout):
        fields = {"theater": screen.theater_id, "name": screen.name, "layout": layout, **NO_SHOWTIMES}
        return self.client.post(admin_url(screen), fields)

    def test_a_layout_without_a_sold_seat_is_refused_and_the_error_names_the_seat(self):
        showtime = make_showtime("SSS")
        sell(showtime, "A3")
        response = self.post(showtime.screen, "SS")
        self.assertEqual(
            self.errors_of(response),
            {"layout": ["Seat A3 is sold for an upcoming show and would disappear."]},
        )

    def test_a_layout_that_keeps_sold_seats_is_saved_and_updates_the_free_seats(self):
        showtime = make_showtime("SSS")
        sell(showtime, "A3")
        self.assertRedirects(self.post(showtime.screen, "SSSS"), changelist_url(Screen))
        showtime.refresh_from_db()
        self.assertEqual(showtime.available_seats, 3)

    def test_an_invalid_layout_is_refused_with_line_and_column(self):
        response = self.post(make_screen(), "SS\nSx")
        self.assertEqual(
            self.errors_of(response),
            {"layout": ["Line 2, column 2: “x” isn’t a known seat; use S, P, R, W, C, _"]},
        )

    def test_a_screen_whose_stored_layout_is_invalid_is_listed_and_can_be_corrected(self):
        screen = make_showtime("SP").screen
        Screen.objects.update(layout="SxS")

        listed = self.client.get(changelist_url(Screen))
        self.assertRedirects(self.post(screen, "SSS"), changelist_url(Screen))

        self.assertContains(listed, '<td class="field-capacity">–</td>', html=True)
        screen.refresh_from_db()
        self.assertEqual((screen.layout, screen.showtimes.get().available_seats), ("SSS", 3))

    def post_theater(self, screen, layout):
        theater = screen.theater
        return self.client.post(admin_url(theater), {
            "name": theater.name, "slug": theater.slug, "city": theater.city_id,
            "doors_minutes": 20, "adverts_minutes": 15, "cleaning_minutes": 15,
            "screens-TOTAL_FORMS": 1, "screens-INITIAL_FORMS": 1, "screens-0-id": screen.pk,
            "screens-0-theater": theater.pk, "screens-0-name": screen.name, "screens-0-layout": layout,
        })  # fmt: skip

    def test_the_theaters_page_refuses_the_same_layouts(self):
        showtime = make_showtime("SSS")
        sell(showtime, "A3")
        for layout, sentence in (
            ("S", "Seat A3 is sold for an upcoming show and would disappear."),
            ("SSS\nSx", "Line 2, column 2: “x” isn’t a known seat"),
        ):
            with self.subTest(layout):
                self.assertContains(self.post_theater(showtime.screen, layout), sentence)
