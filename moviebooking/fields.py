"""Model fields for money, and for text in any script.

Money is stored with three decimals, and read with as many as the currency has.
"""

from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from .currencies import price_unit
from .money import rounded
from .unicode_text import composed, folded, is_slug

STORED_PLACES = 3  # no currency has more, so a change of currency needs no migration


class MoneyField(models.DecimalField):
    """A Decimal amount: `495.600` in the database is `Decimal("495.60")` if the currency has two decimals."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"max_digits": 12, "decimal_places": STORED_PLACES, **kwargs})

    def from_db_value(self, value, expression, connection):
        if value is None:
            return None
        in_units = Decimal(value).quantize(price_unit(settings.CURRENCY))
        return in_units if in_units == value else value


class PriceField(MoneyField):
    """A price in the site's currency.

    Forms and validation refuse more decimals than the currency has. A value saved without them is rounded
    half up, so that a seat costs exactly what is stored.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.decimal_places = -price_unit(settings.CURRENCY).as_tuple().exponent

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "decimal_places": STORED_PLACES}

    def db_type_parameters(self, connection):
        return {**super().db_type_parameters(connection), "decimal_places": STORED_PLACES}

    def in_units(self, price):
        """Return the price as it will be stored, from a number or text."""
        return rounded(self.to_python(price), price_unit(settings.CURRENCY))

    def get_db_prep_save(self, value, connection):
        is_plain = value is not None and not hasattr(value, "as_sql")
        return super().get_db_prep_save(self.in_units(value) if is_plain else value, connection)


class Composed:
    """A field mixin: store, compare and look up text in composed form (NFC), however it was typed."""

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, f"django.db.models.{self.get_internal_type()}", args, kwargs

    def to_python(self, value):
        return _composed(super().to_python(value))

    def get_prep_value(self, value):
        return _composed(super().get_prep_value(value))

    def pre_save(self, instance, add):
        value = _composed(super().pre_save(instance, add))
        setattr(instance, self.attname, value)
        return value


class NameField(Composed, models.CharField):
    """A title or a name."""


class ProseField(Composed, models.TextField):
    """A text of any length."""


@NameField.register_lookup
@ProseField.register_lookup
class ContainsComposed(models.lookups.IContains):
    """`icontains` with composed text; Django's own passes the text on unchanged."""

    def get_prep_lookup(self):
        return _composed(super().get_prep_lookup())


class FoldedField(models.TextField):
    """The text of another field after `unicode_text.folded`, for searching. It is updated on every save."""

    def __init__(self, *args, of, **kwargs):
        self.of = of
        super().__init__(*args, **{"editable": False, "default": "", **kwargs})

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, instance, add):
        value = folded(getattr(instance, self.of))
        setattr(instance, self.attname, value)
        return value


def validate_slug(text):
    if not is_slug(text):
        raise ValidationError(_("Use letters, numbers, underscores and hyphens only."), code="invalid")


class AnySlugField(models.SlugField):
    """A slug in any script, vowel signs included. If it is left empty, the model makes one."""

    default_validators = [validate_slug]

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.SlugField", args, {**kwargs, "allow_unicode": True}

    def formfield(self, **kwargs):
        """Return a CharField, because Django's form field for slugs refuses vowel signs."""
        return models.CharField.formfield(
            self, **{"help_text": _("Leave empty to make it from the name."), **kwargs}
        )


def _composed(value):
    return composed(value) if isinstance(value, str) else value
