from contextlib import suppress

import psycopg
from django.db.backends.postgresql import base
from psycopg import IsolationLevel
from psycopg.pq import TransactionStatus

from ..limits import limits

GRACE_SECONDS = 0.5  # the server's own end of a statement comes first: it leaves the connection in order
CANCEL_SECONDS = 1


class Connection(psycopg.Connection):
    """Gives up on a server that does not answer in time: a frozen one ends no statement by itself."""

    def wait(self, gen, *args, **kwargs):
        if seconds := limits().statement:
            kwargs["timeout"] = seconds + GRACE_SECONDS
        try:
            return super().wait(gen, *args, **kwargs)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:  # the answer may come yet
                with suppress(psycopg.Error):
                    self.cancel_safe(timeout=CANCEL_SECONDS)
                self.close()
            raise


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params):
        """Neither a pool nor another isolation level than PostgreSQL's default is offered."""
        self.isolation_level = IsolationLevel.READ_COMMITTED
        return Connection.connect(**conn_params)

    def _set_autocommit(self, autocommit):
        super()._set_autocommit(autocommit)
        if not autocommit:
            with self.wrap_database_errors:
                self.connection.execute(limits().as_sql())
