"""Lists in pages: who asks for a page that is not there gets the nearest one, and a word about it."""

from django.utils.translation import gettext as _


def nearest_page(paginator, text):
    """(page, sentence): the page of that number; else the nearest, and what to say of it."""
    try:
        number = int(text or 1)
    except ValueError:
        return paginator.page(1), _("“%(text)s” is not a page; this is the first.") % {"text": text[:40]}
    nearest = min(max(number, 1), paginator.num_pages)
    if nearest == number:
        return paginator.page(number), ""
    return paginator.page(nearest), _("There is no page %(number)s; this is page %(nearest)s.") % {
        "number": text[:40],
        "nearest": nearest,
    }
