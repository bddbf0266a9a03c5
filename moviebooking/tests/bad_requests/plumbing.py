"""Bad methods, headers, cookies and encodings, and requests for files."""

from .browsing import NOT_A_FORM, NOWHERE, STALE
from .rows import BARE, EURO, HUGE, LONG, NUL, Row, get, post

PROXY = {"PROXY_COUNT": 1, "THROTTLES": True, "AXES_ENABLED": True}
LOGIN = "username=ann&password=wrong"
STATIC = {"WHITENOISE_USE_FINDERS": True}
PAGES = ["/", "/movies/", "/accounts/login/"]

ROWS = [
    # Methods.
    *[
        Row(method, path, 405, NOT_A_FORM)
        for method in ("PUT", "PATCH", "DELETE", "PROPFIND", "NONSENSE")
        for path in ("/movies/{movie}/", "/accounts/register/", "/showtimes/{showtime}/hold/")
    ],
    *[
        Row(method, path, 405)
        for method in ("POST", "PUT", "DELETE", "NONSENSE")
        for path in ("/healthz", "/readyz", "/showtimes/{showtime}/seats.json")
    ],
    Row("OPTIONS", "/accounts/login/", 200),
    Row("TRACE", "/movies/", 405, NOT_A_FORM),
    # Malformed headers.
    *[
        get(page, 200, headers={name: value})
        for page in PAGES
        for name, value in (
            ("Accept", "nonsense"),
            ("Accept", "text/html;q=abc, */*;q="),
            ("Accept", "," * 2000),
            ("Accept-Language", "xx-YY-" * 300),
            ("Accept-Language", "hi;q=nan,en;q=1e999, é"),
            ("Accept-Encoding", "gzip;q=x, \x01"),
            ("If-Modified-Since", "the day before yesterday"),
            ("If-Modified-Since", "Thu, 01 Jan 99999 00:00:00 GMT"),
            ("If-None-Match", 'é, W/"'),
            ("Range", "bytes=9-1,x-"),
            ("Referer", "http://[::1"),
            ("User-Agent", "\x01\xff" * 500),
            ("X-Request-ID", LONG),
            ("X-Forwarded-For", "1.2.3.4:80, [::1"),
            ("X-Forwarded-Host", "evil.test"),
            ("X-Forwarded-Proto", "gopher"),
            ("X-HTTP-Method-Override", "DELETE"),
            ("Content-Type", "text/html; charset=nonsense"),
            ("Authorization", "Basic é"),
        )
    ],
    *[
        get("/", 400, headers={"Host": host})
        for host in ("evil.test", "testserver:x", "a b", "é", "[::1", "testserver/x", "", ".", LONG)
    ],
    # Signing in behind a proxy with any X-Forwarded-For.
    *[
        post(
            "/accounts/login/",
            LOGIN,
            200,
            "Wrong username or password",
            headers={"X-Forwarded-For": hop},
            settings=PROXY,
        )
        for hop in (
            "1.2.3.4:8080",
            "[2001:db8::1]:443",
            "fe80::1%eth0",
            "unknown",
            "é",
            "",
            ",",
            HUGE,
            "1.2.3.4, ",
            "::ffff:1.2.3.4",
        )
    ],
    post("/accounts/login/", LOGIN, 200, settings=PROXY, environ={"REMOTE_ADDR": ""}),
    post(
        "/accounts/login/",
        LOGIN,
        200,
        settings=PROXY,
        headers={"User-Agent": "x" * 5000, "Accept": "x" * 5000},
    ),
    # Cookies.
    *[
        get(page, 200, headers={"Cookie": cookie})
        for page in ("/", "/accounts/login/")
        for cookie in (
            "sessionid=nonsense",
            f"sessionid={LONG}",
            "sessionid=\x01; csrftoken=",
            "sessionid=é",
            "csrftoken=x",
            'messages=[["__json_message",0',
            "django_language=../../etc/passwd",
            "django_language=" + LONG,
            "=;;;=x; a; $Version=1",
            "x" * 8000,
        )
    ],
    get("/accounts/profile/", 302, "/accounts/login/", headers={"Cookie": "sessionid=nonsense"}),
    *[
        post(
            "/accounts/login/", f"{LOGIN}&csrfmiddlewaretoken={token}", 403, STALE, csrf=True, headers=headers
        )
        for token, headers in (
            ("", {}),
            ("x", {"Cookie": "csrftoken=x"}),
            (EURO, {"Cookie": "csrftoken=" + "a" * 32}),
            (NUL, {"Cookie": "csrftoken=é"}),
            ("a" * 32, {"Cookie": "csrftoken=" + "a" * 32, "Origin": "null"}),
            ("a" * 32, {"Cookie": "csrftoken=" + "a" * 32, "Origin": "http://[::1"}),
            ("b" * 32, {"X-CSRFToken": "é"}),
        )
    ],
    # Encodings of bodies and query strings.
    *[
        post("/accounts/login/", LOGIN, 400, type=f"application/x-www-form-urlencoded; charset={charset}")
        for charset in ("base64", "rot13", "zlib", "undefined", "utf-16", "idna", "latin-1")
    ],
    *[
        post(
            "/accounts/login/",
            LOGIN,
            400,
            "Something’s wrong with that link",
            environ={"CONTENT_LENGTH": length},
        )
        for length in ("-1", "x", "1.5", "٣", HUGE)
    ],
    *[
        get("/static/css/tokens.css", status, BARE, headers=headers, settings=STATIC)
        for status, headers in (
            (200, {"Range": "nonsense"}),
            (200, {"Range": "bytes=x-y"}),
            (200, {"Range": "bytes=0-1,5-6"}),
            (416, {"Range": f"bytes={'9' * 12}-"}),
            (416, {"Range": "bytes=9-1"}),
            (200, {"If-None-Match": '"é, W/"'}),
            (200, {"If-Modified-Since": "the day before yesterday"}),
            (304, {"If-Modified-Since": "Thu, 01 Jan 99999 00:00:00 GMT"}),
        )
    ],
    # Static files, uploads, and files that browsers request by default.
    *[
        get(f"/static/{path}", 404)
        for path in ("nowhere.css", "%00", "..%2F..%2Fmanage.py", "../settings.py", EURO, LONG, "css/", "")
    ],
    *[
        get(f"/media/{path}", 404, settings={"SERVE_MEDIA": True})
        for path in (
            "nowhere.png",
            "%00",
            "..%2F..%2Fmanage.py",
            "../manage.py",
            EURO,
            LONG,
            "x/" * 500,
            "posters/",
            "%FF",
        )
    ],
    get("/media/nowhere.png", 404, settings={"SERVE_MEDIA": False}),
    get("/media/", 404, NOWHERE),
    post("/media/nowhere.png", "", 405, NOT_A_FORM),
    *[get(path, 302, "/static/icons/") for path in ("/favicon.ico?%00", "/apple-touch-icon.png?x=%FF")],
    *[
        get(f"/sitemap.xml?{query}", status)
        for query, status in (
            ("p=2", 404),
            ("p=x", 404),
            ("p=%00", 404),
            (f"p={HUGE}", 404),
            ("section=x", 200),
        )
    ],
    get("/sitemap.xml?p=-1", 404),
    get("/robots.txt?%FF", 200),
    post("/robots.txt", "", 405),
    *[get(f"/{page}?x=%00", 200) for page in ("healthz", "readyz")],
]
