from axes.admin import AccessAttemptAdmin
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from . import staff_permissions
from .models import User

admin.site.unregister(Group)


class WithinOwnPermissions:
    """A ModelAdmin in which staff can only grant permissions that they have themselves.

    Objects with more permissions are read-only. Django calls the two `has_…_permission` methods wherever an
    object can be changed or deleted: on its page, its password's page, and in the actions of the list.
    """

    may_manage = None

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self._is_within(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self._is_within(request, obj)

    def _is_within(self, request, obj):
        return obj is None or self.may_manage(request.user, obj)

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        if db_field.name in ("permissions", "user_permissions"):
            kwargs["queryset"] = staff_permissions.permissions_of(request.user)
        elif db_field.name == "groups":
            kwargs["queryset"] = staff_permissions.groups_within(request.user)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(Group)
class GroupAdmin(WithinOwnPermissions, DjangoGroupAdmin):
    may_manage = staticmethod(staff_permissions.may_manage_group)


@admin.register(User)
class UserAdmin(WithinOwnPermissions, DjangoUserAdmin):
    may_manage = staticmethod(staff_permissions.may_manage_user)
    list_display = ["username", "email", "email_verified_at", "is_active", "is_staff", "date_joined"]
    list_filter = ["is_active", "is_staff", "is_superuser", "groups"]
    search_fields = ["username", "email", "unverified_email", "first_name", "last_name"]
    readonly_fields = ["email_verified_at", "unverified_email", "last_login", "date_joined"]
    fieldsets = [
        *DjangoUserAdmin.fieldsets,
        (_("Email"), {"fields": ["email_verified_at", "unverified_email"]}),
    ]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else [*fields, "is_superuser"]

    def save_model(self, request, obj, form, change):
        """Mark an address that staff typed as unverified."""
        if "email" in form.changed_data:
            obj.email_verified_at = None
        super().save_model(request, obj, form, change)


admin.site.unregister(AccessAttempt)


@admin.register(AccessAttempt)
class FailedLoginAdmin(AccessAttemptAdmin):
    actions = []  # the action that axes adds always fails
