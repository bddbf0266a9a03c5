"""Staff can't grant permissions they lack, or take over an account that has more (docs/decisions/0105).

An account's permissions count as stored, whether or not it is active: whoever may activate an account and set
its password can use its permissions.
"""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q


def permissions_of(user):
    """Return a queryset of the permissions that the user has, directly or through groups."""
    if user.is_superuser:
        return Permission.objects.all()
    return Permission.objects.filter(Q(user=user) | Q(group__user=user)).distinct()


def groups_within(user):
    """Return the groups that have no permission the user lacks."""
    lacking = Permission.objects.exclude(pk__in=permissions_of(user).values("pk"))
    return Group.objects.exclude(permissions__in=lacking)


def may_manage_user(user, other):
    """Return True if the other account has no permission that the user lacks."""
    if user.is_superuser:
        return True
    exceeding = permissions_of(other).exclude(pk__in=permissions_of(user).values("pk"))
    return not other.is_superuser and not exceeding.exists()


def may_manage_group(user, group):
    """Return True if the group has no permission that the user lacks."""
    return groups_within(user).filter(pk=group.pk).exists()
