"""Messages for staff if a seat is sold between the check of a form and its save."""

from django.contrib import messages
from django.shortcuts import redirect

from ..layout_changes import SeatsLost, SeatsSold
from ..timezone_changes import ShowtimesSold


class ShowsSaleRefusals:
    """A ModelAdmin that shows the refusals that `save()` raises under row locks."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (SeatsLost, SeatsSold, ShowtimesSold) as refusal:
            for text in refusal.messages:
                self.message_user(request, text, messages.ERROR)
            return redirect(request.get_full_path())
