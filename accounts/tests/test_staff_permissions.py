"""Staff who may change users can't gain or grant further permissions, whatever they post."""

from django.contrib.auth.models import Group, Permission
from django.test import TestCase
from django.urls import reverse

from accounts import staff_permissions
from accounts.models import User
from moviebooking.testing import PASSWORD, make_user

USERS = reverse("admin:accounts_user_changelist")
GROUPS = reverse("admin:auth_group_changelist")
NEW_PASSWORD = {"password1": "Another-Pass-7", "password2": "Another-Pass-7", "usable_password": "true"}


def permission(codename):
    return Permission.objects.get(codename=codename)


def page(name, obj):
    return reverse(f"admin:{name}", args=[obj.pk])


class RightsTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.boss = make_user("boss", is_staff=True, is_superuser=True)
        cls.clerk = make_user("clerk", is_staff=True)
        names = [
            f"{act}_{model}" for act in ("view", "add", "change", "delete") for model in ("user", "group")
        ]
        cls.clerk.user_permissions.set(Permission.objects.filter(codename__in=names))
        cls.seller = make_user("seller", is_staff=True)
        cls.sellers = Group.objects.create(name="Sellers")
        cls.sellers.permissions.set([permission("change_booking")])
        cls.seller.groups.set([cls.sellers])
        cls.porters = Group.objects.create(name="Porters")
        cls.porters.permissions.set([permission("view_user")])
        cls.ann = make_user("ann")

    def setUp(self):
        self.client.force_login(self.clerk)

    def change(self, user, **fields):
        form = {"username": user.username, "email": user.email, "is_active": "on", **fields}
        return self.client.post(page("accounts_user_change", user), form)

    def change_group(self, group, *permissions):
        data = {"name": group.name, "permissions": [one.pk for one in permissions]}
        return self.client.post(page("auth_group_change", group), data)

    def of(self, user):
        """Return the account's stored flags and permissions."""
        user = User.objects.get(pk=user.pk)
        permissions = set(staff_permissions.permissions_of(user).values_list("codename", flat=True))
        return user.is_active, user.is_staff, user.is_superuser, user.password, user.email, permissions


class GivingTests(RightsTestCase):
    def test_nobody_becomes_a_superuser_by_a_form(self):
        for user in (self.clerk, self.ann):
            before = self.of(user)
            staff = {"is_staff": "on"} if user.is_staff else {}
            kept = [one.pk for one in user.user_permissions.all()]

            response = self.change(user, is_superuser="on", user_permissions=kept, **staff)

            self.assertRedirects(response, USERS)
            self.assertEqual(self.of(user), before)

    def test_staff_cannot_grant_a_permission_they_lack(self):
        response = self.change(self.ann, user_permissions=[permission("change_booking").pk])

        self.assertEqual(list(response.context["adminform"].form.errors), ["user_permissions"])
        self.assertEqual(self.of(self.ann)[-1], set())

    def test_staff_cannot_assign_a_group_with_more_permissions(self):
        for user in (self.ann, self.clerk):
            before = self.of(user)

            response = self.change(user, groups=[self.sellers.pk])

            self.assertEqual(list(response.context["adminform"].form.errors), ["groups"])
            self.assertEqual(self.of(user), before)

    def test_staff_can_grant_permissions_they_have(self):
        response = self.change(
            self.ann, is_staff="on", groups=[self.porters.pk], user_permissions=[permission("add_user").pk]
        )

        self.assertRedirects(response, USERS)
        self.assertEqual(self.of(self.ann)[1:3], (True, False))
        self.assertEqual(self.of(self.ann)[-1], {"view_user", "add_user"})

    def test_staff_cannot_add_a_permission_they_lack_to_a_group(self):
        self.clerk.groups.set([self.porters])

        response = self.change_group(self.porters, permission("change_booking"))

        self.assertEqual(list(response.context["adminform"].form.errors), ["permissions"])
        self.assertEqual(self.of(self.clerk)[-1] & {"change_booking"}, set())
        self.assertRedirects(self.change_group(self.porters, permission("change_user")), GROUPS)

    def test_a_new_account_has_no_permissions_whatever_is_posted(self):
        form = {"username": "new", "is_superuser": "on", "is_staff": "on", **NEW_PASSWORD}

        self.client.post(reverse("admin:accounts_user_add"), form)

        self.assertEqual(self.of(User.objects.get(username="new"))[1:3], (False, False))

    def test_a_superuser_can_grant_every_permission(self):
        self.client.force_login(self.boss)

        self.change(self.ann, is_staff="on", is_superuser="on", groups=[self.sellers.pk])

        self.assertEqual(self.of(self.ann)[1:3], (True, True))


