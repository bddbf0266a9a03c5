from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from .usernames import LONGEST, key_of


class UserQuerySet(models.QuerySet):
    """Addresses are compared as the constraint compares them, so that its index answers."""

    def named(self, username):
        """The account of exactly this name, else the one whose name is another spelling of it; or None."""
        if len(username) > LONGEST:  # nobody's, and long enough to be a burden
            return None
        same = Q(username_key=key_of(username)) & ~Q(username_key="")
        found = self.filter(Q(username=username) | same)
        return min(found, key=lambda user: user.username != username, default=None)

    def with_email(self, address):
        """The account whose address this is, whatever its case."""
        return self.filter(_is("email", address))

    def waiting_for(self, address):
        """The accounts that have yet to open the link sent to the address, the latest first."""
        unproved = _is("email", address) & Q(email_verified_at=None)
        return self.filter(unproved | _is("unverified_email", address)).order_by("-pk")


class UserManager(DjangoUserManager.from_queryset(UserQuerySet)):
    def get_by_natural_key(self, username):
        """How Django finds who signs in."""
        user = self.named(username)
        if user is None:
            raise self.model.DoesNotExist
        return user


def _is(field, address):
    return ~Q(**{field: ""}) & Q(Exact(Lower(field), Lower(Value(address))))
