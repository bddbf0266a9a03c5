"""Lists in pages: who asks for a page that is not there gets the nearest one, and a word about it."""

from django.utils.translation import gettext as _


def nearest_page(paginator, text):
    """(page, sentence): the page of that number; else the nearest, and what to say of it."""
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
