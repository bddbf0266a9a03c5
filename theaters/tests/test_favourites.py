from django.test import TestCase
from django.urls import reverse

from accounts.account_deletion import delete_account
from accounts.data_export import export_account
from moviebooking.testing import PASSWORD, make_city, make_theater, make_user
from theaters.models import Favourites

LIST = reverse("theaters:list")


class FavouriteTheaterTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ann, cls.theater, cls.other = make_user("ann"), make_theater("Odeon"), make_theater("Roxy")

    def post(self, theater, **fields):
        return self.client.post(reverse("theaters:favourite", args=[theater.slug]), fields)

    def own(self):
        return list(self.client.get(LIST).context["own_theaters"])

    def test_a_theater_is_added_and_removed(self):
        self.client.force_login(self.ann)

        self.assertRedirects(self.post(self.theater), self.theater.get_absolute_url())
        self.post(self.theater)
        self.assertEqual(self.own(), [self.theater])
        self.assertContains(self.client.get(self.theater.get_absolute_url()), "Remove from favourites")

        self.post(self.theater, forget="1")
        self.assertEqual(self.own(), [])

    def test_favourites_are_listed_apart_with_their_addresses(self):
        self.client.force_login(self.ann)
        self.post(self.theater)
        here = self.other.city

        page = self.client.get(LIST, {"city": here.slug})

        self.assertContains(page, f"<p>1 Test Street, {self.theater.city}</p>", html=True)
        self.assertContains(page, f'<h2 id="city-{here.pk}">{here}</h2>', html=True)

    def test_each_visitor_has_separate_favourites(self):
        self.client.force_login(self.ann)
        self.post(self.theater)

        self.client.force_login(make_user())

        self.assertEqual(self.own(), [])

    def test_favourites_need_an_account(self):
        self.assertEqual(self.post(self.theater).status_code, 302)
        self.assertEqual(Favourites.objects.count(), 0)
        self.assertNotContains(self.client.get(self.theater.get_absolute_url()), "my theaters")

    def test_a_wrong_method_or_an_unknown_theater_is_refused(self):
        self.client.force_login(self.ann)

        self.assertEqual(self.client.get(reverse("theaters:favourite", args=["odeon"])).status_code, 405)
        self.assertEqual(self.client.post(reverse("theaters:favourite", args=["nowhere"])).status_code, 404)


class FavouriteCityTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ann, cls.pune, cls.goa = make_user("ann"), make_city("Pune"), make_city("Goa")

    def choose(self, city):
        self.client.post(reverse("theaters:choose_city"), {"city": city.slug, "next": "/"})

    def sign_in(self):
        self.client.post(reverse("accounts:login"), {"username": "ann", "password": PASSWORD})

    def city(self):
        return self.client.session.get("city")

    def test_the_city_is_restored_on_another_device(self):
        self.sign_in()
        self.choose(self.pune)
        self.client.logout()
        self.assertIsNone(self.city())

        self.sign_in()

        self.assertEqual(self.city(), "pune")

    def test_a_city_chosen_before_the_login_is_kept(self):
        Favourites.objects.create(user=self.ann, city=self.pune)
        self.choose(self.goa)

        self.sign_in()

        self.assertEqual(self.city(), "goa")

    def test_a_deleted_city_is_not_restored(self):
        Favourites.objects.create(user=self.ann, city=self.pune)
        self.pune.delete()

        self.sign_in()

        self.assertIsNone(self.city())


class OwnDataTests(TestCase):
    def test_favourites_are_exported_and_deleted_with_the_account(self):
        ann, odeon = make_user(), make_theater("Odeon")
        Favourites.objects.create(user=ann, city=odeon.city).theaters.add(odeon)

        self.assertEqual(export_account(ann)["favourites"], {"city": odeon.city.name, "theaters": ["Odeon"]})
        delete_account(user=ann)
        self.assertEqual(Favourites.objects.count(), 0)
