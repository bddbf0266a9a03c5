"""Slugs that survive twins, titles with no Latin letter, and the words that the URLs need for themselves."""

from itertools import count

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from moviebooking.unicode_text import slug_of

RESERVED = frozenset({"genres", "languages"})


def refuse_reserved(slug, *, reserved=RESERVED):
    """For forms, where a slug is typed: a page of that address could not be opened."""
    if slug in reserved:
        raise ValidationError(
            _("The site needs “%(slug)s” for one of its own pages."), code="reserved", params={"slug": slug}
        )


def unique_slug(instance, text, *, reserved=RESERVED):
    """A slug for `text` that no other row of the instance's model has and that no URL word shadows.

    A text with no letter and no number is named after the model.
    """
    model = type(instance)
    longest = model._meta.get_field("slug").max_length
    base = (slug_of(text) or model._meta.model_name)[: longest - 8]
    others = model._default_manager.exclude(pk=instance.pk)
    if base not in reserved and not others.filter(slug=base).exists():
        return base
    taken = set(others.filter(slug__startswith=f"{base}-").values_list("slug", flat=True)) | reserved
    return next(slug for slug in (f"{base}-{number}" for number in count(2)) if slug not in taken)


def save_with_slug(instance, text, save, *, reserved=RESERVED):
    """Save a row that has no slug yet with one of its own. Rows of one name may be made at the same moment:
    the database refuses the slug of the second, which gets the next."""
    while not instance.slug:
        instance.slug = unique_slug(instance, text, reserved=reserved)
        try:
            with transaction.atomic():
                return save()
        except IntegrityError:
            if not type(instance)._default_manager.filter(slug=instance.slug).exists():
                raise  # it was something else
            instance.slug = ""
    return save()
