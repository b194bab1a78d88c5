"""What Django looks for in a database backend. Two things cost no round trip here: whether a connection lives, and the borders of a savepoint."""

import select
import time
from typing import Any

from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from psycopg import Connection
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg_pool import ConnectionPool

ASKED_SECONDS = 1.0  # a server that is gone without a word is found out by the first request after this


class Pooled(Connection[Any]):
    """A connection that knows when it was last asked whether it lives, and which commands it owes: they go to the server with the next statement, and
    never when the transaction ends before there is one.
    """

    asked_at = 0.0
    owed: tuple[str, ...] = ()

    def wait(self, *args: Any) -> Any:
        """All that is asked of the server passes here."""
        if self.owed:
            self._pay()
        return super().wait(*args)

    def _pay(self) -> None:
        begins = not self.autocommit and self.info.transaction_status == TransactionStatus.IDLE
        commands, self.owed = "; ".join(("BEGIN", *self.owed) if begins else self.owed), ()
        done = self.pgconn.exec_(commands.encode())
        if done.status != ExecStatus.COMMAND_OK:
            raise error_from_result(done)

    def commit(self) -> None:
        self.owed = ()
        super().commit()

    def rollback(self) -> None:
        self.owed = ()
        super().rollback()


def look_at(connection: Pooled) -> None:
    """Raise unless it lives (F06). A server that ended has closed its end: then there is something to be read where nothing was asked."""
    now = time.monotonic()
    if now - connection.asked_at > ASKED_SECONDS or _has_heard(connection):
        ConnectionPool.check_connection(connection)
        connection.asked_at = now


def _has_heard(connection: Pooled) -> bool:
    socket = select.poll()
    socket.register(connection.fileno(), select.POLLIN)
    return bool(socket.poll(0))


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with a pool of connections that are looked at, and savepoints that begin and end with other statements."""

    @property
    def pool(self) -> ConnectionPool[Pooled] | None:
        options = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == NO_DB_ALIAS or not options:
            return None
        pools: dict[str, ConnectionPool[Pooled]] = self._connection_pools  # type: ignore[attr-defined]
        if self.alias not in pools:
            made = ConnectionPool(
                kwargs={**self.get_connection_params(), "autocommit": True},
                connection_class=Pooled,
                open=False,
                configure=self._configure_connection,  # type: ignore[attr-defined]
                check=look_at,
                **options,
            )
            pools.setdefault(self.alias, made)  # as Django does: of two threads the first one's counts
        return pools[self.alias]

    def _savepoint(self, sid: str) -> None:
        self._owe(self.ops.savepoint_create_sql(sid))

    def _savepoint_commit(self, sid: str) -> None:
        self._owe(self.ops.savepoint_commit_sql(sid))

    def _owe(self, command: str) -> None:
        """Later; at once where statements are watched."""
        if self.queries_logged or not isinstance(self.connection, Pooled):
            with self.cursor() as cursor:
                cursor.execute(command)
        else:
            self.connection.owed += (command,)
