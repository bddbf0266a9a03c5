"""Data export: all that the site stores about a user. Higher apps register sections of their own."""

_sections = {}


def register_section(name):
    """Return a decorator that registers a function of the user as the section `name` of the export.

    The function returns anything that DjangoJSONEncoder can serialize, dates and Decimals included.
    """

    def register(describe):
        _sections[name] = describe
        return describe

    return register


def export_account(user):
    """Return {section name: its data} for the user."""
    return {name: describe(user) for name, describe in _sections.items()}


@register_section("account")
def account(user):
    """Return the account's fields. They don't reveal whether another account has the unverified address."""
    return {
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email if user.email_verified_at else "",
        "email_verified_at": user.email_verified_at,
        "unverified_email": user.address_to_verify,
        "language": user.language,
        "joined_at": user.date_joined,
        "last_login_at": user.last_login,
    }
