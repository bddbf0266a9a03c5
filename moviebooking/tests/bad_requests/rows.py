"""The type of a row in the table of bad requests."""

from dataclasses import dataclass, field

JSON = {"Accept": "application/json"}
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"

NUL, BROKEN, SURROGATE, EURO, MOVIE = "%00", "%FF", "%ED%A0%80", "%E2%82%AC", "%F0%9F%8E%AC"
HUGE = "9" * 5000
LONG = "x" * 300


BARE = "\0"  # in `says`: a response for machines, without text
WORDS = {  # the text of the page of each status, if the row has none of its own
    400: "Something’s wrong with that link",
    403: "You don’t have access to this page",
    404: "Page not found",
    405: "This page can’t be opened directly",
}


@dataclass(frozen=True)
class Row:
    """One request and its answer.

    `path`, `body` and `says` may name what the test has made: `{showtime}`, `{past}`, `{movie}`, `{genre}`,
    `{language}`, `{theater}`, `{city}`, the bookings `{pending}`, `{paid}` and `{others}`, a `{payment}`, and
    the `{link}` of a ticket handed over. `says` is a part of the text, or of where it leads.
    """

    method: str
    path: str
    status: int
    says: str = ""  # if it differs from the text of the status
    who: str = ""  # "ann", a visitor; "boss", a superuser; "" anonymous
    body: str = ""
    type: str = FORM
    headers: dict = field(default_factory=dict)
    environ: dict = field(default_factory=dict)  # other WSGI environ values
    settings: dict = field(default_factory=dict)
    csrf: bool = False  # True enforces CSRF checks, as in production

    @property
    def words(self):
        return "" if self.says == BARE else self.says or WORDS.get(self.status, "")

    def __str__(self):
        parts = [self.method, self.path, self.body, *map(str, [self.headers or "", self.environ or ""])]
        return " ".join(part if len(part) < 80 else f"{part[:77]}…" for part in parts if part) + (
            f" as {self.who}" if self.who else ""
        )


def get(path, status, says="", **options):
    return Row("GET", path, status, says, **options)


def post(path, body, status, says="", **options):
    return Row("POST", path, status, says, body=body, **options)
