"""Username rules: allowed characters, and spellings that count as the same name."""

import re
import unicodedata

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.deconstruct import deconstructible

LONGEST = 150
SIGNS = frozenset("@.+-_")
JOINERS = frozenset("\u200c\u200d")  # they select the shape of a conjunct in Indian scripts
VIRAMA = 9  # combining class of the marks that a joiner may follow
IGNORABLE = re.compile(  # invisible letters and marks
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)


@deconstructible
class UsernameValidator:
    """Accept letters and digits of any script with the marks that belong to them, and @ . + - _

    Django's validator refuses `தமிழ்` and `हिन्दी`, because their vowel signs are marks and not letters.
    """

    message = UnicodeUsernameValidator.message

    def __call__(self, username):
        before = ["", *username]
        if not all(map(_may_follow, before, username)):
            raise ValidationError(self.message, code="invalid", params={"value": username})

    def __eq__(self, other):
        return isinstance(other, UsernameValidator)


def _may_follow(before, char):
    if char in JOINERS:
        return bool(before) and unicodedata.combining(before) == VIRAMA
    if IGNORABLE.match(char):
        return False
    return char in SIGNS or char.isalnum() or bool(before) and unicodedata.category(char) in ("Mn", "Mc")


def key_of(username):
    """Return a key that is equal for all spellings of a username: any case, width or composition."""
    folded = unicodedata.normalize("NFKC", username).casefold()
    return IGNORABLE.sub("", unicodedata.normalize("NFKC", folded))


class UsernameKeyField(models.CharField):
    """The key of the row's username, kept up to date with it.

    A key followed by a space and a number belongs to a username that already clashed when this column was
    added: such an account is found by its exact username only. No username contains a space, so this is no
    other username's key.
    """

    def pre_save(self, model_instance, add):
        key = key_of(model_instance.username)
        if self.value_from_object(model_instance).partition(" ")[0] != key:
            setattr(model_instance, self.attname, key)
        return super().pre_save(model_instance, add)
