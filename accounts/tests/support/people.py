"""Shared by the accounts' tests: forms as a browser posts them, and the links out of mails."""

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
    """The page's own part, between header and footer."""
    return response.content.decode().partition("<main")[2].partition("</main>")[0]


def link_in(message):
    """The path and query of the one link to this site's accounts in the mail's text."""
    (link,) = re.findall(rf"{re.escape(settings.SITE_URL)}(/accounts/\S+)", message.body)
    return link


class EmailMixin:
    """`posted` and `mails` for a TestCase, in which nothing commits by itself."""

    def post(self, url, data=None, **options):
        with self.captureOnCommitCallbacks(execute=True):
            return self.client.post(url, data or {}, **options)

    def mails(self):
        """(recipient, subject) of every mail so far."""
        return [(message.to[0], message.subject) for message in mail.outbox]

    def last_link(self):
        return link_in(mail.outbox[-1])
