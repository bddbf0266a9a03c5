"""The account's mails, each a task. What is asked for by address is looked up here and not in the request, so
that a request for an address that has an account takes no longer than one for an address that has none.
"""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from moviebooking import email_delivery

from .models import User
from .verification_links import link_parts


@task
def mail_verification(user_id, next_page=""):
    """Send the link to the address that waits; where another account has verified it, tell its owner."""
    user = User.objects.filter(pk=user_id).first()
    if user is None or not user.address_to_verify:
        return
    address = user.address_to_verify
    owner = User.objects.with_email(address).exclude(pk=user.pk).exclude(email_verified_at=None).first()
    if owner:
        url = email_delivery.link("accounts:password_reset")
        _send(owner, _("Did you try to sign up again?"), "address_taken", url=url)
        return
    url = email_delivery.link("accounts:activate", *link_parts(user))
    if next_page:
        url += "?" + urlencode({"next": next_page})
    _send(user, _("Confirm your email address"), "verify", to=address, url=url)


@task
def mail_verification_again(address):
    """The link once more for whoever waits for it at the address, if anybody does."""
    user = User.objects.waiting_for(address).first()
    if user:
        mail_verification.call(user.pk)


@task
def mail_password_reset(address):
    """A link to choose a new password, if an account that may sign in has the address."""
    user = User.objects.with_email(address).filter(is_active=True).first()
    if user and user.has_usable_password():
        uidb64 = urlsafe_base64_encode(force_bytes(user.pk))
        url = email_delivery.link(
            "accounts:password_reset_confirm", uidb64, default_token_generator.make_token(user)
        )
        _send(user, _("Reset your password"), "password_reset", url=url)


@task
def mail_password_changed(user_id):
    user = User.objects.filter(pk=user_id).exclude(email="").first()
    if user:
        _send(
            user,
            _("Your password was changed"),
            "password_changed",
            url=email_delivery.link("accounts:password_reset"),
        )


@task
def mail_address_changed(user_id, former):
    """Word to the address that was the account's until now."""
    user = User.objects.filter(pk=user_id).first()
    if user:
        _send(user, _("Your email address was changed"), "address_changed", to=former)


def _send(user, subject, template, *, to=None, **context):
    context = {"username": user.username, "days": settings.PASSWORD_RESET_TIMEOUT // 86400, **context}
    email_delivery.send(to or user.email, subject, f"account_{template}", context, language=user.language)
