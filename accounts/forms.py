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
    """What a visitor signs up with. `email` stays out of Meta: the model's own check tells who has it."""

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
        """Also show it to the password's similarity check."""
        self.instance.email = self.cleaned_data["email"]
        return self.cleaned_data["email"]


class LoginForm(auth_forms.AuthenticationForm):
    """A username or a verified e-mail address, and the password, which decides where it is one account's name
    and another's address.

    An address that only waits must not do: whoever signs up with another's address could tell it is taken.
    """

    error_messages = {
        **auth_forms.AuthenticationForm.error_messages,
        "invalid_login": _("Wrong username or password. Check Caps Lock."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Email or username")

    def clean_username(self):
        self.request.name_typed = self.cleaned_data["username"]
        return self.request.name_typed

    def clean(self):
        typed, password = self.cleaned_data.get("username", ""), self.cleaned_data.get("password")
        if "@" in typed and password:
            self.cleaned_data["username"] = self._name_of_whom_is_meant(typed, password)
        return super().clean()

    def _name_of_whom_is_meant(self, typed, password):
        owner = User.objects.with_email(typed).exclude(email_verified_at=None).first()
        if User.objects.named(typed) is None:
            return owner.username if owner else typed
        if owner is None:
            User().set_password(password)  # takes as long as to check one: the time must not tell of an owner
            return typed
        return owner.username if owner.check_password(password) else typed


class PasswordResetForm(auth_forms.PasswordResetForm):
    """Asks for the mail and looks nobody up: the answer and its time are the same for every address."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Email")

    def save(self, **options):
        email = self.cleaned_data["email"]
        if email_delivery.may_send("password_reset", email):
            enqueue(emails.mail_password_reset, email)


class NewPassword:
    """Says of a new password what signing up says."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = PASSWORD_RULES
        self.fields["new_password2"].label, self.fields["new_password2"].help_text = _("Confirm password"), ""


class PasswordChangeForm(NewPassword, auth_forms.PasswordChangeForm):
    pass


class SetPasswordForm(NewPassword, auth_forms.SetPasswordForm):
    pass


class ResendForm(forms.Form):
    email = forms.EmailField(label=_("Email"), max_length=254, widget=EMAIL_WIDGET)


class PasswordForm(forms.Form):
    """Asks whoever is signed in for their password, before something that a borrowed device must not do."""

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
