"""Requests to every list, form and history of the admin, by a superuser and by anonymous visitors."""

from django.contrib import admin

from .rows import BROKEN, EURO, HUGE, LONG, NUL, SURROGATE, Row, get, post

MODELS = [f"{model._meta.app_label}/{model._meta.model_name}" for model in admin.site._registry]
KEYS = [HUGE, NUL, "_5Fx/2"]
UNTOUCHED = {
    "bookings/booking",
    "bookings/payment",
    "bookings/refund",
    "bookings/paymentevent",
    "bookings/ticket",
}
UNTOUCHED |= {"django_tasks_database/dbtaskresult"}  # rows can't be added or deleted in the admin
MADE_ELSEWHERE = UNTOUCHED | {
    "movies/moviealert",
    "axes/accessattempt",
    "axes/accesslog",
    "axes/accessfailurelog",
}
QUESTIONS = {  # for each list; 302 redirects to the list without the query, or with a shorter one
    f"q={NUL}": 400,
    f"q={BROKEN}": 200,
    f"q={'x+' * 500}": 302,
    f"p={HUGE}": 200,
    "p=x&all=x&e=x": 200,
    f"o={HUGE}.-99.x.1": 200,
    "nosuchfield=1": 302,
    f"id__in={NUL}": 400,
    "_to_field=password": 400,
    "_popup=%00&_to_field=x": 400,
}
LOOKUPS = {
    "bookings/booking": {
        f"status__exact={NUL}": 400,
        "created_at__year=0": 302,
        "created_at__gte=x": 302,
        "showtime=x": 302,
    },
    "bookings/payment": {f"status__exact={NUL}": 400, "created_at__year=0": 400, "created_at__month=99": 200},
    "movies/movie": {
        "genres=x": 302,
        f"genres__id__exact={HUGE}": 302,
        "language=x": 302,
        "release_date__year=0": 302,
    },
    "theaters/showtime": {
        "screen=x": 302,
        f"screen__theater={NUL}": 400,
        "start_time__year=99999": 302,
        "start_time__day=x": 302,
    },
    "theaters/theater": {"city=x": 302, f"city__id__exact={HUGE}": 302},
    "theaters/screen": {"theater=x": 302},
    "accounts/user": {
        "groups=x": 302,
        "is_staff__exact=x": 302,
        "password__startswith=a": 400,
        f"groups__id__exact={HUGE}": 200,
    },
}
SIGN_IN = "/admin/login/?next="
AUTOCOMPLETE = "/admin/autocomplete/?app_label=theaters&model_name=showtime&field_name=movie&term="

ROWS = [
    # Anonymous, and a visitor.
    *[get(f"/admin/{model}/{NUL}", 302, SIGN_IN) for model in MODELS],
    *[
        get(path, 302, SIGN_IN, who="ann")
        for path in ("/admin/", "/admin/nowhere/", "/admin/accounts/user/1/password/")
    ],
    *[
        post("/admin/login/", f"username={name}&password=x", 200, says)
        for name, says in (
            (NUL, "Null characters"),
            ("%C4%B0" * 150, "Please enter the correct"),
            ("ann", "Please enter the correct"),
        )
    ],
    get("/admin/login/?next=//evil.test", 302, "/admin/", who="boss"),
    Row("GET", "/admin/logout/", 405, who="boss"),
    post("/admin/logout/", "next=//evil.test", 302, "/", who="boss"),
    # Lists.
    *[
        get(f"/admin/{model}/?{query}", status, who="boss")
        for model in MODELS
        for query, status in {**QUESTIONS, **LOOKUPS.get(model, {})}.items()
    ],
    *[
        post(f"/admin/{model}/", f"action={action}&_selected_action={key}&post=yes", status, who="boss")
        for model in ("movies/movie", "movies/genre", "theaters/city", "accounts/user", "auth/group")
        for action, key, status in (
            ("delete_selected", "x", 400),
            ("delete_selected", NUL, 400),
            ("delete_selected", HUGE, 400),
            ("nosuch", "1", 302),
        )
    ],
    # Rows that don't exist, and malformed forms.
    *[
        get(
            f"/admin/{model}/{key}/{page}/",
            403 if page == "delete" and model in UNTOUCHED else 302,
            who="boss",
        )
        for model in MODELS
        for key in KEYS
        for page in ("change", "delete", "history")
    ],
    *[get(f"/admin/{model}/{HUGE}/", 302, who="boss") for model in MODELS],
    *[
        post(f"/admin/{model}/add/", f"x={BROKEN}", 403 if model in MADE_ELSEWHERE else 200, who="boss")
        for model in MODELS
    ],
    # Pages that this site adds to the admin.
    get("/admin/nowhere/", 404, who="boss"),
    get("/admin/movies/nowhere/", 404, who="boss"),
    get("/admin/movies/?x=%FF", 200, "Genres", who="boss"),
    *[get(f"/admin/{app}/", 404, who="boss") for app in ("nosuch", NUL, LONG)],
    *[
        get(f"/admin/r/{kind}/{key}/", 404, who="boss")
        for kind, key in (("0", "0"), (NUL, NUL), (HUGE, "1"), ("x", "x"))
    ],
    get("/admin/jsi18n/?x=%FF", 200, who="boss"),
    *[get(f"{AUTOCOMPLETE}{term}", 200, "results", who="boss") for term in (BROKEN, SURROGATE, EURO)],
    get(f"{AUTOCOMPLETE}{NUL}", 400, who="boss"),
    get(f"{AUTOCOMPLETE}{LONG}", 302, who="boss"),
    *[get(f"{AUTOCOMPLETE}x&page={page}", 404, who="boss") for page in ("x", "-1", HUGE)],
    *[
        get(f"/admin/autocomplete/?{query}", 403, who="boss")
        for query in (
            "",
            "app_label=x",
            "app_label=movies&model_name=movie&field_name=title",
        )
    ],
    post("/admin/password_change/", f"old_password={NUL}", 400, who="boss"),
    post("/admin/password_change/done/", "", 405, who="boss"),
    *[get(f"/admin/accounts/user/{key}/password/", 404, who="boss") for key in ("0", HUGE, "x", NUL)],
    get("/admin/theaters/screen/picture/", 405, who="boss"),
    *[
        post("/admin/theaters/screen/picture/", f"layout={text}", 200, who="boss")
        for text in (BROKEN, "xyz", "S" * 100_000)
    ],
    get(f"/admin/bookings/payment/needs-attention/?x={NUL}", 400, who="boss"),
    get("/admin/bookings/payment/0/refund/", 404, who="boss"),
    get(f"/admin/bookings/payment/{HUGE}/refund/", 302, who="boss"),
    *[
        post("/admin/bookings/payment/{payment}/refund/", f"amount={amount}", 200, who="boss")
        for amount in ("", "-1", "NaN", "1e999", HUGE, BROKEN, "0.001")
    ],
]
