from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from moviebooking.testing import make_user

USERS = reverse("admin:accounts_user_changelist")


class UserAdminTests(TestCase):
    def setUp(self):
        self.client.force_login(make_user("boss", is_staff=True, is_superuser=True))
        self.ann = make_user("ann", email_verified_at=timezone.now())

    def test_the_admin_finds_users_by_email(self):
        make_user("bob")

        page = self.client.get(USERS, {"q": "ann@example"})

        self.assertEqual(list(page.context["cl"].queryset), [self.ann])

    def test_an_email_typed_by_staff_is_not_verified(self):
        url = reverse("admin:accounts_user_change", args=[self.ann.pk])
        form = self.client.get(url).context["adminform"].form
        data = {name: value for name, value in form.initial.items() if isinstance(value, str)}

        response = self.client.post(url, {**data, "is_active": "on", "email": "new@example.test"})

        self.ann.refresh_from_db()
        self.assertRedirects(response, USERS)
        self.assertEqual((self.ann.email, self.ann.email_verified_at), ("new@example.test", None))
