"""Form data as a browser posts it, and access to the emails sent, for the tests of accounts."""

import re

from django.conf import settings
from django.core import mail
from django.urls import reverse

from moviebooking.testing import PASSWORD

REGISTER = reverse("accounts:register")
LOGIN = reverse("accounts:login")
PROFILE = reverse("accounts:profile")


def sign_up_form(username="ann", **fields):
    return {"username": username, "password1": PASSWORD, "password2": PASSWORD, **fields}


def login_form(username="ann", password=PASSWORD, **fields):
    return {"username": username, "password": password, **fields}


def main_of(response):
    """Return the content between header and footer."""
    return response.content.decode().partition("<main")[2].partition("</main>")[0]


def link_in(message):
    """Return path and query of the only link to accounts pages in the text of the email."""
    (link,) = re.findall(rf"{re.escape(settings.SITE_URL)}(/accounts/\S+)", message.body)
    return link


class EmailMixin:
    """Run tasks after each POST of a TestCase, whose transactions never commit, and list the emails sent."""

    def post(self, url, data=None, **options):
        with self.captureOnCommitCallbacks(execute=True):
            return self.client.post(url, data or {}, **options)

    def sent_emails(self):
        """Return [(recipient, subject)] of all emails so far."""
        return [(message.to[0], message.subject) for message in mail.outbox]

    def last_link(self):
        return link_in(mail.outbox[-1])