class TakingOverTests(RightsTestCase):
    """Whoever can set an account's password or email can use its permissions."""

    def refused(self, url, data):
        self.assertEqual(self.client.post(url, data).status_code, 403, url)

    def test_staff_cannot_change_an_account_with_more_permissions(self):
        for user in (self.boss, self.seller):
            before = self.of(user)
            for change, fields in {"is_active": {"is_active": ""}, "email": {"email": "mine@x.test"}}.items():
                with self.subTest(user=user.username, change=change):
                    self.assertEqual(self.change(user, **fields).status_code, 403)
            self.assertEqual(self.of(user), before)

    def test_staff_cannot_change_the_password_of_an_account_with_more_permissions(self):
        for user in (self.boss, self.seller):
            before = self.of(user)
            for form in (NEW_PASSWORD, {"usable_password": "false", "unset-password": "1"}):
                self.refused(page("auth_user_password_change", user), form)
            self.assertEqual(self.of(user), before)
            self.assertEqual(self.client.get(page("auth_user_password_change", user)).status_code, 403)

    def test_an_inactive_account_with_more_permissions_is_protected_too(self):
        User.objects.filter(pk__in=[self.boss.pk, self.seller.pk]).update(is_active=False)

        for user in (self.boss, self.seller):
            self.assertEqual(self.change(user).status_code, 403)
            self.refused(page("auth_user_password_change", user), NEW_PASSWORD)

    def test_an_account_with_more_permissions_is_shown_read_only_without_the_hash(self):
        response = self.client.get(page("accounts_user_change", self.boss))

        self.assertContains(response, "boss@example.test")
        self.assertNotContains(response, 'name="_save"')
        self.assertNotContains(response, User.objects.get(pk=self.boss.pk).password)

    def test_staff_cannot_delete_an_account_with_more_permissions(self):
        both = {"action": "delete_selected", "_selected_action": [self.ann.pk, self.boss.pk], "post": "yes"}

        self.refused(page("accounts_user_delete", self.boss), {"post": "yes"})
        self.refused(USERS, both)

        self.assertEqual(User.objects.filter(pk__in=[self.ann.pk, self.boss.pk]).count(), 2)

    def test_staff_can_neither_change_nor_delete_a_group_with_more_permissions(self):
        self.assertEqual(self.change_group(self.sellers).status_code, 403)
        self.refused(page("auth_group_delete", self.sellers), {"post": "yes"})

        self.assertEqual(self.of(self.seller)[-1], {"change_booking"})

    def test_staff_can_change_and_delete_an_account_with_no_more_permissions(self):
        equal = make_user("equal", is_staff=True)
        equal.groups.set([self.porters])

        self.assertRedirects(self.change(equal, email="other@example.test"), USERS)
        self.client.post(page("auth_user_password_change", equal), NEW_PASSWORD)
        self.assertTrue(User.objects.get(pk=equal.pk).check_password("Another-Pass-7"))
        self.assertRedirects(self.client.post(page("accounts_user_delete", equal), {"post": "yes"}), USERS)

    def test_staff_can_change_their_own_password(self):
        self.client.post(page("auth_user_password_change", self.clerk), NEW_PASSWORD)

        self.assertFalse(User.objects.get(pk=self.clerk.pk).check_password(PASSWORD))

    def test_staff_who_may_only_view_change_nothing(self):
        self.clerk.user_permissions.set([permission("view_user")])

        self.assertEqual(self.change(self.ann, email="other@example.test").status_code, 403)
