"""A new password: chosen by whoever knows the old one, or by whoever reads the account's mail."""

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.db import transaction
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from moviebooking.queue import enqueue
from moviebooking.throttle import throttle

from .. import addresses, emails
from ..forms import PasswordChangeForm, PasswordResetForm, SetPasswordForm
from ..lockout import forget_failures


@method_decorator([never_cache, throttle("password", per_minute=20)], name="dispatch")
class PasswordChange(auth_views.PasswordChangeView):
    """Ends every other session of the account; this one goes on."""

    template_name = "accounts/password_change.html"
    form_class = PasswordChangeForm
    success_url = reverse_lazy("accounts:profile")

    def form_valid(self, form):
        with transaction.atomic():
            answer = super().form_valid(form)
            enqueue(emails.mail_password_changed, self.request.user.pk)
        messages.success(self.request, _("Your password is changed. Other devices have been signed out."))
        return answer


@method_decorator([never_cache, throttle("mail", per_minute=30)], name="dispatch")
class PasswordReset(auth_views.PasswordResetView):
    """The same answer for every address."""

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
        """Whoever got here reads the account's mail: the address is theirs, their failed logins forgotten."""
        with transaction.atomic():
            answer = super().form_valid(form)
            addresses.proved_by_mail(user=self.user, now=timezone.now())
            enqueue(emails.mail_password_changed, self.user.pk)
        forget_failures(self.user)
        return answer


class PasswordResetComplete(auth_views.PasswordResetCompleteView):
    template_name = "accounts/password_reset_complete.html"
    extra_context = {"login_page": True}
