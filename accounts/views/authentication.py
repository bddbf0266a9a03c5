"""Sign up, sign in, sign out, choose a language, and verify an email address."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as start_session
from django.contrib.auth import views as auth_views
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from moviebooking import email_delivery
from moviebooking.http import redirect_to_next, safe_next
from moviebooking.task_queue import enqueue
from moviebooking.throttle import throttle

from .. import email_addresses, emails, verification_links
from ..forms import LoginForm, RegisterForm, ResendForm
from ..signup import UsernameTaken, sign_up

OFFLINE_DATA = '"cache", "storage"'  # Clear-Site-Data: the tickets that a browser keeps for offline use
PASSWORD_BACKEND = "django.contrib.auth.backends.ModelBackend"  # of the sessions that we start


@sensitive_post_parameters("password1", "password2")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@throttle("register", per_minute=240)
def register(request):
    if request.user.is_authenticated:
        return redirect_to_next(request, settings.LOGIN_REDIRECT_URL)
    form = RegisterForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            user = _sign_up(form.cleaned_data, safe_next(request))
        except UsernameTaken as refusal:
            form.add_error("username", refusal.message)
        else:
            return _welcome(request, user)
    context = {"form": form, "next": safe_next(request), "login_page": True}
    return render(request, "accounts/register.html", context)


def _sign_up(data, next_page):
    return sign_up(
        username=data["username"],
        password=data["password1"],
        email=data["email"],
        next_page=next_page,
    )


def _welcome(request, user):
    if not user.is_active:
        return redirect("accounts:activation_sent")
    start_session(request, user, backend=PASSWORD_BACKEND)
    if user.address_to_verify:
        messages.info(
            request,
            _("Welcome! Please confirm your email with the link we sent to %(address)s.")
            % {"address": user.address_to_verify},
        )
    else:
        messages.success(request, _("Welcome, %(name)s!") % {"name": user.username})
    return redirect_to_next(request, settings.LOGIN_REDIRECT_URL)


class RedirectToNextMixin:
    """Make a view of django.contrib.auth redirect to `next` by the rule of the whole site (`safe_next`)."""

    def get_redirect_url(self):
        target = safe_next(self.request)
        return "" if target == self.request.path else target  # redirecting to this page would be a loop


class Login(RedirectToNextMixin, auth_views.LoginView):
    template_name = "accounts/login.html"
    form_class = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            login_page=True, must_verify=settings.REQUIRE_EMAIL_VERIFICATION, **kwargs
        )

    def form_valid(self, form):
        """Store the language chosen on this device in the account; if none was chosen, use the account's."""
        response = super().form_valid(form)
        user = self.request.user
        if settings.LANGUAGE_COOKIE_NAME in self.request.COOKIES or not user.language:
            _remember_language(user, get_language())
        else:
            _set_language_cookie(response, user.language)
        return response


class Logout(RedirectToNextMixin, auth_views.LogoutView):
    """Sign out by POST, 405 otherwise. The browser also deletes the tickets it keeps for offline use."""

    def post(self, request, *args, **kwargs):
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = OFFLINE_DATA
        return response


@never_cache
@require_safe
def languages(request):
    """Show the languages as a form, for the links of pages that contain none."""
    return render(request, "accounts/languages.html", {"next": safe_next(request)})


@require_POST
def choose_language(request):
    """Use the language from now on: on this device, and in emails to the account."""
    language = request.POST.get("language", "")
    response = redirect_to_next(request, "home")
    if language in dict(settings.LANGUAGES):
        _set_language_cookie(response, language)
        if request.user.is_authenticated:
            _remember_language(request.user, language)
    return response


def _set_language_cookie(response, language):
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )


def _remember_language(user, language):
    """Store the language in which to email the user."""
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])


@never_cache
@require_GET
def activation_sent(request):
    return render(request, "accounts/activation_sent.html", {"login_page": True})


@never_cache
@require_GET
def activate(request, uidb64, token):
    """Verify the address that the link was sent to; activate and sign in an account that waited for this."""
    try:
        user = verification_links.user_for_link(uidb64, token)
        was_waiting = user.awaits_activation
        email_addresses.verify(user=user, now=timezone.now())
    except verification_links.LinkRefused as refusal:
        return render(
            request, "accounts/link_refused.html", {"refusal": refusal, "login_page": True}, status=410
        )
    messages.success(request, _("Thanks, %(address)s is confirmed.") % {"address": user.email})
    if request.user.is_authenticated:
        return redirect("accounts:profile")
    if not was_waiting:
        return redirect("accounts:login")
    start_session(request, user, backend=PASSWORD_BACKEND)
    return redirect_to_next(request, settings.LOGIN_REDIRECT_URL)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@throttle("mail", per_minute=30)
def resend_activation(request):
    """Send the verification link again: to the signed-in user, else to the typed, unverified address."""
    if request.method == "POST" and request.user.is_authenticated:
        _send_link_again(request)
        return redirect("accounts:profile")
    form = ResendForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if email_delivery.may_send("verify", form.cleaned_data["email"]):
            enqueue(emails.resend_verification_email, form.cleaned_data["email"])
        return redirect("accounts:activation_sent")
    return render(request, "accounts/resend_activation.html", {"form": form, "login_page": True})


def _send_link_again(request):
    address = request.user.address_to_verify
    if address and not email_delivery.may_send("verify", address):
        messages.warning(
            request,
            _("We’ve sent several links this hour. Check your spam folder, or try again later."),
        )
    else:
        enqueue(emails.send_verification_email, request.user.pk)
        messages.info(request, _("Link sent. It works once."))
