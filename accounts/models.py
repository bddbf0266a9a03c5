from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from .querysets import UserManager
from .usernames import LONGEST, UsernameKeyField, UsernameValidator, key_of

USERNAME_TAKEN = _("That username is taken.")


class User(AbstractUser):
    """A visitor or a member of staff.

    `email` receives emails and belongs to one account, regardless of case. `unverified_email` was typed, and
    may not be the user's: the new address of a verified account, or one that another account has.
    """

    username = models.CharField(
        _("username"),
        max_length=LONGEST,
        unique=True,
        help_text=_("Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only."),
        validators=[UsernameValidator()],
        error_messages={"unique": USERNAME_TAKEN},
    )
    username_key = UsernameKeyField(max_length=500, blank=True, default="", editable=False)
    email_verified_at = models.DateTimeField(_("email confirmed"), null=True, blank=True, editable=False)
    unverified_email = models.EmailField(_("email waiting to be confirmed"), blank=True, editable=False)
    language = models.CharField(_("language of emails"), max_length=10, blank=True, editable=False)

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
                fields=["username_key"],
                condition=~models.Q(username_key=""),
                name="user_username_is_one_however_it_is_spelt",
                violation_error_message=USERNAME_TAKEN,
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="user_email_belongs_to_one_account",
                violation_error_message=_("An account with this email address already exists."),
            ),
            models.CheckConstraint(
                condition=models.Q(email_verified_at=None) | ~models.Q(email=""),
                name="user_verified_email_is_an_address",
            ),
        ]

    def clean(self):
        super().clean()
        key = key_of(self.username or "")
        if key and key != self.username_key.partition(" ")[0]:
            others = User.objects.exclude(pk=self.pk).filter(username_key=key)
            if others.exists():
                raise ValidationError({"username": ValidationError(USERNAME_TAKEN, code="unique")})

    def save(self, *args, update_fields=None, **kwargs):
        """Save `username_key` whenever `username` is saved."""
        if update_fields is not None and "username" in update_fields:
            update_fields = {*update_fields, "username_key"}
        super().save(*args, update_fields=update_fields, **kwargs)

    @property
    def address_to_verify(self):
        """Return the address that the user has yet to verify, or ""."""
        return self.unverified_email or ("" if self.email_verified_at else self.email)

    @property
    def awaits_activation(self):
        """Return True if the sign-up link was never opened; False if staff deactivated the account."""
        return not self.is_active and self.email_verified_at is None and self.last_login is None
