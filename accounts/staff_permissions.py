"""Nobody gives more rights than they have, or takes over an account that has more (docs/decisions/0105).

An account's rights count as they are stored, whether it is active or not: whoever may activate an account and
set its password has its rights.
"""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q


def permissions_of(user):
    if user.is_superuser:
        return Permission.objects.all()
    return Permission.objects.filter(Q(user=user) | Q(group__user=user)).distinct()


def groups_within(user):
    """The groups whose members have no right that the user lacks."""
    lacking = Permission.objects.exclude(pk__in=permissions_of(user).values("pk"))
    return Group.objects.exclude(permissions__in=lacking)


def may_manage_user(user, other):
    """True where the other account has no right that the user lacks."""
    if user.is_superuser:
        return True
    further = permissions_of(other).exclude(pk__in=permissions_of(user).values("pk"))
    return not other.is_superuser and not further.exists()


def may_manage_group(user, group):
    return groups_within(user).filter(pk=group.pk).exists()
