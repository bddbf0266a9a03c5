"""Requests to sign up, to sign in, and about the own account."""

from .browsing import NO_NEXT, NOT_A_FORM, NOWHERE, STALE
from .rows import BROKEN, EURO, LONG, MULTIPART, NUL, SURROGATE, get, post

TWICE = "password1=Str0ng-Pass-4-all&password2=Str0ng-Pass-4-all"
WRONG = "Wrong username or password."
NO_NAME = "Enter a valid username."
REQUIRED = "This field is required."
USED_LINK = "This link no longer works"
SIGN_IN = "/accounts/login/?next="
CONTROL = "Null characters are not allowed."

OWN_PAGES = ["profile", "email", "sessions", "delete", "password_change"]

ROWS = [
    # Signing up.
    *[
        post("/accounts/register/", f"username={name}&{TWICE}", 200, says)
        for name, says in {
            "": REQUIRED,
            NUL: CONTROL,
            f"a{NUL}b": CONTROL,
            BROKEN: NO_NAME,
            SURROGATE: NO_NAME,
            EURO: NO_NAME,
            "two+words": NO_NAME,
            "ann%0A.": NO_NAME,
            "%CC%81ann": NO_NAME,
            "an%E2%80%8Bn": NO_NAME,
            LONG: "at most 150 characters",
            "%EF%B7%BA" * 150: "at most 150 characters",
            "ann": "That username is taken.",
            "ANN": "That username is taken.",
            "%EF%BD%81nn": "That username is taken.",
        }.items()
    ],
    *[
        post("/accounts/register/", f"username=new&email={email}&{TWICE}", 200, says)
        for email, says in {
            "nobody": "Enter a valid email address.",
            f"a%40b.test{NUL}": CONTROL,
            f"{LONG}%40example.test": "at most 254 characters",
            "a%40b.test%0D%0ABcc%3A+c%40d.test": "Enter a valid email address.",
            "%22a%22%40%F0%9F%8E%AC": "Enter a valid email address.",
        }.items()
    ],
    post("/accounts/register/", "username=new&password1=short&password2=short", 200, "too short"),
    post("/accounts/register/", "username=new&password1=a&password2=b", 200),
    post("/accounts/register/", f"username=new&password1={NUL}&password2={NUL}", 200),
    post("/accounts/register/", f"username=new&password1={'x' * 100_000}&password2=", 200, REQUIRED),
    post("/accounts/register/", f"username=new&{TWICE}&next=movies", 302, "/"),
    post("/accounts/register/", f"username=new&{TWICE}&next=//evil.test", 302, "/"),
    post("/accounts/register/", f"username=new&{TWICE}&next=%00", 302, "/"),
    get("/accounts/register/?next=movies", 302, "/", who="ann"),
    get("/accounts/register/?next=javascript:alert(1)", 200),
    # Signing in and out.
    *[
        post("/accounts/login/", f"username={name}&password={password}", 200, says)
        for name, password, says in (
            ("", "", REQUIRED),
            ("ann", "wrong", WRONG),
            ("nobody", "wrong", WRONG),
            (EURO, EURO, WRONG),
            (BROKEN, BROKEN, WRONG),
            (NUL, "x", CONTROL),
            ("ann", NUL, CONTROL),
            ("ann", "x" * 100_000, WRONG),
            (LONG, "x", WRONG),
            ("%C4%B0" * 150, "x", WRONG),
            ("%EF%B7%BA" * 150, "x", WRONG),
            ("%EF%B7%BA" * 250_000, "x", WRONG),
            ("ann%40example.test", "wrong", WRONG),
            ("%40", "x", WRONG),
            ("'+OR+1=1--", "x", WRONG),
        )
    ],
    post("/accounts/login/", "username=ann&password=Str0ng-Pass-4-all&next=movies", 302, "/"),
    post("/accounts/login/", "username=ann&password=Str0ng-Pass-4-all&next=%5C%5Cevil.test", 302, "/"),
    get("/accounts/login/?next=/accounts/login/", 302, "/", who="ann"),
    get("/accounts/login/?next=movies", 302, "/", who="ann"),
    post("/accounts/login/", "username=ann&password=x", 403, STALE, csrf=True),
    get("/accounts/logout/", 405, NOT_A_FORM),
    post("/accounts/logout/", "next=movies", 302, "/", who="ann"),
    get("/accounts/language/", 405, NOT_A_FORM),
    *[get(f"/accounts/language/choose/?next={url}", 200, NO_NEXT) for url in ("//x", NUL, BROKEN, LONG)],
    post("/accounts/language/choose/", "language=hi", 405, NOT_A_FORM),
    *[
        post("/accounts/language/", f"language={language}&next={target}", 302, "/", who=who)
        for who in ("", "ann")
        for language, target in (
            ("xx", "movies"),
            (NUL, NUL),
            (LONG, "//x"),
            ("../../etc", "https:x"),
            (BROKEN, ""),
        )
    ],
    # Links in emails.
    *[
        get(f"/accounts/activate/{uid}/{token}/", 410, "This link has expired or was already used")
        for uid, token in (
            ("MQ", "x"),
            ("AAAA", "c1-0123456789abcdef"),
            ("!!", "!!"),
            (NUL, NUL),
            (EURO, EURO),
            ("OTk5OTk5OTk5OTk5OTk5OTk5OTk", "c1-0123456789abcdef"),
            ("x" * 3000, "y" * 3000),
        )
    ],
    *[
        get(f"/accounts/reset/{uid}/{token}/", 200, USED_LINK)
        for uid, token in (
            ("MQ", "x-y"),
            ("AAAA", "c1-0123456789abcdef"),
            (NUL, NUL),
            (EURO, "set-password"),
            ("OTk5OTk5OTk5OTk5OTk5OTk5OTk", "c1-0123456789abcdef"),
            ("x" * 3000, "y" * 3000),
        )
    ],
    post("/accounts/reset/MQ/set-password/", "new_password1=a&new_password2=a", 200, USED_LINK),
    post("/accounts/activate/MQ/x/", "", 405, NOT_A_FORM),
    post("/accounts/activate/sent/", "", 405, NOT_A_FORM),
    *[
        post(page, f"email={email}", 200, says)
        for page in ("/accounts/password_reset/", "/accounts/activate/")
        for email, says in {
            "": REQUIRED,
            "nobody": "Enter a valid email address.",
            f"a%40b.test{NUL}": CONTROL,
            f"{LONG}%40example.test": "at most 254 characters",
            EURO: "Enter a valid email address.",
        }.items()
    ],
    *[
        post(page, "email=nobody%40example.test", 405, NOT_A_FORM)
        for page in ("/accounts/password_reset/done/", "/accounts/reset/done/")
    ],
    # Account pages: anonymous, and with invalid data.
    *[get(f"/accounts/{page}/?%00=%FF", 302, SIGN_IN) for page in OWN_PAGES],
    get("/accounts/data.json", 302, SIGN_IN),
    post("/accounts/data.json", "", 405, NOT_A_FORM, who="ann"),
    post("/accounts/profile/", f"first_name={LONG}", 200, "at most 150 characters", who="ann"),
    post("/accounts/profile/", f"last_name={NUL}", 200, CONTROL, who="ann"),
    post("/accounts/profile/", "is_superuser=on&username=root&pk=1", 302, "/accounts/profile/", who="ann"),
    *[
        post(f"/accounts/{page}/", f"{fields}&password={password}", 200, says, who="ann")
        for page, fields in (("email", "email=new%40example.test"), ("sessions", ""), ("delete", ""))
        for password, says in {"": REQUIRED, "wrong": "Wrong password.", NUL: CONTROL}.items()
    ],
    post("/accounts/email/", "email=nobody&password=Str0ng-Pass-4-all", 200, "valid email", who="ann"),
    post("/accounts/password_change/", "old_password=x&new_password1=a&new_password2=b", 200, who="ann"),
    post("/accounts/password_change/", f"old_password={NUL}", 200, CONTROL, who="ann"),
    # Malformed bodies.
    *[
        post("/accounts/login/", body, 200, REQUIRED, type=kind)
        for body, kind in (
            ("not a form", "text/plain"),
            ("{{}}", "application/json"),
            ("", "application/xml"),
            ("username=ann", "nonsense"),
            ("\x00\x01\x02", "application/octet-stream"),
            ("--x\r\nnonsense\r\n--x--", MULTIPART),
            (
                '--x\r\nContent-Disposition: form-data; name="username"; filename="%00"\r\n\r\nx\r\n--x--',
                MULTIPART,
            ),
        )
    ],
    post("/accounts/login/", "x", 400, "", type="multipart/form-data"),
    post("/accounts/login/", "x", 400, "", type="multipart/form-data; boundary=" + "é" * 10),
    post("/accounts/login/", "&".join(f"a{number}=1" for number in range(20_001)), 400),
    post("/accounts/login/", "username=" + "x" * 2_700_000, 400),
    get("/accounts/nowhere/", 404, NOWHERE),
]
