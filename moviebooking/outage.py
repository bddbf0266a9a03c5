"""A database that is away or too busy is an outage, not a bug: 503 with the way on, and a line in the log."""

import logging

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import JsonResponse

from .http import wants_json
from .views import unavailable

logger = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = 30


class DatabaseOutage:
    """Middleware. With DEBUG on, the developer sees the error itself."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if settings.DEBUG or not isinstance(exception, OperationalError | InterfaceError):
            return None
        logger.error("The database failed: %s", exception, exc_info=exception)
        response = (
            JsonResponse({"error": "unavailable"}, status=503) if wants_json(request) else unavailable()
        )
        response["Retry-After"] = RETRY_AFTER_SECONDS
        return response
