"""Pages about the user's own account."""

from django.contrib import messages
from django.contrib.auth import logout as end_session
from django.contrib.auth import update_session_auth_hash
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from moviebooking.http import login_required_or_401
from moviebooking.throttle import throttle

from .. import email_addresses
from ..account_deletion import DeletionRefused, delete_account
from ..data_export import export_account
from ..forms import EmailForm, PasswordForm, ProfileForm
from .authentication import OFFLINE_DATA


def asks_for_password(view):
    """Decorate a view that shows a PasswordForm: login, throttling, methods, caching, error reports."""
    for decorate in (
        throttle("password", per_minute=20),
        login_required_or_401,
        require_http_methods(["GET", "HEAD", "POST"]),
        never_cache,
        sensitive_post_parameters("password"),
    ):
        view = decorate(view)
    return view


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required_or_401
def profile(request):
    form = ProfileForm(_post_data(request), instance=request.user)
    if form.is_valid():
        form.instance.save(update_fields=form.Meta.fields)
        messages.success(request, _("Name saved."))
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form})


@asks_for_password
def change_email(request):
    """Change the email address. The response is the same for every address; a taken one stays unverified."""
    form = EmailForm(request.user, _post_data(request))
    if form.is_valid():
        address = form.cleaned_data["email"]
        email_addresses.change(user=request.user, address=address)
        messages.info(
            request, _("We’ve emailed a link to %(address)s. Open it to confirm.") % {"address": address}
        )
        return redirect("accounts:profile")
    return render(request, "accounts/change_email.html", {"form": form})


@asks_for_password
def end_other_sessions(request):
    """Sign out every other device: hashing the same password with a new salt invalidates their sessions."""
    form = PasswordForm(request.user, _post_data(request))
    if form.is_valid():
        request.user.set_password(form.cleaned_data["password"])
        request.user.save(update_fields=["password"])
        update_session_auth_hash(request, request.user)
        messages.success(request, _("All other devices were signed out."))
        return redirect("accounts:profile")
    return render(request, "accounts/end_other_sessions.html", {"form": form})


@never_cache
@require_safe
@login_required_or_401
@throttle("data", per_minute=10, reads=True)
def download(request):
    response = JsonResponse(
        export_account(request.user), json_dumps_params={"indent": 2, "ensure_ascii": False}
    )
    response["Content-Disposition"] = 'attachment; filename="moviebooking-data.json"'
    return response


@asks_for_password
def delete(request):
    form = PasswordForm(request.user, _post_data(request))
    if form.is_valid():
        try:
            delete_account(user=request.user)
        except DeletionRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            end_session(request)
            messages.success(request, _("Your account has been deleted."))
            response = redirect("home")
            response["Clear-Site-Data"] = OFFLINE_DATA
            return response
    return render(request, "accounts/delete.html", {"form": form})


def _post_data(request):
    return request.POST if request.method == "POST" else None
