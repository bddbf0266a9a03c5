from contextlib import suppress

import psycopg
from django.db.backends.postgresql import base
from psycopg import IsolationLevel
from psycopg.pq import TransactionStatus

from ..database_limits import in_request, limits
from .silence import Silence

GRACE_SECONDS = 0.25  # the server's own end of a statement comes first: it leaves the connection in order
CANCEL_SECONDS = 0.5

silence = Silence()


class Connection(psycopg.Connection):
    """Gives up on a server that does not answer in time: a frozen one ends no statement by itself."""

    def wait(self, gen, *args, **kwargs):
        if seconds := limits().statement:
            kwargs["timeout"] = silence.patience(seconds + GRACE_SECONDS)
        try:
            return super().wait(gen, *args, **kwargs)
        except psycopg.OperationalError as error:
            if error.sqlstate is None and self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self._give_up()  # the server said nothing, and may say it yet
            raise

    def _give_up(self):
        try:
            self.cancel_safe(timeout=CANCEL_SECONDS)
        except psycopg.Error:
            silence.begins()
        with suppress(psycopg.Error):
            self.close()


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params):
        """Neither a pool nor another isolation level than PostgreSQL's default is offered."""
        self.isolation_level = IsolationLevel.READ_COMMITTED
        if in_request():
            silence.refuse()
        try:
            connection = Connection.connect(**conn_params)
        except psycopg.errors.ConnectionTimeout:
            silence.begins()
            raise
        silence.ends()
        return connection

    def _set_autocommit(self, autocommit):
        super()._set_autocommit(autocommit)
        if not autocommit:
            with self.wrap_database_errors:
                self.connection.execute(limits().as_sql())
