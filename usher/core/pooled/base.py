"""What Django looks for in a database backend. Three things cost no round trip here: whether a connection lives, the borders of a savepoint, and planning."""

import select
import time
from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg_pool import ConnectionPool

from .statements import Answer, Statements

ASKED_SECONDS = 1.0  # a server that is gone without a word is found out by the first request after this


class Pooled(Connection[Any]):
    """A connection that knows when it was last asked whether it lives, which statements the server keeps for it, and which commands it owes: they go to
    the server before whatever is asked of it next, and never when the transaction ends before that (docs/decisions/0087).
    """

    asked_at = 0.0
    owed: tuple[str, ...] = ()

    def __init__(self, pgconn: PGconn) -> None:
        super().__init__(pgconn)
        self.statements = Statements(self)

    def ask(self, text: str, values: Sequence[Any]) -> Answer:
        """Do a statement with $1 and so on in its places, planned at its first call and kept. Waits in C, past `wait`: a command that waits for a
        lock in it hears Ctrl-C when the lock is free (docs/decisions/0109)."""
        with self.lock:
            if self.owed or not self.autocommit:
                self._pay()
            return self.statements.ask(text, values)

    def wait(self, *args: Any) -> Any:
        """All that psycopg asks of the server passes here."""
        if self.owed:
            self._pay()
        return super().wait(*args)

    def owe(self, *commands: str) -> None:
        self.owed += commands

    def _pay(self) -> None:
        begins = not self.autocommit and self.pgconn.transaction_status == TransactionStatus.IDLE
        begin = (self._get_tx_start_command(),) if begins else ()
        commands, self.owed = b"; ".join((*begin, *(command.encode() for command in self.owed))), ()
        if commands:
            self.checked(self.pgconn.exec_(commands))

    def checked(self, result: PGresult) -> PGresult:
        """The answer to something, or its error raised."""
        if result.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            return result
        if self.pgconn.status != ConnStatus.OK:
            raise OperationalError(result.get_error_message())
        raise error_from_result(result)

    @property
    def is_at_the_beginning(self) -> bool:
        """Whether nothing was asked or is owed since the last transaction."""
        return not self.owed and self.pgconn.transaction_status == TransactionStatus.IDLE

    def set_autocommit(self, value: bool) -> None:
        """Between two transactions nothing has to be asked of the server for it."""
        if self.is_at_the_beginning:
            self._autocommit = value
        else:
            super().set_autocommit(value)

    def commit(self) -> None:
        """Waits in C, as `ask` does."""
        self.owed = ()
        with self.lock:
            if self.pgconn.transaction_status != TransactionStatus.IDLE:
                self.checked(self.pgconn.exec_(b"COMMIT"))

    def rollback(self) -> None:
        self.owed = ()
        super().rollback()


def look_at(connection: Pooled) -> None:
    """Raise unless it lives (F06). A server that ended has closed its end: then there is something to be read where nothing was asked. What its last
    user owed, who let go of it in the middle of a transaction, is nobody's any more."""
    connection.owed = ()
    now = time.monotonic()
    if now - connection.asked_at > ASKED_SECONDS or _has_heard(connection):
        ConnectionPool.check_connection(connection)
        connection.asked_at = now


def _has_heard(connection: Pooled) -> bool:
    socket = select.poll()
    socket.register(connection.fileno(), select.POLLIN)
    return bool(socket.poll(0))


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with a pool of connections that are looked at, and savepoints that begin and end with other statements.

    A savepoint that nothing stands before in its transaction is the transaction: `whole` are those, and to go back to one is to begin anew.
    """

    whole: frozenset[str] = frozenset()

    @property
    def pool(self) -> ConnectionPool[Pooled] | None:
        options = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == NO_DB_ALIAS or not options:
            return None
        pools: dict[str, ConnectionPool[Pooled]] = self._connection_pools  # type: ignore[attr-defined]
        if self.alias not in pools:
            made = ConnectionPool(
                # psycopg prepares nothing here: it would drop our statements with its own.
                kwargs={**self.get_connection_params(), "autocommit": True, "prepare_threshold": None},
                connection_class=Pooled,
                open=False,
                configure=self._configure_connection,  # type: ignore[attr-defined]
                check=look_at,
                **options,
            )
            pools.setdefault(self.alias, made)  # as Django does: of two threads the first one's counts
        return pools[self.alias]

    def _set_autocommit(self, autocommit: bool) -> None:
        """Django sets it for every request; psycopg would ask the server's state each time."""
        if self.connection.autocommit != autocommit:
            super()._set_autocommit(autocommit)  # type: ignore[misc]

    def _savepoint(self, sid: str) -> None:
        self.whole -= {sid}
        if self._may_owe() and self.connection.is_at_the_beginning:
            self.whole |= {sid}
        else:
            self._owe(self.ops.savepoint_create_sql(sid))

    def _savepoint_rollback(self, sid: str) -> None:
        if sid not in self.whole:
            super()._savepoint_rollback(sid)  # type: ignore[misc]
            return
        with self.wrap_database_errors:
            self.connection.rollback()

    def _savepoint_commit(self, sid: str) -> None:
        if sid not in self.whole:
            self._owe(self.ops.savepoint_commit_sql(sid))
        self.whole -= {sid}

    def _owe(self, command: str) -> None:
        """Later; at once where statements are watched."""
        if self._may_owe():
            self.connection.owe(command)
        else:
            with self.cursor() as cursor:
                cursor.execute(command)

    def _may_owe(self) -> bool:
        return isinstance(self.connection, Pooled) and not self.queries_logged
