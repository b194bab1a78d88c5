"""What Django looks for in a database backend. A look at the socket replaces the round trip to the server that each request began with."""

import select
import time
from typing import Any

from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from psycopg import Connection
from psycopg_pool import ConnectionPool

ASKED_SECONDS = 1.0  # a server that is gone without a word is found out by the first request after this


class Pooled(Connection[Any]):
    """A connection that knows when it was last asked whether it lives."""

    asked_at = 0.0


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
    """Django's, with a pool of connections that are looked at."""

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
