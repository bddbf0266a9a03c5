"""Health checks, icons, and error pages in the site's design."""

from http import HTTPStatus

import redis
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from . import redis_connection


@csrf_exempt  # other methods get 405, not 403 for a missing token
@require_safe
@never_cache
def healthz(request):
    """Report that the process is up."""
    return JsonResponse({"status": "ok"})


@csrf_exempt
@require_safe
@never_cache
def readyz(request):
    """Report whether the database and Redis can be reached. A 503 names those that can't."""
    down = [
        name
        for name, reached in (("database", _database_answers()), ("redis", _redis_answers()))
        if not reached
    ]
    return JsonResponse(
        {"status": "unavailable" if down else "ok", "down": down}, status=503 if down else 200
    )


def _database_answers():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis_answers():
    try:
        return redis_connection.client().ping()
    except redis.RedisError:
        return False


def icon(request, name):
    """Redirect from the URL at which browsers look for the icon by default."""
    return redirect(static(f"icons/{name}"))


@never_cache
def bad_request(request, exception=None):
    return render(request, "400.html", status=400)


@never_cache
def forbidden(request, exception=None):
    return render(request, "403.html", status=403)


@never_cache
def not_found(request, exception=None):
    return render(request, "404.html", status=404)


@never_cache
def csrf_failure(request, reason=""):
    return render(request, "403_csrf.html", status=403)


def server_error(request):
    return _standalone("500.html", 500)


def unavailable():
    """Return the 503 page for a database that doesn't respond."""
    return _standalone("503.html", 503)


def busy():
    """Return the 503 page for a database that is too busy."""
    return _standalone("busy.html", 503)


def no_room():
    """Return the 507 page for an upload that doesn't fit on the disk."""
    return _standalone("507.html", HTTPStatus.INSUFFICIENT_STORAGE)


def _standalone(template, status):
    """Render a page without context, session or database, any of which may be broken."""
    try:
        page = render_to_string(template)
    except ValueError:  # collectstatic has not run, so the style sheet has no URL
        page = gettext("Something went wrong. The error was recorded so we can fix it.")
    return HttpResponse(page, status=status, headers={"Cache-Control": "no-store"})
