"""A database that is away or too busy, or a full disk, is an outage and no bug: a page, and a log line."""

import logging
import sys
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import JsonResponse

from . import views
from .http import wants_json
from .row_locks import RowBusy
from .upload_storage import is_disk_full

logger = logging.getLogger(__name__)
RETRY_AFTER_SECONDS, RETRY_BUSY_SECONDS = 30, 2
# What PostgreSQL says of a statement that waited in vain: lock_not_available, query_canceled, and
# deadlock_detected.
BUSY_STATES = {"55P03", "57014", "40P01"}
IDLE_STATE = "25P03"  # idle_in_transaction_session_timeout: gone, though it is no OperationalError


class DatabaseOutageMiddleware:
    """Middleware: answer for a view whose database failed, and let every 503 say when to come back."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            response.headers.setdefault("Retry-After", RETRY_BUSY_SECONDS)
        return response

    def process_exception(self, request, exception):
        return answer(request, exception)


def server_error(request):
    """The page of last resort: for what fails outside a view, too, such as saving the session."""
    return answer(request, sys.exc_info()[1]) or views.server_error(request)


def answer(request, exception):
    """Return the 503 for a database that failed, the 507 for a full disk, or None for anything else.

    A developer sees the error itself, unless it only says that others were using the database.
    """
    if is_disk_full(exception):
        logger.error("The disk for uploads is full: %s", exception, exc_info=exception)
        return views.no_room()
    busy = is_busy(exception)
    if not _is_outage(exception) or (settings.DEBUG and not busy):
        return None
    if busy:
        logger.warning("The database was too busy: %s", exception)
    else:
        logger.error("The database failed: %s", exception, exc_info=exception)
    if wants_json(request):
        response = JsonResponse({"error": "busy" if busy else "unavailable"}, status=503)
    else:
        response = views.busy() if busy else views.unavailable()
    response["Retry-After"] = RETRY_BUSY_SECONDS if busy else RETRY_AFTER_SECONDS
    return response


def _is_outage(exception):
    return isinstance(exception, OperationalError | InterfaceError) or _state(exception) == IDLE_STATE


def is_busy(exception):
    """True where the database answers, and others keep it from doing what was asked."""
    in_words = isinstance(exception, OperationalError) and "database is locked" in str(exception)
    return in_words or isinstance(exception, RowBusy) or _state(exception) in BUSY_STATES


def _state(exception):
    """PostgreSQL's five characters for what went wrong, or None."""
    return getattr(exception.__cause__, "sqlstate", None) if isinstance(exception, DatabaseError) else None
