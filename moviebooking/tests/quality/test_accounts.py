from django.contrib.auth.tokens import default_token_generator
from django.test import override_settings
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from moviebooking.testing import PASSWORD, make_user

from .support.pages import PageWalk

WRONG = [("username", "ann"), ("password", "wrong")]


class Accounts(PageWalk):
    def setUp(self):
        super().setUp()
        self.ann = make_user("ann", email_verified_at=timezone.now())

    def test_pages_for_signing_up_and_in(self):
        self.see("register", "/accounts/register/")
        mistakes = [("username", "ann"), ("email", "nowhere"), ("password1", "12"), ("password2", "21")]
        self.send("register-mistakes", "/accounts/register/", mistakes)
        self.see("login", "/accounts/login/?next=/bookings/")
        self.send("login-mistake", "/accounts/login/", WRONG)
        self.see("activation-sent", "/accounts/activate/sent/")
        self.see("activation-again", "/accounts/activate/")
        self.send("activation-again-mistake", "/accounts/activate/", [("email", "nowhere")])
        self.see("activation-refused", "/accounts/activate/MQ/no-token/", 410)

    @override_settings(REQUIRE_EMAIL_VERIFICATION=True)
    def test_pages_for_signing_up_with_email_verification(self):
        self.see("register-verified", "/accounts/register/")
        self.send("register-verified-mistake", "/accounts/register/", [("username", "bob")])
        self.see("login-verified", "/accounts/login/")

    @override_settings(AXES_ENABLED=True, AXES_FAILURE_LIMIT=1)
    def test_the_page_of_a_locked_login(self):
        self.send("locked-out", "/accounts/login/", WRONG, 429)

    def test_pages_for_resetting_the_password(self):
        user_id, token = (
            urlsafe_base64_encode(force_bytes(self.ann.pk)),
            default_token_generator.make_token(self.ann),
        )
        link = f"/accounts/reset/{user_id}/{token}/"

        self.see("reset", "/accounts/password_reset/")
        self.send("reset-mistake", "/accounts/password_reset/", [("email", "nowhere")])
        self.see("reset-sent", "/accounts/password_reset/done/")
        self.see("reset-refused", "/accounts/reset/MQ/no-token/")
        self.see("reset-new-password", link)
        new = [("new_password1", "12"), ("new_password2", "21")]
        self.send("reset-new-password-mistakes", self.page.url, new, starting_at=link)
        self.see("reset-done", "/accounts/reset/done/")

    def test_account_pages(self):
        self.sign_in(self.ann)

        self.see("profile", "/accounts/profile/")
        self.send("profile-saved", "/accounts/profile/", [("first_name", "Ann"), ("last_name", "Rao")])
        self.send("profile-mistake", "/accounts/profile/", [("first_name", "A" * 200)])
        pages = {
            "email": "/accounts/email/",
            "sessions": "/accounts/sessions/",
            "delete": "/accounts/delete/",
            "password": "/accounts/password_change/",
        }
        for name, path in pages.items():
            self.see(name, path)
            self.send(f"{name}-mistakes", path, [("password", "wrong"), ("new_password1", "12")])

    def test_the_profile_with_an_unverified_email(self):
        self.sign_in(make_user("bob", email="bob@example.test", unverified_email="new@example.test"))

        self.see("profile-unverified", "/accounts/profile/")

    def test_the_refusal_to_delete_a_staff_account(self):
        self.sign_in(make_user("boss", is_staff=True))

        self.send("delete-refused", "/accounts/delete/", [("password", PASSWORD)])
