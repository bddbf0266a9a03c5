import select
from contextlib import suppress
from time import monotonic

import psycopg
from django.db import transaction
from django.db.backends.postgresql import base
from psycopg import IsolationLevel
from psycopg.pq import TransactionStatus

from ..database_limits import in_request, limits, longest_wait, record_wait
from .silence import Silence

GRACE_SECONDS = 0.25  # lets the server's own timeout come first, which keeps the connection usable
CANCEL_SECONDS = 0.5
WRITES = ("INSERT", "UPDATE", "DELETE")

silence = Silence()


class Connection(psycopg.Connection):
    """Give up on a server that doesn't respond in time. A frozen server doesn't end statements by itself."""

    def wait(self, gen, *args, **kwargs):
        if (seconds := longest_wait()) is not None:
            kwargs["timeout"] = silence.patience(seconds + GRACE_SECONDS)
        begun = monotonic()
        try:
            response = super().wait(gen, *args, **kwargs)
        except psycopg.OperationalError as error:
            if error.sqlstate is None and self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self._give_up(gen)  # no response yet; it may still come
            raise
        finally:
            record_wait(monotonic() - begun)
        silence.ends()
        return response

    def _give_up(self, gen):
        """Cancel the statement and close the connection. Without a response to either, the server is silent.

        PgBouncer accepts a cancellation by itself, so what counts is that the statement ends.
        """
        try:
            self.cancel_safe(timeout=CANCEL_SECONDS)
            super().wait(gen, timeout=CANCEL_SECONDS)
        except psycopg.errors.QueryCanceled:
            silence.ends()
        except psycopg.Error:
            silence.begins()
        with suppress(psycopg.Error):
            self.close()


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(self._limit_single_writes)

    def _limit_single_writes(self, execute, sql, params, many, context):
        """Run a request's write outside a transaction in one of its own, which has the limits."""
        is_single = in_request() and not self.in_atomic_block
        if not (is_single and sql.startswith(WRITES)):
            return execute(sql, params, many, context)
        with transaction.atomic(using=self.alias):
            return execute(sql, params, many, context)

    def get_new_connection(self, conn_params):
        """Connect without a pool, at PostgreSQL's default isolation level. Nothing else is supported."""
        self.isolation_level = IsolationLevel.READ_COMMITTED
        if in_request():
            silence.refuse()
            self._refuse_when_out_of_time()
        begun = monotonic()
        try:
            return Connection.connect(**conn_params)
        except psycopg.errors.ConnectionTimeout:
            silence.begins()
            raise
        finally:
            record_wait(monotonic() - begun)

    def _refuse_when_out_of_time(self):
        if longest_wait() == 0:
            raise psycopg.OperationalError("the request has waited for PostgreSQL for too long")

    def is_usable(self):
        """Return False if the server has closed the connection. Django asks this once per request.

        Django sends a statement to find out. But nothing can be read from an idle connection unless it has
        been closed or the server has something to say, so only then is a statement needed.
        """
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return super().is_usable() if poll.poll(0) else True

    def _set_autocommit(self, autocommit):
        super()._set_autocommit(autocommit)
        if not autocommit:
            with self.wrap_database_errors:
                self.connection.execute(limits().as_sql())
