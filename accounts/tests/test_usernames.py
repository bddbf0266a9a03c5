"""Usernames in any script, and all spellings of one as the same account."""

from importlib import import_module

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import SimpleTestCase, TestCase
from django.urls import reverse

from accounts.models import User
from accounts.signup import UsernameTaken, sign_up
from accounts.tests.support.people import LOGIN, PROFILE, REGISTER, login_form, sign_up_form
from accounts.usernames import UsernameValidator, key_of
from moviebooking.testing import PASSWORD, make_user

TAKEN = "That username is taken."


class ValidatorTests(SimpleTestCase):
    def test_usernames_in_every_script_are_valid(self):
        for name in (
            "தமிழ்",
            "हिन्दी",
            "ಕನ್ನಡ",
            "മലയാളം",
            "ශ්‍රී",  # with a joiner, which its conjunct needs
            "ภาษาไทย",
            "မြန်မာ",
            "שָׁלוֹם",
            "عَرَبِيّ",
            "Ελληνικά",
            "한국어",
            "日本語",
            "Zoë",
            "ann.o'x".replace("'", "+"),
            "a@b.c-d_e+1",
        ):
            with self.subTest(name):
                UsernameValidator()(name)

    def test_symbols_and_invisible_characters_are_refused(self):
        for name in (
            "two words",
            "ann!",
            "<b>",
            "a/b",
            "ann\n",
            "🎬",
            "\u0bbfதமி",  # a vowel sign without its letter
            "an\u200dn",  # joiners and others that would make a second "ann" on the page
            "ann\ufe0f",
            "ann\u200b",
            "a\u034fnn",
            "\u3164",
            "\u202enna",
            "a\u20dd",
            "\ud800",
            "\x00",
        ):
            with self.subTest(ascii(name)), self.assertRaises(ValidationError):
                UsernameValidator()(name)

    def test_all_spellings_of_a_username_have_one_key(self):
        for key, spellings in {
            "marie": ("Marie", "MARIE", "ｍａｒｉｅ", "ma\u200drie"),
            "zoë": ("Zoë", "ZOE\u0308", "zoe\u0308"),
            "strasse": ("Straße", "STRASSE"),
            "हिन्दी": ("हिन्दी", "हिन्\u200dदी"),
            "i\u0307stanbul": ("İstanbul",),
        }.items():
            for spelling in spellings:
                with self.subTest(ascii(spelling)):
                    self.assertEqual(key_of(spelling), key)
        self.assertNotEqual(key_of("marie"), key_of("mariè"))


class SigningInTests(TestCase):
    def assert_signs_in(self, typed, user, password=PASSWORD):
        self.client.post(LOGIN, login_form(typed, password))
        self.assertEqual(self.client.get(PROFILE).context["user"], user, typed)
        self.client.logout()

    def test_every_spelling_of_a_username_signs_in(self):
        marie, zoe = make_user("Marie", email=""), make_user("Zoë", email="")

        for typed in ("Marie", "MARIE", "marie", " marie ", "ｍａｒｉｅ"):
            self.assert_signs_in(typed, marie)
        for typed in ("ZOË", "zoe\u0308"):
            self.assert_signs_in(typed, zoe)

    def test_a_username_that_looks_like_an_email_signs_in(self):
        ann = make_user("Ann@example.test", email="")

        self.assert_signs_in("ann@EXAMPLE.test", ann)

    def test_every_spelling_signs_in_to_the_admin(self):
        boss = make_user("Boss", is_staff=True)

        self.client.post(reverse("admin:login"), login_form("BOSS"))

        self.assertEqual(int(self.client.session["_auth_user_id"]), boss.pk)

    def test_existing_usernames_with_one_key_sign_in_by_their_exact_spelling(self):
        older, newer = make_user("marie"), make_user("other", password="Another-Pass-7")
        User.objects.filter(pk=newer.pk).update(username="Marie", username_key="")
        fill_keys()

        self.assert_signs_in("marie", older)
        self.assert_signs_in("Marie", newer, "Another-Pass-7")
        self.assert_signs_in("MARIE", older)
        newer.refresh_from_db()
        newer.save()  # keeps its key: a name that stays is no new name
        newer.full_clean()
        self.assert_signs_in("Marie", newer, "Another-Pass-7")


class OneNameTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.marie = make_user("Marie")

    def test_signing_up_with_another_spelling_of_a_username_is_refused(self):
        for name in ("marie", "MARIE", "ｍａｒｉｅ"):
            response = self.client.post(REGISTER, sign_up_form(name))
            self.assertEqual(response.context["form"].errors, {"username": [TAKEN]})
        self.assertEqual(User.objects.count(), 1)

    def test_the_database_refuses_another_spelling_of_a_username(self):
        with self.assertRaises(UsernameTaken):
            sign_up(username="MARIE", password=PASSWORD)
        with self.assertRaises(IntegrityError), transaction.atomic():
            User.objects.bulk_create([User(username="mARIE")])

    def test_the_admin_refuses_another_spelling_of_a_username(self):
        self.client.force_login(make_user("boss", is_staff=True, is_superuser=True))
        other = make_user("other")

        added = self.client.post(
            reverse("admin:accounts_user_add"),
            {"username": "MARIE", "password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"},
        )
        changed = self.client.post(
            reverse("admin:accounts_user_change", args=[other.pk]), {"username": "MARIE", "is_active": "on"}
        )

        for page in (added, changed):
            self.assertEqual(page.context["adminform"].form.errors, {"username": [TAKEN]})

    def test_users_may_change_the_case_of_their_own_username(self):
        self.marie.username = "MARIE"
        self.marie.full_clean()
        self.marie.save(update_fields=["username"])

        self.assertEqual(User.objects.named("marie"), self.marie)

    def test_saving_a_new_username_updates_its_key(self):
        self.marie.username = "Maria"
        self.marie.save(update_fields=["username"])

        self.assertEqual(User.objects.named("MARIA"), self.marie)
        self.assertIsNone(User.objects.named("marie"))

    def test_usernames_with_combining_marks_can_sign_up(self):
        for name in ("தமிழ்", "हिन्दी"):
            self.assertEqual(self.client.post(REGISTER, sign_up_form(name)).status_code, 302)
            self.client.logout()
            self.assertIsNotNone(User.objects.named(name))


def fill_keys():
    migration = import_module("accounts.migrations.0002_usernames_in_every_spelling")
    migration.fill_keys(apps, connection.schema_editor())
