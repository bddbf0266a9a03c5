"""Mail as text with an HTML alternative, from `templates/emails/<name>.txt` and `.html`."""

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
    """Send one mail to one address, now. Call it from a task: the mail server may take its time.

    The HTML template extends `emails/base.html`; the text one escapes nothing. Both know `site_url` and
    `subject`. A lazy subject is translated to `language`, as the mail is; "" is the language of the moment.
    `attachments` are (name, content, MIME type).
    """
    with translation.override(language or translation.get_language() or settings.LANGUAGE_CODE):
        message = _compose(to, subject, template, context)
    for attachment in attachments:
        message.attach(*attachment)
    message.send()


def _compose(to, subject, template, context):
    subject = " ".join(str(subject).split())  # a line break would be a forged header
    context = {"site_url": settings.SITE_URL, "subject": subject, **context}
    message = EmailMultiAlternatives(
        subject=subject, body=_render(f"emails/{template}.txt", context, autoescape=False), to=[to]
    )
    message.attach_alternative(_render(f"emails/{template}.html", context, autoescape=True), "text/html")
    return message


def seconds_to_wait(kind, to):
    """Return 0 when one more mail of the kind may go to the address, and count it; else how long to wait.

    Whoever asks for mails in another's name, from however many addresses, fills no mailbox. Ask before a
    transaction begins: this is a call to Redis.
    """
    return throttle.seconds_to_wait(MOST_AN_HOUR, "mail", kind, to.lower())


def may_send(kind, to):
    return not seconds_to_wait(kind, to)


def link(view_name, *args):
    """The full address of a page, for a mail: mails have no request to take the host from."""
    return settings.SITE_URL + reverse(view_name, args=args)


def _render(name, context, *, autoescape):
    return get_template(name).template.render(Context(context, autoescape=autoescape)).strip() + "\n"
