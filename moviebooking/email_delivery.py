"""Send emails as text with an HTML alternative, from `templates/emails/<name>.txt` and `.html`."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from limits import RateLimitItemPerHour

from . import throttle

MOST_AN_HOUR = RateLimitItemPerHour(5)


def send(to, subject, template, context, *, language="", attachments=()):
    """Send one email to one address immediately. Call it from a task: the mail server may be slow.

    The HTML template extends `emails/base.html`; the text template is rendered without escaping. The context
    of both includes `site_url` and `subject`. The email and a lazy subject are translated to `language`, or
    to the active language if it is "". `attachments` are (name, content, MIME type).
    """
    with translation.override(language or translation.get_language() or settings.LANGUAGE_CODE):
        message = _compose(to, subject, template, context)
    for attachment in attachments:
        message.attach(*attachment)
    message.send()


def _compose(to, subject, template, context):
    subject = " ".join(str(subject).split())  # a line break would forge a header
    context = {"site_url": settings.SITE_URL, "subject": subject, **context}
    message = EmailMultiAlternatives(
        subject=subject, body=_render(f"emails/{template}.txt", context, autoescape=False), to=[to]
    )
    message.attach_alternative(_render(f"emails/{template}.html", context, autoescape=True), "text/html")
    return message


def seconds_to_wait(kind, to):
    """Count one email of the kind to the address and return 0, or return the seconds until one may be sent.

    This protects mailboxes from being flooded by requests in their owners' names, from however many IP
    addresses. Call it before a transaction begins, because it queries Redis.
    """
    return throttle.seconds_to_wait(MOST_AN_HOUR, "mail", kind, to.lower())


def may_send(kind, to):
    """Count one email of the kind to the address, and return True if it may be sent."""
    return not seconds_to_wait(kind, to)


def link(view_name, *args):
    """Return the absolute URL of a page, for an email: there is no request to take the host from."""
    return settings.SITE_URL + reverse(view_name, args=args)


def _render(name, context, *, autoescape):
    return get_template(name).template.render(Context(context, autoescape=autoescape)).strip() + "\n"
