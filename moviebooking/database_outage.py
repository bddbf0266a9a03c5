"""Answer 503 or 507 when the database is unavailable or too busy, or the disk is full, and log it."""

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
# PostgreSQL's codes for a statement that waited too long: lock_not_available, query_canceled, and
# deadlock_detected.
BUSY_STATES = {"55P03", "57014", "40P01"}
IDLE_STATE = (
    "25P03"  # idle_in_transaction_session_timeout; psycopg raises another error than OperationalError
)


class DatabaseOutageMiddleware:
    """Middleware: respond for a view whose database failed, and set Retry-After on every 503."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            response.headers.setdefault("Retry-After", RETRY_BUSY_SECONDS)
        return response

    def process_exception(self, request, exception):
        return outage_response(request, exception)


def server_error(request):
    """handler500: also covers errors outside views, such as saving the session."""
    return outage_response(request, sys.exc_info()[1]) or views.server_error(request)


def outage_response(request, exception):
    """Return the 503 response for a database error, the 507 for a full disk, or None for anything else.

    With DEBUG on, only a busy database is handled: developers see other errors themselves.
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
    return isinstance(exception, OperationalError | InterfaceError) or _sqlstate(exception) == IDLE_STATE


def is_busy(exception):
    """Return True if the database is up, but other transactions blocked this one."""
    sqlite_is_locked = isinstance(exception, OperationalError) and "database is locked" in str(exception)
    return sqlite_is_locked or isinstance(exception, RowBusy) or _sqlstate(exception) in BUSY_STATES


def _sqlstate(exception):
    """Return PostgreSQL's SQLSTATE code of the error, or None."""
    return getattr(exception.__cause__, "sqlstate", None) if isinstance(exception, DatabaseError) else None
