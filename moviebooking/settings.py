"""All settings, read from the environment or `.env` by python-decouple. Every default is the safe value.

`.env.example` documents every name.
"""

import secrets
import sys
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import dj_database_url
from decouple import Csv
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from .environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
config = Environment(search_path=BASE_DIR)
TESTING = sys.argv[1:2] == ["test"]

# --- The process --------------------------------------------------------------------------------------------

DEBUG = config("DEBUG", default=False, cast=bool)
SECRET_KEY = config("SECRET_KEY", default="development-only" if DEBUG or TESTING else "")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Set it in the environment, or copy .env.example to .env for development."
    )
ALLOWED_HOSTS = config("ALLOWED_HOSTS", default="localhost,127.0.0.1,[::1]", cast=Csv())
CSRF_TRUSTED_ORIGINS = config("CSRF_TRUSTED_ORIGINS", default="", cast=Csv())
SITE_URL = config("SITE_URL", default=f"http://127.0.0.1:{config('PORT', default='8000')}").rstrip("/")
HTTPS_ONLY = config("HTTPS_ONLY", default=not DEBUG and not TESTING, cast=bool)
PROXY_COUNT = config("PROXY_COUNT", default=0, cast=int)
THROTTLES = config("THROTTLES", default=True, cast=bool)
ROOT_URLCONF = "moviebooking.urls"
WSGI_APPLICATION = "moviebooking.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEST_RUNNER = "moviebooking.tests.support.runner.TestRunner"

INSTALLED_APPS = [
    "moviebooking",
    "accounts",
    "movies",
    "theaters",
    "bookings",
    "demo",
    "moviebooking.apps.MoviebookingAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_guid",
    "django_tasks",
    "django_tasks_db",
    "pictures",
]

MIDDLEWARE = [
    "moviebooking.database_limits.limit_requests",
    "moviebooking.http.refuse_unreadable_length",
    "moviebooking.http.client_address",
    "django.middleware.security.SecurityMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_guid.middleware.guid_middleware",
    "moviebooking.serve_media.PageGZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "moviebooking.database_outage.DatabaseOutageMiddleware",
    "moviebooking.sign_in_overload.SignInOverloadMiddleware",
    "axes.middleware.AxesMiddleware",
    "moviebooking.http.explain_wrong_method",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "moviebooking.templatetags.formats",
                "moviebooking.templatetags.pages",
                "theaters.templatetags.theater_time",
                "django.templatetags.cache",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "theaters.context_processors.chosen_city",
            ],
        },
    }
]

# --- Data: PostgreSQL or a SQLite file; Redis or one inside this process ------------------------------------

DATABASES = {
    "default": config(
        "DATABASE_URL",
        default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}",
        cast=partial(
            dj_database_url.parse,
            conn_max_age=60,
            conn_health_checks=True,
            disable_server_side_cursors=True,  # PgBouncer in transaction mode may stand in front
        ),
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # With deferred transactions the second writer fails with "database is locked"; with IMMEDIATE it waits.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    # These end dead connections. moviebooking/database_limits.py limits statements and waits for locks.
    DATABASES["default"]["ENGINE"] = "moviebooking.postgres"
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 3,
        "tcp_user_timeout": 3000,  # milliseconds
        "keepalives_idle": 10,
        "keepalives_interval": 3,
        "keepalives_count": 3,
        **DATABASES["default"].get("OPTIONS", {}),
    }

REDIS_URL = config("REDIS_URL", default="")
REDIS_KEY_PREFIX = f"test-{secrets.token_hex(6)}" if TESTING else "moviebooking"
REDIS_TIMEOUT_SECONDS = 0.4
DJANGO_REDIS_CONNECTION_FACTORY = "moviebooking.redis_connection.FailFastConnectionFactory"
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": REDIS_KEY_PREFIX,
            "OPTIONS": {
                "IGNORE_EXCEPTIONS": True,  # an unavailable cache behaves like an empty one
                "SOCKET_TIMEOUT": REDIS_TIMEOUT_SECONDS,
                "SOCKET_CONNECT_TIMEOUT": REDIS_TIMEOUT_SECONDS,
            },
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Parts of templates that are the same on every page. A release has new processes, hence an empty cache.
CACHES["template_fragments"] = {
    "BACKEND": "django.core.cache.backends.dummy.DummyCache"
    if DEBUG or TESTING
    else "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "template_fragments",
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

# Tasks send emails and make refunds. With the database backend a task commits with the data it is about.
TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend"
        if REDIS_URL and not TESTING
        else "django_tasks.backends.immediate.ImmediateBackend"
    }
}

# --- People -------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["moviebooking.password_hashing.PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
REQUIRE_EMAIL_VERIFICATION = config("REQUIRE_EMAIL_VERIFICATION", default=False, cast=bool)

# Ten wrong passwords lock a pair of username and IP address; the user can still sign in from elsewhere. Fifty
# lock the IP address, whatever the usernames (accounts.login_lockout).
AXES_HANDLER = "accounts.login_lockout.LockoutHandler"
AXES_ENABLED = THROTTLES and not TESTING
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_USERNAME_CALLABLE = "accounts.login_lockout.username_typed"
AXES_LOCKOUT_CALLABLE = "accounts.login_lockout.lockout_response"

# --- Selling ------------------------------------------------------------------------------------------------

