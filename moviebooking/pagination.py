"""Paginate lists: a page that doesn't exist is replaced by the nearest one, with a notice."""

from django.utils.translation import gettext as _


def nearest_page(paginator, text):
    """Return (page, ""), or (the nearest page, a notice) if the requested one doesn't exist."""
    try:
        number = int(text or 1)
    except ValueError:
        return paginator.page(1), _("Page “%(text)s” doesn’t exist. Showing page 1.") % {"text": text[:40]}
    nearest = min(max(number, 1), paginator.num_pages)
    if nearest == number:
        return paginator.page(number), ""
    return paginator.page(nearest), _("Page %(number)s doesn’t exist. Showing page %(nearest)s.") % {
        "number": text[:40],
        "nearest": nearest,
    }
