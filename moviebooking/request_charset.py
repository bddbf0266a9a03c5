"""Every page and form of the site is UTF-8, whatever charset a request names."""

from functools import wraps

from django.utils.http import parse_header_parameters


def read_as_utf8(application):
    """WSGI middleware: leave the charset out of the request's Content-Type.

    Django decodes even the address by it, before any middleware of its own. Python knows charsets that are
    none (hex), some that fail on an address (punycode), and some that make half characters, which no database
    takes (utf-7): each was a 500.
    """

    @wraps(application)
    def utf8_only(environ, start_response):
        environ["CONTENT_TYPE"] = _without_charset(environ.get("CONTENT_TYPE", ""))
        return application(environ, start_response)

    return utf8_only


def _without_charset(content_type):
    try:
        kind, parameters = parse_header_parameters(content_type)
    except ValueError:  # it can't be read at all
        return ""
    if parameters.get("charset", "utf-8").lower() == "utf-8":
        return content_type
    return f"{kind}; boundary={parameters['boundary']}" if "boundary" in parameters else kind
