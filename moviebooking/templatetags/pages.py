"""Tags, built in to every template, about the page itself."""

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, get_language_info

register = template.Library()


@register.simple_tag(takes_context=True)
def this_page(context):
    """Return the URL to come back to: this page's, or what the view of a refused form says."""
    request = context["request"]
    if request.method == "GET":
        return request.get_full_path()
    return context.get("come_back_to") or reverse("home")


@register.simple_tag
def other_languages():
    """Return [(code, name)] of the languages besides the page's own, each with its own name for itself."""
    current = get_language()
    codes = (code for code, _name in settings.LANGUAGES if code != current)
    return [(code, get_language_info(code)["name_local"]) for code in codes]


@register.simple_tag(takes_context=True)
def visitor_part(context, name):
    """Include the template of that name, which shows something about the visitor.

    A page that is rendered for many visitors gets a gap there (moviebooking/visitor_parts.py).
    """
    gap_for = getattr(context.get("request"), "gap_for", None)
    return gap_for(name) if gap_for else context.template.engine.get_template(name).render(context)
