"""Decode every request as UTF-8, whatever charset it names. All pages and forms of the site are UTF-8."""

from functools import wraps

from django.utils.http import parse_header_parameters


def read_as_utf8(application):
    """WSGI middleware: remove the charset from the request's Content-Type.

    Django decodes even the URL by it, before any Django middleware runs. Python's codecs include some that
    decode no text (hex), fail on a URL (punycode) or produce surrogates, which no database accepts (utf-7).
    Each of them caused a 500.
    """

    @wraps(application)
    def utf8_only(environ, start_response):
        environ["CONTENT_TYPE"] = _without_charset(environ.get("CONTENT_TYPE", ""))
        return application(environ, start_response)

    return utf8_only


def _without_charset(content_type):
    try:
        kind, parameters = parse_header_parameters(content_type)
    except ValueError:  # it can't be parsed
        return ""
    if parameters.get("charset", "utf-8").lower() == "utf-8":
        return content_type
    return f"{kind}; boundary={parameters['boundary']}" if "boundary" in parameters else kind
