"""The admin answers malformed URLs and forms without a 500."""

from urllib.parse import quote, urlencode

from django.contrib import admin
from django.core.signals import got_request_exception
from django.db import transaction
from django.urls import reverse

from bookings.tests.support.steps import BookingTestCase, buy
from moviebooking.testing import make_movie, make_showtime, make_user
from theaters.models import City

NONSENSE = ["\0", "x", "0", "-1", "9" * 25, "2026-13-45", "10000-01-01", "1,x", "1e400", "٣"]
FORM = "application/x-www-form-urlencoded"


def name_of(model, page):
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"


class NonsenseTestCase(BookingTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.staff = make_user(is_staff=True, is_superuser=True)
        cls.showtime = make_showtime()
        buy(cls.staff, cls.showtime, ["A1"])

    def setUp(self):
        super().setUp()
        self.client.force_login(self.staff)
        self.client.raise_request_exception = False
        self.faults = []
        got_request_exception.connect(self.note)
        self.addCleanup(got_request_exception.disconnect, self.note)

    def note(self, request, **kwargs):
        self.faults.append(request.get_full_path())

    def ask(self, path, query=(), form=None):
        """Return the status; what the request has broken in this test's transaction is rolled back."""
        path = f"{path}?{urlencode(query)}" if query else path
        with transaction.atomic():
            if form is None:
                response = self.client.get(path)
            else:
                response = self.client.post(path, urlencode(form, doseq=True), content_type=FORM)
            transaction.set_rollback(True)
        return response.status_code


class ListTests(NonsenseTestCase):
    def test_no_list_fails_on_a_malformed_filter(self):
        for model, model_admin in admin.site._registry.items():
            for lookup in self.lookups(model, model_admin):
                for value in ("x", "0", "9" * 25) if "__" in lookup else ("x",):
                    self.ask(reverse(name_of(model, "changelist")), {lookup: value})

        self.assertEqual(self.faults, [])

    def lookups(self, model, model_admin):
        """Yield what the list may be asked for: its filters, its fields, and Django's own variables."""
        for one in model_admin.list_filter:
            field = one[0] if isinstance(one, tuple) else one
            if isinstance(field, str):
                yield from (f"{field}__{end}" for end in ("exact", "id__exact", "gte", "year", "isempty"))
            else:
                yield field.parameter_name
        if model_admin.date_hierarchy:
            yield from (f"{model_admin.date_hierarchy}__{end}" for end in ("year", "month", "day", "date"))
        yield from (field.name for field in model._meta.get_fields())
        yield from ("q", "o", "p", "all", "e", "_facets", "_to_field", "_popup", "no_such__field")

    def test_no_date_hierarchy_fails_at_the_ends_of_the_calendar(self):
        dates = [
            ("0",),
            ("1", "1", "1"),
            ("9999",),
            ("9999", "12"),
            ("9999", "12", "31"),
            ("2026", "2", "31"),
        ]
        for model, model_admin in admin.site._registry.items():
            if field := model_admin.date_hierarchy:
                for date in dates:
                    names = (f"{field}__{part}" for part in ("year", "month", "day"))
                    self.ask(reverse(name_of(model, "changelist")), dict(zip(names, date, strict=False)))

        self.assertEqual(self.faults, [])

    def test_an_invalid_filter_is_a_bad_request(self):
        for model, query in (
            ("movies_movie", {"genres": "x"}),
            ("theaters_showtime", {"screen": "x", "start_time__year": "0"}),
            ("bookings_booking", {"status__exact": "\0"}),
            ("movies_movie", {"title__regex": "(a+)+$"}),
            ("movies_movie", {"id__range": "1"}),
            ("theaters_showtime", {"start_time__year__range": "1"}),
            ("bookings_booking", {"seats__range": "x"}),
        ):
            with self.subTest(model, **query):
                self.assertIn(self.ask(reverse(f"admin:{model}_changelist"), query), (302, 400))

    def test_no_list_breaks_on_a_json_lookup_that_the_database_lacks(self):
        for lookup in ("seats__contains", "seats__contained_by"):
            self.ask(reverse("admin:bookings_booking_changelist"), {lookup: "x"})

        self.assertEqual(self.faults, [])

    def test_a_list_with_valid_filters_is_shown(self):
        for model in admin.site._registry:
            self.assertEqual(self.ask(reverse(name_of(model, "changelist"))), 200)


class ActionTests(NonsenseTestCase):
    def test_no_action_fails_on_a_malformed_row_id(self):
        for model, model_admin in admin.site._registry.items():
            actions = [getattr(one, "__name__", one) for one in model_admin.actions]
            for action in ("delete_selected", *actions, "no-such"):
                for row in ("x", "9" * 25):
                    form = {"action": action, "_selected_action": row, "index": "0", "post": "yes"}
                    self.ask(reverse(name_of(model, "changelist")), form=form)

        self.assertEqual(self.faults, [])

    def test_deleting_a_malformed_row_id_deletes_nothing(self):
        form = {"action": "delete_selected", "_selected_action": "x", "post": "yes"}

        self.assertEqual(self.ask(reverse("admin:theaters_city_changelist"), form=form), 400)
        self.assertEqual(City.objects.count(), 1)


class ObjectTests(NonsenseTestCase):
    def test_no_object_page_fails_on_a_malformed_id(self):
        for model in admin.site._registry:
            for pk in ("\0", "x", "9" * 25, "_00"):
                for page in ("change", "delete"):
                    self.ask(f"{reverse(name_of(model, 'changelist'))}{quote(pk)}/{page}/")

        self.assertEqual(self.faults, [])

    def test_no_form_fails_on_malformed_values(self):
        for model, model_admin in admin.site._registry.items():
            for field in model_admin.get_form(self.request_of_staff())().fields:
                for value in ("x", "9" * 25):
                    self.ask(reverse(name_of(model, "add")), {field: value})
                    self.ask(reverse(name_of(model, "add")), form={field: value})

        self.assertEqual(self.faults, [])

    def request_of_staff(self):
        request = self.client.get("/admin/").wsgi_request
        request.user = self.staff
        return request

    def test_the_other_admin_pages_do_not_fail(self):
        for text in NONSENSE:
            for query in (
                {"term": text, "app_label": "theaters", "model_name": "showtime", "field_name": "movie"},
                {"term": "", "app_label": "theaters", "model_name": "showtime", "field_name": text},
                {"term": "", "app_label": text, "model_name": text, "field_name": text},
            ):
                self.ask("/admin/autocomplete/", query)
            self.ask(f"/admin/r/{quote(text)}/{quote(text)}/")
            self.ask("/admin/login/", {"next": text}, form={"username": text, "password": text})
            self.ask("/admin/theaters/screen/picture/", form={"layout": text})
            self.ask(f"/admin/bookings/payment/{quote(text)}/refund/")

        self.assertEqual(self.faults, [])


class SearchTests(NonsenseTestCase):
    def test_a_search_of_too_many_words_uses_the_first_ones_and_says_so(self):
        make_movie("word " * 12)
        path, words = reverse("admin:movies_movie_changelist"), " ".join(["word"] * 500)

        response = self.client.get(path, {"q": words, "language__isnull": "True"}, follow=True)

        self.assertEqual(
            response.request["QUERY_STRING"],
            urlencode({"q": "word " * 11 + "word", "language__isnull": "True"}),
        )
        self.assertContains(response, "That search was too long. Showing results for its first 12 words")
        self.assertEqual(response.context["cl"].result_count, 1)

    def test_a_search_for_a_very_long_word_is_cut(self):
        path = reverse("admin:movies_movie_changelist")

        response = self.client.get(path, {"q": "a" * 100_000}, follow=True)

        self.assertEqual((response.status_code, len(response.context["cl"].query)), (200, 200))

    def test_an_autocomplete_search_is_cut_without_a_message(self):
        field = {"app_label": "theaters", "model_name": "showtime", "field_name": "movie"}

        response = self.client.get("/admin/autocomplete/", {"term": "word " * 500, **field}, follow=True)

        self.assertEqual((response.status_code, response.json()["results"]), (200, []))
        self.assertNotContains(self.client.get("/admin/"), "too long")

    def test_a_search_of_twelve_words_is_unchanged(self):
        path = reverse("admin:movies_movie_changelist")

        self.assertEqual(self.client.get(path, {"q": "word " * 12}).status_code, 200)
