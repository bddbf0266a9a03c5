"""Requests for movies, cinemas and seat maps."""

from .rows import BROKEN, EURO, HUGE, JSON, LONG, MOVIE, NUL, SURROGATE, get, post

NOWHERE = "Page not found"
NOT_A_FORM = "Please start again from the home page"
STALE = "This page has expired"
CITY = "We don’t have a cinema there"
NO_NEXT = 'name="next" value=""'
WORDS = [NUL, BROKEN, SURROGATE, f"{MOVIE}", "..%2F..%2Fetc%2Fpasswd", "x%20y", "%3Cscript%3E", "a'--"]
NO_SLUGS = [*WORDS, "no-such-thing", EURO, LONG, "A" * 3000]

READ_ONLY = [
    "/",
    "/movies/",
    "/movies/{movie}/",
    "/movies/genres/{genre}/",
    "/movies/languages/{language}/",
    "/theaters/",
    "/theaters/{theater}/",
    "/showtimes/{showtime}/seats/",
    "/showtimes/{showtime}/seats.json",
]

ROWS = [
    # Paths of objects that don't exist.
    *[
        get(f"{place}{slug}{rest}", 404, NOWHERE)
        for slug in NO_SLUGS
        for place, rest in [
            ("/movies/", "/"),
            ("/movies/genres/", "/"),
            ("/movies/languages/", "/"),
            ("/theaters/", "/"),
        ]
    ],
    *[
        get(path, 404, NOWHERE)
        for path in ("/nowhere/", "/%00/", f"/{LONG}/", "/.env", "/wp-login.php", "/%E2%82%AC")
    ],
    *[get(path, 301) for path in ("/movies", "/theaters", "/accounts/login", "/showtimes/{showtime}/seats")],
    # Seat maps of unknown showtimes, and invalid query strings.
    *[
        get(f"/showtimes/{pk}/{page}", 404, NOWHERE)
        for pk in ("0", "999999999999999", HUGE, "-1", "1.5", "%00", "٣", "1e3")
        for page in ("seats/", "seats.json")
    ],
    get("/showtimes/{past}/seats/", 410, "Online booking is closed."),
    *[
        get(f"/showtimes/{{showtime}}/seats/?{query}", 200)
        for query in (
            "best=-3",
            "best=99999999999999999999",
            "best=%00",
            "best=٣",
            "best=2&class=%00",
            "best=2&class=XX",
            f"class={LONG}",
            "seats=Z99&seats=a1&seats=%00&seats=%FF",
            "&".join(["seats=A1"] * 500),
        )
    ],
    *[
        get("/showtimes/{showtime}/seats.json", 200, headers={"If-None-Match": tag})
        for tag in ("nonsense", '"', "W/", '"a", "b", c', "é", LONG, "\x01")
    ],
    get("/showtimes/{showtime}/seats.json", 304, headers={"If-None-Match": "*"}),
    # Filters, days and pages that don't exist: the page is shown and names them.
    *[
        get(f"/movies/?{query}", 200, says)
        for query, says in {
            f"q={NUL}": "Please remove the special characters.",
            f"q={BROKEN}": "Please remove the special characters.",
            f"q={SURROGATE}": "Please remove the special characters.",
            f"q={LONG}": "at most 100 characters",
            f"q={'x' * 50_000}": "at most 100 characters",
            "q=" + "a+" * 49: "",
            "q=%25%5F%5C": "",
            "q[]=x&q=": "",
            "%FF=%FF&%00=%00": "",
            "genre=klingon": "We don’t have a genre called “klingon”.",
            f"genre={NUL}": "We don’t have a genre called",
            f"genre={LONG}": "We don’t have a genre called",
            "language=klingon": "We don’t have a language called “klingon”.",
            "certificate=ZZ": "We don’t have an age rating called “ZZ”.",
            "time=tea": "We don’t have a time of day called “tea”.",
            "format=9D": "We don’t have a format called “9D”.",
            f"city={NUL}": "Please remove the special characters.",
            "captions=%00": "",
            "date=32-13-20": "“32-13-20” isn’t a date",
            "date=0000-00-00": "isn’t a date",
            "date=9999-12-31": "Tickets that far ahead aren’t on sale yet.",
            "date=0001-01-01": "That day has passed.",
            "date=-2026-11-28": "isn’t a date",
            f"date={HUGE}": "isn’t a date",
            f"date={NUL}": "isn’t a date",
            "page=two": "Page “two” doesn’t exist. Showing page 1.",
            "page=-1": "Page -1 doesn’t exist. Showing page 1.",
            "page=1e9": "Page “1e9” doesn’t exist.",
            f"page={'9' * 20}": "doesn’t exist. Showing page 1.",
            f"page={HUGE}": "",
            f"page={NUL}": "doesn’t exist. Showing page 1.",
            "page=٣": "doesn’t exist. Showing page 1.",
        }.items()
    ],
    *[
        get(f"{page}?date={day}", 200)
        for page in (
            "/",
            "/movies/{movie}/",
            "/theaters/{theater}/",
            "/movies/genres/{genre}/",
            "/movies/languages/{language}/",
        )
        for day in ("tomorrow", NUL, "2026-02-31", "99999-01-01", HUGE)
    ],
    *[get(f"/?{query}", 200) for query in ("city=nowhere", f"city={NUL}", "date=9999-12-31&city=x")],
    get("/theaters/?city=nowhere", 404),
    *[get(f"/theaters/?city={word}", 404) for word in (NUL, BROKEN, LONG)],
    *[get(f"/theaters/?page={page}", 200) for page in ("two", "-1", HUGE, NUL)],
    # Read-only pages.
    *[
        post(path, "x=1", 405, NOT_A_FORM if "json" not in path else "")
        for path in READ_ONLY
        if path != "/theaters/"
    ],
    post("/theaters/", "x=1", 405, NOT_A_FORM),
    # Forms on these pages.
    get("/theaters/city/", 405, NOT_A_FORM),
    *[
        post("/theaters/city/", f"city={slug}", 404, CITY)
        for slug in ("nowhere", NUL, BROKEN, EURO, LONG, "a" * 5000)
    ],
    *[get(f"/theaters/city/choose/?city={slug}&next=//x", 200, NO_NEXT) for slug in (NUL, BROKEN, LONG)],
    post("/theaters/city/choose/", "city={city}", 405, NOT_A_FORM),
    post("/theaters/city/", "city={city}&next=movies", 302, "/"),
    post("/theaters/city/", "city={city}&next=//evil.test/", 302, "/"),
    post("/theaters/city/", "city={city}&next=https:evil.test", 302, "/"),
    post("/theaters/city/", f"city={{city}}&next=/{'x' * 3000}", 302, "/"),
    post("/theaters/city/", "", 302, "/"),
    *[
        post(path, "x=%00", status, says, who=who)
        for path in ("/theaters/nowhere/favourite/", "/movies/nowhere/alert/")
        for who, status, says in (("", 302, "/accounts/login/"), ("ann", 404, NOWHERE))
    ],
    *[get(path, 405, NOT_A_FORM) for path in ("/theaters/{theater}/favourite/", "/movies/{movie}/alert/")],
    post("/theaters/{theater}/favourite/", "", 401, "login_required", headers=JSON),
    post("/movies/{movie}/alert/", "wanted=%FF", 302, "/movies/{movie}/", who="ann"),
]
