"""What the admin's pages of every app share."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

admin.site.site_header = admin.site.site_title = "MovieBooking"
admin.site.index_title = _("The cinema's office")


class SaysWhatProtects:
    """A ModelAdmin whose refusal to delete names the sales that stand in the way.

    Django would say that the account may not delete bookings. Nobody may: what counts is that there are some.
    """

    def get_deleted_objects(self, objs, request):
        deleted, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, set() if protected else forbidden, protected
