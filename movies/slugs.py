"""Unique slugs in any script that don't collide with words of the site's own URLs."""

from itertools import count

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from moviebooking.unicode_text import slug_of

RESERVED = frozenset({"genres", "languages"})


def refuse_reserved(slug, *, reserved=RESERVED):
    """Raise ValidationError for a slug that is a word of the site's URLs: its page could not be reached."""
    if slug in reserved:
        raise ValidationError(
            _("The site needs “%(slug)s” for one of its own pages."), code="reserved", params={"slug": slug}
        )


def unique_slug(instance, text, *, reserved=RESERVED):
    """Return a slug for `text` that no other row of the model has and that is not reserved.

    The slug of a text without letters and numbers is the model's name.
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
    """Call `save()`, first giving the instance a unique slug if it has none.

    If another row with the same name is saved at the same moment, the database refuses the slug and the next
    one is tried.
    """
    while not instance.slug:
        instance.slug = unique_slug(instance, text, reserved=reserved)
        try:
            with transaction.atomic():
                return save()
        except IntegrityError:
            if not type(instance)._default_manager.filter(slug=instance.slug).exists():
                raise  # not because of the slug
            instance.slug = ""
    return save()
