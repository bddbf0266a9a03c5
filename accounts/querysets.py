from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from .usernames import LONGEST, key_of


class UserQuerySet(models.QuerySet):
    """Compares email addresses as the unique constraint does, so that its index is used."""

    def named(self, username):
        """Return the user of exactly this name, else of another spelling of it, else None."""
        if len(username) > LONGEST:  # no username is as long, and normalizing it would be expensive
            return None
        same = Q(username_key=key_of(username)) & ~Q(username_key="")
        found = self.filter(Q(username=username) | same)
        return min(found, key=lambda user: user.username != username, default=None)

    def with_email(self, address):
        """Filter by email address, regardless of case. At most one user matches."""
        return self.filter(_is("email", address))

    def waiting_for(self, address):
        """Return the users who have yet to verify the address, newest first."""
        unverified = _is("email", address) & Q(email_verified_at=None)
        return self.filter(unverified | _is("unverified_email", address)).order_by("-pk")


class UserManager(DjangoUserManager.from_queryset(UserQuerySet)):
    def get_by_natural_key(self, username):
        """Return the user who signs in by this name. Raise DoesNotExist if there is none."""
        user = self.named(username)
        if user is None:
            raise self.model.DoesNotExist
        return user


def _is(field, address):
    return ~Q(**{field: ""}) & Q(Exact(Lower(field), Lower(Value(address))))
