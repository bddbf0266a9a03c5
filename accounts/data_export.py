"""What the site knows about a visitor, for the visitor to take away. The apps above add their parts."""

_parts = {}


def part(name):
    """Register a function of the user under the name; it gives what JSON can say, dates and Decimals too."""

    def register(describe):
        _parts[name] = describe
        return describe

    return register


def everything_about(user):
    return {name: describe(user) for name, describe in _parts.items()}


@part("account")
def account(user):
    """An address that waits looks the same whether somebody else has it or not."""
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
