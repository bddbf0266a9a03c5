from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A visitor or a member of staff. An e-mail address is optional, and belongs to one account whatever its case."""

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="user_email_belongs_to_one_account",
                violation_error_message=_("An account with this e-mail address exists already."),
            )
        ]
