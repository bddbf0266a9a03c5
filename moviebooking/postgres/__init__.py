"""Django's PostgreSQL backend with an end to every wait; `base` is what Django loads (docs/decisions/0094).

No setting of the session is used, so PgBouncer may stand in front in transaction mode: each transaction says
its own limits (SET LOCAL), and what the server does not end in time this side gives up.
"""
