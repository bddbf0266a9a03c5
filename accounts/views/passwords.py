"""Change the password, or reset it by a link sent to the account's email address."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN
from django.db import transaction
from django.http import HttpResponseRedirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from moviebooking import email_delivery
from moviebooking.task_queue import enqueue
from moviebooking.throttle import throttle

from .. import email_addresses, emails
from ..forms import PasswordChangeForm, PasswordResetForm, SetPasswordForm
from ..login_lockout import reset_failed_logins


def _save_password(user):
    """Save the new password, and notify the account's email address."""
    may_send = bool(user.email) and email_delivery.may_send("password_changed", user.email)
    with transaction.atomic():
        user.save(update_fields=["password"])
        if may_send:
            enqueue(emails.send_password_changed_email, user.pk)


@method_decorator([never_cache, throttle("password", per_minute=20)], name="dispatch")
class PasswordChange(auth_views.PasswordChangeView):
    """Change the password, which ends every other session of the user; the current one continues."""

    template_name = "accounts/password_change.html"
    form_class = PasswordChangeForm
    success_url = reverse_lazy("accounts:profile")

    def form_valid(self, form):
        user = form.save(commit=False)  # hashing is slow, so before the transaction
        _save_password(user)
        update_session_auth_hash(self.request, user)
        messages.success(self.request, _("Password changed. Other devices were signed out."))
        return HttpResponseRedirect(self.get_success_url())


@method_decorator([never_cache, throttle("mail", per_minute=30)], name="dispatch")
class PasswordReset(auth_views.PasswordResetView):
    """Email a link for a new password. The response is the same for every address."""

    template_name = "accounts/password_reset.html"
    form_class = PasswordResetForm
    success_url = reverse_lazy("accounts:password_reset_done")
    extra_context = {"login_page": True}


class PasswordResetDone(auth_views.PasswordResetDoneView):
    template_name = "accounts/password_reset_done.html"
    extra_context = {"login_page": True}


class PasswordResetConfirm(auth_views.PasswordResetConfirmView):
    template_name = "accounts/password_reset_confirm.html"
    form_class = SetPasswordForm
    success_url = reverse_lazy("accounts:password_reset_complete")
    extra_context = {"login_page": True}

    def form_valid(self, form):
        """Also mark the address as verified and unlock the login: the user reads the account's email."""
        user = form.save(commit=False)
        _save_password(user)
        email_addresses.mark_current_verified(user=user, now=timezone.now())
        reset_failed_logins(user)
        del self.request.session[INTERNAL_RESET_SESSION_TOKEN]
        return HttpResponseRedirect(self.get_success_url())


class PasswordResetComplete(auth_views.PasswordResetCompleteView):
    template_name = "accounts/password_reset_complete.html"
    extra_context = {"login_page": True}
