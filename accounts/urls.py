from django.urls import path

from .views import authentication, passwords, profile

app_name = "accounts"
urlpatterns = [
    path("register/", authentication.register, name="register"),
    path("login/", authentication.Login.as_view(), name="login"),
    path("language/", authentication.choose_language, name="language"),
    path("language/choose/", authentication.languages, name="languages"),
    path("logout/", authentication.Logout.as_view(), name="logout"),
    path("activate/", authentication.resend_activation, name="resend_activation"),
    path("activate/sent/", authentication.activation_sent, name="activation_sent"),
    path("activate/<uidb64>/<token>/", authentication.activate, name="activate"),
    path("profile/", profile.profile, name="profile"),
    path("email/", profile.change_email, name="change_email"),
    path("sessions/", profile.end_other_sessions, name="end_other_sessions"),
    path("data.json", profile.download, name="download"),
    path("delete/", profile.delete, name="delete"),
    path("password_change/", passwords.PasswordChange.as_view(), name="password_change"),
    path("password_reset/", passwords.PasswordReset.as_view(), name="password_reset"),
    path("password_reset/done/", passwords.PasswordResetDone.as_view(), name="password_reset_done"),
    path("reset/<uidb64>/<token>/", passwords.PasswordResetConfirm.as_view(), name="password_reset_confirm"),
    path("reset/done/", passwords.PasswordResetComplete.as_view(), name="password_reset_complete"),
]
