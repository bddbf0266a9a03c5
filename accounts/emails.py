"""The emails about accounts, each sent by a task.

Accounts are looked up by address here and not in the request, so that the response takes equally long whether
or not an address has an account.
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
def send_verification_email(user_id, next_page=""):
    """Email the link that verifies the address. If another account has verified it, notify that one."""
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
def resend_verification_email(address):
    """Send the verification email once more to the account that has yet to verify the address, if any."""
    user = User.objects.waiting_for(address).first()
    if user:
        send_verification_email.call(user.pk)


@task
def send_password_reset_email(address):
    """Email a link for choosing a new password, if the address belongs to an account that may sign in."""
    user = User.objects.with_email(address).filter(is_active=True).first()
    if user and user.has_usable_password():
        uidb64 = urlsafe_base64_encode(force_bytes(user.pk))
        url = email_delivery.link(
            "accounts:password_reset_confirm", uidb64, default_token_generator.make_token(user)
        )
        _send(user, _("Reset your password"), "password_reset", url=url)


@task
def send_password_changed_email(user_id):
    user = User.objects.filter(pk=user_id).exclude(email="").first()
    if user:
        _send(
            user,
            _("Your password was changed"),
            "password_changed",
            url=email_delivery.link("accounts:password_reset"),
        )


@task
def send_address_changed_email(user_id, previous):
    """Tell the account's previous address that it was replaced."""
    user = User.objects.filter(pk=user_id).first()
    if user:
        _send(user, _("Your email address was changed"), "address_changed", to=previous)


def _send(user, subject, template, *, to=None, **context):
    context = {"username": user.username, "days": settings.PASSWORD_RESET_TIMEOUT // 86400, **context}
    email_delivery.send(to or user.email, subject, f"account_{template}", context, language=user.language)
