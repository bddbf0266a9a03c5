"""Django's PostgreSQL backend with a timeout for every wait (docs/decisions/0094). Django loads `base`.

It changes no session settings, so PgBouncer in transaction mode may be in front: each transaction sets its
own limits (SET LOCAL), and the client gives up if the server doesn't end a statement in time.
"""