SEAT_HOLD_SECONDS = config("SEAT_HOLD_SECONDS", default=600, cast=int)
# Choosing seats again renews the hold, up to a ceiling after the first one; then the visitor has to pause.
SEAT_HOLD_CEILING_SECONDS = config("SEAT_HOLD_CEILING_SECONDS", default=30 * 60, cast=int)
SEAT_HOLD_PAUSE_SECONDS = config("SEAT_HOLD_PAUSE_SECONDS", default=300, cast=int)
MAX_HELD_SEATS = config("MAX_HELD_SEATS", default=20, cast=int)  # of a visitor, over all showtimes
MAX_HELD_SEATS_PER_ADDRESS = config("MAX_HELD_SEATS_PER_ADDRESS", default=40, cast=int)  # of new accounts
MAX_SEATS_PER_BOOKING = config("MAX_SEATS_PER_BOOKING", default=10, cast=int)
# How long the live map is cached. Without Redis other processes can't invalidate it.
LIVE_MAP_SECONDS = 30 if REDIS_URL else 2
CONVENIENCE_FEE_PERCENT = config("CONVENIENCE_FEE_PERCENT", default="5", cast=Decimal)
TAX_PERCENT = config("TAX_PERCENT", default="18", cast=Decimal)
CURRENCY = config("CURRENCY", default="INR").upper()
REFUND_TIERS = config("REFUND_TIERS", default="120:100,20:50", may_be_empty=True)  # "" means no refunds

STRIPE_SECRET_KEY = config("STRIPE_SECRET_KEY", default="")
STRIPE_PUBLISHABLE_KEY = config("STRIPE_PUBLISHABLE_KEY", default="")
STRIPE_WEBHOOK_SECRET = config("STRIPE_WEBHOOK_SECRET", default="", cast=Csv())
STRIPE_API_BASE = config("STRIPE_API_BASE", default="https://api.stripe.com")
STRIPE_JS_URL = config("STRIPE_JS_URL", default="https://js.stripe.com/v3/")
STRIPE_BROWSER_API_ORIGIN = config("STRIPE_BROWSER_API_ORIGIN", default="https://api.stripe.com")
STRIPE_FRAME_ORIGINS = config(
    "STRIPE_FRAME_ORIGINS", default="https://js.stripe.com,https://hooks.stripe.com", cast=Csv()
)
PAYMENT_PROVIDER_NAMED = config("PAYMENT_PROVIDER", default="")
PAYMENT_PROVIDER = PAYMENT_PROVIDER_NAMED or ("stripe" if STRIPE_SECRET_KEY else "demo")

# --- Email -------------------------------------------------------------------------------------------------

EMAIL_HOST = config("EMAIL_HOST", default="")
EMAIL_PORT = config("EMAIL_PORT", default=587, cast=int)
EMAIL_HOST_USER = config("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = config("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = config("EMAIL_USE_TLS", default=True, cast=bool)
EMAIL_TIMEOUT = 10
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
DEFAULT_FROM_EMAIL = config("DEFAULT_FROM_EMAIL", default="MovieBooking <tickets@localhost>")

# --- Language and time --------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("hi", _("Hindi"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS_ONLY
TIME_ZONE = config("TIME_ZONE", default="Asia/Kolkata")
USE_I18N = True
USE_TZ = True

# --- Files --------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = BASE_DIR / "media"
PICTURES = {"USE_PLACEHOLDERS": False, "FILE_TYPES": ["WEBP"], "PIXEL_DENSITIES": [1, 2]}
SERVE_MEDIA = config("SERVE_MEDIA", default=DEBUG, cast=bool)
FONT_FOLDERS = config("FONT_FOLDERS", default="", cast=Csv())
STORAGES = {
    "default": {"BACKEND": "moviebooking.upload_storage.AtomicFileStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "moviebooking.staticfiles.HashedModulesStorage"
    },
}

# --- Security in the browser --------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
# Features that no page may use. A view that needs one is decorated with `moviebooking.http.allows`.
PERMISSIONS_POLICY = {
    feature: []
    for feature in (
        *("accelerometer", "bluetooth", "camera", "display-capture", "geolocation", "gyroscope", "hid"),
        *("magnetometer", "microphone", "midi", "serial", "usb"),
    )
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # so that too many seat labels get our error and not a bare 400
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "moviebooking.views.csrf_failure"
if HTTPS_ONLY:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # load balancers use plain HTTP
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    # Browsers accept these names over HTTPS only, and for this host only: no other host can set or read them.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    LANGUAGE_COOKIE_NAME = "__Host-django_language"

# --- Logging: one line per event to stdout, with the request id that the response has in X-Request-ID -------

DJANGO_GUID = {"GUID_HEADER_NAME": "X-Request-ID", "VALIDATE_GUID": True, "RETURN_HEADER": True}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "django_guid.log_filters.CorrelationId"}},
    "formatters": {
        "line": {
            "()": "logging.Formatter" if DEBUG else "moviebooking.log_format.OneLine",
            "format": "{asctime} {levelname} [{correlation_id}] {name}: {message}",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
            "style": "{",
        }
    },
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "line",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["stdout"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["stdout"], "level": "INFO", "propagate": False},
        "django_guid": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        "stripe": {"level": "WARNING"},  # INFO is two lines per request
    },
}

if TESTING:  # override .env for tests
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    THROTTLES = False  # the tests of throttling turn it on
    WHITENOISE_AUTOREFRESH = True  # collectstatic has not run
    PAYMENT_PROVIDER = "demo"
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    LOGGING["root"]["level"] = "CRITICAL"
    for name in ("django", "django_guid", "axes"):
        LOGGING["loggers"][name]["level"] = "CRITICAL"
