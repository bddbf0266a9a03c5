from django import forms
from django.conf import settings
from django.contrib.auth import forms as auth_forms
from django.utils.translation import gettext_lazy as _

from moviebooking import email_delivery
from moviebooking.task_queue import enqueue

from . import emails
from .models import User

PASSWORD_RULES = _("8+ characters. Avoid common passwords, numbers only, or your name.")
EMAIL_WIDGET = forms.EmailInput(attrs={"autocomplete": "email"})


class RegisterForm(auth_forms.UserCreationForm):
    """The sign-up form. `email` is not in Meta.fields: model validation would reveal a taken address."""

    email = forms.EmailField(label=_("Email"), max_length=254, required=False, widget=EMAIL_WIDGET)

    field_order = ["username", "email", "password1", "password2"]

    class Meta:
        model = User
        fields = ["username"]
        field_classes = {"username": auth_forms.UsernameField}
        help_texts = {"username": _("Letters, numbers and @ . + - _")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_RULES
        self.fields["password2"].label, self.fields["password2"].help_text = _("Confirm password"), ""
        email = self.fields["email"]
        email.required = settings.REQUIRE_EMAIL_VERIFICATION
        email.help_text = (
            _("We’ll email you a link to activate your account.")
            if email.required
            else _("We send your tickets and password resets here.")
        )

    def clean_email(self):
        """Set it on the instance, too, for the validator that compares the password with the user's data."""
        self.instance.email = self.cleaned_data["email"]
        return self.cleaned_data["email"]


class LoginForm(auth_forms.AuthenticationForm):
    """Log in by username or by verified email address.

    If what was typed is the username of one account and the address of another, the password decides.
    Unverified addresses don't count: by signing up with one, visitors could find out that it is taken.
    """

    error_messages = {
        **auth_forms.AuthenticationForm.error_messages,
        "invalid_login": _("Wrong username or password. Check Caps Lock."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Email or username")

    def clean_username(self):
        self.request.username_typed = self.cleaned_data["username"]
        return self.request.username_typed

    def clean(self):
        typed, password = self.cleaned_data.get("username", ""), self.cleaned_data.get("password")
        if "@" in typed and password:
            self.cleaned_data["username"] = self._username_for(typed, password)
        return super().clean()

    def _username_for(self, typed, password):
        owner = User.objects.with_email(typed).exclude(email_verified_at=None).first()
        if User.objects.named(typed) is None:
            return owner.username if owner else typed
        if owner is None:
            User().set_password(password)  # as slow as a check: the time must not reveal an owner
            return typed
        return owner.username if owner.check_password(password) else typed


class PasswordResetForm(auth_forms.PasswordResetForm):
    """Enqueue the email without looking up the user: response and timing are the same for every address."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Email")

    def save(self, **options):
        email = self.cleaned_data["email"]
        if email_delivery.may_send("password_reset", email):
            enqueue(emails.send_password_reset_email, email)


class NewPasswordMixin:
    """Use the help texts and labels of the sign-up form for a new password."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = PASSWORD_RULES
        self.fields["new_password2"].label, self.fields["new_password2"].help_text = _("Confirm password"), ""


class PasswordChangeForm(NewPasswordMixin, auth_forms.PasswordChangeForm):
    pass


class SetPasswordForm(NewPasswordMixin, auth_forms.SetPasswordForm):
    pass


class ResendForm(forms.Form):
    email = forms.EmailField(label=_("Email"), max_length=254, widget=EMAIL_WIDGET)


class PasswordForm(forms.Form):
    """Ask for the user's password again before an action that somebody at a borrowed device must not take."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, user, *args, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self):
        if not self.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("Wrong password."), code="wrong_password")
        return self.cleaned_data["password"]


class EmailForm(PasswordForm):
    email = forms.EmailField(label=_("New email"), max_length=254, widget=EMAIL_WIDGET)

    field_order = ["email", "password"]

    def clean_email(self):
        email = self.cleaned_data["email"]
        if self.user.email_verified_at and email.lower() == self.user.email.lower():
            raise forms.ValidationError(_("That’s already your email."), code="same")
        return email


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["first_name", "last_name"]
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
        }
