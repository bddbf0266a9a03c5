from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower, Upper
from django.utils.translation import gettext_lazy as _

from .querysets import UserManager


class User(AbstractUser):
    """A visitor or a member of staff.

    `email` is where mails go; it belongs to one account, whatever its case. An address that was typed but may
    not be theirs waits in `unverified_email`: a verified account's new one, or one that another has.
    """

    email_verified_at = models.DateTimeField(_("e-mail verified"), null=True, blank=True, editable=False)
    unverified_email = models.EmailField(_("e-mail waiting to be verified"), blank=True, editable=False)
    language = models.CharField(_("language of mails"), max_length=10, blank=True, editable=False)

    objects = UserManager()

    class Meta(AbstractUser.Meta):
        indexes = [
            models.Index(
                Lower("unverified_email"),
                condition=~models.Q(unverified_email=""),
                name="user_unverified_email",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                Upper("username"),
                name="user_username_is_one_whatever_its_case",
                violation_error_message=_("A user with that username already exists."),
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="user_email_belongs_to_one_account",
                violation_error_message=_("An account with this e-mail address exists already."),
            ),
            models.CheckConstraint(
                condition=models.Q(email_verified_at=None) | ~models.Q(email=""),
                name="user_verified_email_is_an_address",
            ),
        ]

    @property
    def address_to_verify(self):
        """The address that a link is to be opened for, or ""."""
        return self.unverified_email or ("" if self.email_verified_at else self.email)

    @property
    def awaits_activation(self):
        """Inactive because the link of the sign-up was never opened, and not because staff has closed it."""
        return not self.is_active and self.email_verified_at is None and self.last_login is None
