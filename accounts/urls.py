from django.urls import path

from .views import entry, passwords, profile

app_name = "accounts"
urlpatterns = [
    path("register/", entry.register, name="register"),
    path("login/", entry.Login.as_view(), name="login"),
    path("language/", entry.choose_language, name="language"),
    path("logout/", entry.Logout.as_view(), name="logout"),
    path("activate/", entry.resend_activation, name="resend_activation"),
    path("activate/sent/", entry.activation_sent, name="activation_sent"),
    path("activate/<uidb64>/<token>/", entry.activate, name="activate"),
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
