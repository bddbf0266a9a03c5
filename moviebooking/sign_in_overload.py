"""Answer 503 when more people sign in at once than the server can hash passwords for."""

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string

from .http import wants_json
from .password_hashing import HashingQueueFull

RETRY_AFTER_SECONDS = 3


class SignInOverloadMiddleware:
    """Middleware: turn HashingQueueFull into a 503 with Retry-After."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, HashingQueueFull):
            return None
        if wants_json(request):
            response = JsonResponse({"error": "unavailable"}, status=503)
        else:
            response = HttpResponse(render_to_string("too_many_passwords.html"), status=503)
        response["Retry-After"] = RETRY_AFTER_SECONDS
        return response
