"""The environment of a site in production, for benchmarks and chaos runs on this machine."""

import os
import secrets


def environment(settings, *, database_url, redis_url, **values):
    """Return the environment variables of processes with these settings (a module's name), plus `values`.

    The site is reached over HTTP on 127.0.0.1, takes payments by the demo provider, and throttles nothing.
    """
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "DJANGO_SETTINGS_MODULE": settings,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DEBUG": "False",
        "HTTPS_ONLY": "False",
        "THROTTLES": "False",
        "PAYMENT_PROVIDER": "demo",
        "ALLOWED_HOSTS": "127.0.0.1",
        **values,
    }
