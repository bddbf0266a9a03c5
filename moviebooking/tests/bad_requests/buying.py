"""Requests to hold, book and pay, and for tickets."""

from .browsing import NOT_A_FORM, NOWHERE, STALE
from .rows import BARE, BROKEN, EURO, HUGE, JSON, LONG, NUL, SURROGATE, get, post

SIGN_IN = "/accounts/login/?next="
BETWEEN = "Choose 1 to 10 seats."
NO_SEAT = "on this seat map. The cinema may have changed the layout."
TEN = "&".join(f"{{name}}=A{number}" for number in range(1, 12))
SEATS = [
    "Z99",
    "a1",
    NUL,
    BROKEN,
    SURROGATE,
    EURO,
    LONG,
    "A1+",
    "A-1",
    "A%D9%A1",
    "1A",
    "%5B%22A1%22%5D",
    "A1,A2",
]
REFERENCES = ["NOSUCH", "%00", BROKEN, EURO, LONG, "..%2Fx", "0", HUGE, "a'--"]
TICKET_PAGES = ["", "pay/", "ticket.pdf", "receipt.pdf", "calendar.ics"]
TICKET_FORMS = ["cancel/", "resend/", "tickets/A1/"]

ROWS = [
    # Seats that cannot be held, as a page and as JSON.
    *[
        post("/showtimes/{showtime}/hold/", f"seats={seat}", 400, "invalid_seats", who="ann", headers=JSON)
        for seat in ["", *SEATS]
    ],
    *[
        post("/showtimes/{showtime}/hold/", f"seats={seat}", 400, NO_SEAT, who="ann")
        for seat in (NUL, BROKEN, LONG, "Z99")
    ],
    post("/showtimes/{showtime}/hold/", "", 400, BETWEEN, who="ann"),
    post("/showtimes/{showtime}/hold/", "seats=A1&seats=A1", 400, "invalid_seats", who="ann", headers=JSON),
    post(
        "/showtimes/{showtime}/hold/",
        TEN.replace("{name}", "seats"),
        400,
        "invalid_seats",
        who="ann",
        headers=JSON,
    ),
    post("/showtimes/{showtime}/hold/", "&".join(["seats=A1"] * 19_999), 400, BETWEEN, who="ann"),
    post(
        "/showtimes/{showtime}/hold/",
        '{{"seats": ["A1"]}}',
        400,
        BETWEEN,
        who="ann",
        type="application/json",
    ),
    post("/showtimes/{past}/hold/", "seats=A1", 410, "showtime_closed", who="ann", headers=JSON),
    post("/showtimes/{past}/hold/", "seats=A1", 410, "Online booking is closed.", who="ann"),
    post("/showtimes/{showtime}/hold/", "seats=A1", 401, "login_required", headers=JSON),
    post("/showtimes/{showtime}/hold/", f"seats=A1&seats={NUL}", 302, SIGN_IN),
    post("/showtimes/{showtime}/hold/", "seats=A1", 403, STALE, who="ann", csrf=True),
    post("/showtimes/{showtime}/release/", "seats=%00", 401, "login_required", headers=JSON),
    *[
        post(f"/showtimes/{pk}/{page}/", "seats=A1", 404, NOWHERE, who="ann")
        for page in ("hold", "release", "book")
        for pk in ("0", "999999999999999", HUGE, "-1", "%00")
    ],
    *[get(f"/showtimes/{{showtime}}/{page}/", 405, NOT_A_FORM, who="ann") for page in ("hold", "release")],
    # Booking seats that are not held, with invalid prices.
    *[
        post("/showtimes/{showtime}/book/", f"seat_ids={seat}", status, says, who="bob")
        for seat, status, says in (
            (NUL, 400, NO_SEAT),
            ("Z99", 400, NO_SEAT),
            (LONG, 400, NO_SEAT),
            ("", 400, NO_SEAT),
            ("A5", 409, "Your seats were released."),
        )
    ],
    *[
        post("/showtimes/{showtime}/book/", f"seat_ids=A5&quoted_total={total}", 409, who="bob")
        for total in ("NaN", "-Infinity", "1e999999", HUGE, NUL, BROKEN, "٣", "0x10", LONG)
    ],
    post("/showtimes/{showtime}/book/", "seat_ids=A5", 401, "login_required", headers=JSON),
    post("/showtimes/{past}/book/", "seat_ids=A1", 410, who="bob"),
    get("/showtimes/{showtime}/book/?seat_ids=%00", 302, "/bookings/{others}/", who="bob"),
    get("/showtimes/{showtime}/book/", 302, SIGN_IN),
    # Unknown bookings, and those of other visitors.
    *[
        get(f"/bookings/{reference}/{page}", 404, NOWHERE, who="ann")
        for reference in ["{others}", *REFERENCES]
        for page in TICKET_PAGES
    ],
    *[
        post(f"/bookings/{reference}/{page}", "seats=A1", 404, NOWHERE, who="ann")
        for reference in ["{others}", *REFERENCES[:3]]
        for page in ("pay/", *TICKET_FORMS)
    ],
    *[get(f"/bookings/{{paid}}/{page}", 302, SIGN_IN) for page in TICKET_PAGES],
    *[get(f"/bookings/{{paid}}/{page}", 405, NOT_A_FORM, who="ann") for page in TICKET_FORMS],
    *[
        post(f"/bookings/{{paid}}/{page}", "", 405, NOT_A_FORM, who="ann")
        for page in ("", "ticket.pdf", "receipt.pdf", "calendar.ics")
    ],
    *[get(f"/bookings/{{pending}}/{page}", 404, NOWHERE, who="ann") for page in TICKET_PAGES[2:]],
    # Invalid payments.
    *[
        post(
            "/bookings/{pending}/pay/",
            f"outcome={outcome}",
            400,
            "Nothing was booked or charged.",
            who="ann",
        )
        for outcome in ("", "free", "SUCCESS", NUL, BROKEN, LONG)
    ],
    post("/bookings/{pending}/pay/", "outcome=success", 401, "login_required", headers=JSON),
    post("/bookings/{pending}/pay/", '{{"outcome": "success"}}', 400, who="ann", type="application/json"),
    post("/bookings/{pending}/pay/", "outcome=success", 403, STALE, who="ann", csrf=True),
    # Invalid cancellations.
    *[
        post("/bookings/{paid}/cancel/", f"quoted_refund={amount}", 409, who="ann")
        for amount in ("NaN", "-1", "1e999999", HUGE, NUL, "٣")
    ],
    post("/bookings/{paid}/resend/", "x=%00", 302, "/bookings/{paid}/", who="ann"),
    # Shared tickets.
    *[
        post(f"/bookings/{{paid}}/tickets/{seat}/", "", 404, NOWHERE, who="ann")
        for seat in ("Z99", "a1", NUL, EURO, LONG, "A1A", "A%D9%A1")
    ],
    *[get(f"/tickets/{code}/", 404, "This ticket link doesn’t work") for code in ("nobody", "x" * 40)],
    *[get(f"/tickets/{code}/", 404) for code in (NUL, BROKEN, EURO, LONG, "..%2Fx")],
    post("/tickets/{link}/", "", 405, NOT_A_FORM),
    get("/bookings/", 302, SIGN_IN),
    *[get(f"/bookings/?page={page}", 200, who="ann") for page in ("two", "-1", HUGE, NUL)],
    *[post(path, "", 405, NOT_A_FORM) for path in ("/bookings/worker.js", "/tickets/worker.js")],
    post("/bookings/", "", 405, NOT_A_FORM, who="ann"),
    # Events without a valid signature.
    get("/bookings/webhooks/stripe/", 405, NOT_A_FORM),
    *[
        post(
            "/bookings/webhooks/stripe/",
            body,
            400,
            BARE,
            type="application/json",
            headers={"Stripe-Signature": signature},
        )
        for body in ('{{"id": "evt_1"}}', "\x00")
        for signature in (
            "",
            "t=",
            "t=1,v1=x",
            f"t={'9' * 30},v1=00",
            "t=x,v1=x",
            "v1=" + LONG,
            "é",
            ",,,",
            "t",
        )
    ],
    *[
        post("/bookings/webhooks/stripe/", body, 400, BARE, type="application/json")
        for body in ("", "{{", "[1]", '"x"', "null", "\xff")
    ],
    post("/bookings/webhooks/stripe/", "x" * 300_000, 413, type="application/json"),
    post("/bookings/webhooks/stripe/", "{{}}", 400, environ={"CONTENT_LENGTH": HUGE}),
    post("/bookings/webhooks/stripe/", "{{}}", 400, environ={"CONTENT_LENGTH": "-1"}),
    post("/bookings/webhooks/stripe/", "{{}}", 400, environ={"CONTENT_LENGTH": "٣"}),
]
