"""What the admin's pages of every app share."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from .formats import money

admin.site.site_header = admin.site.site_title = "MovieBooking"
admin.site.index_title = _("The cinema's office")


class SaysWhatProtects:
    """A ModelAdmin whose refusal to delete names the sales that stand in the way.

    Django would say that the account may not delete bookings. Nobody may: what counts is that there are some.
    """

    def get_deleted_objects(self, objs, request):
        deleted, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, set() if protected else forbidden, protected


def money_of(name, label):
    """A column for lists and pages: the row's amount of that name, as people write it in its currency."""

    @admin.display(description=label, ordering=name)
    def shown(row):
        return money(getattr(row, name), getattr(row, "currency", None))

    shown.__name__ = name  # the class of its cells
    return shown
