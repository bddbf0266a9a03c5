"""Keep a row locked from another database connection."""

from contextlib import contextmanager
from threading import Event, Thread
from unittest import skipUnless

from django.db import connection, connections, transaction

on_postgresql = skipUnless(connection.vendor == "postgresql", "SQLite locks no rows: set DATABASE_URL")


@contextmanager
def locked(row):
    has_it, let_go = Event(), Event()

    def keep():
        with transaction.atomic():
            type(row).objects.select_for_update().get(pk=row.pk)
            has_it.set()
            let_go.wait(timeout=60)
        connections.close_all()

    keeper = Thread(target=keep)
    keeper.start()
    has_it.wait(timeout=10)
    try:
        yield
    finally:
        let_go.set()
        keeper.join()
