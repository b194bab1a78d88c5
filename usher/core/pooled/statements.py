"""The statements that the server keeps for a connection: planned at their first call, and from then on written and read without looking anything up.

psycopg can prepare as well, but looks up anew at each call how each parameter is written, and forgets every plan with each ROLLBACK: whoever was refused made
all that came after them on this connection be planned again. Nothing here makes or changes a table in a transaction that may be taken back.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from psycopg import abc
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import FeatureNotSupported, InvalidSqlStatementName
from psycopg.pq.abc import PGresult

if TYPE_CHECKING:
    from .base import Pooled

MOST = 200  # of one connection; the one that was not called for the longest time goes first
STALE = (
    FeatureNotSupported,
    InvalidSqlStatementName,
)  # a table has other columns by now, or the server forgot it: planned anew the next time
Types = tuple[int, ...]


class Answer(NamedTuple):
    """The rows of a statement, and libpq's own answer, which knows the columns."""

    rows: list[tuple[Any, ...]]
    result: PGresult


class Statements:
    """Those of one connection: by their text how values are written and read, by their text and the types of the values their name on the server."""

    def __init__(self, connection: "Pooled") -> None:
        self.connection = connection
        self.transformers: OrderedDict[str, abc.Transformer] = OrderedDict()
        self.names: OrderedDict[tuple[str, Types], bytes] = OrderedDict()
        self.made = 0

    def ask(self, text: str, values: Sequence[Any]) -> Answer:
        """Do one. Raises what the server refuses."""
        transformer = self._transformer(text)
        given = transformer.dump_sequence(values, [PyFormat.AUTO] * len(values))
        known = text, transformer.types or ()
        name = self.names.get(known) or self._prepared(*known)
        self.names.move_to_end(known)
        try:
            result = self.connection.checked(self.connection.pgconn.exec_prepared(name, given, transformer.formats))  # type: ignore[arg-type]
        except STALE:
            del self.names[known]
            raise
        return Answer(_rows(transformer, result), result)

    def _transformer(self, text: str) -> abc.Transformer:
        found = self.transformers.get(text)
        if found is None:
            found = self.transformers[text] = Transformer(self.connection)
            while len(self.transformers) > MOST:
                self.transformers.popitem(last=False)
        self.transformers.move_to_end(text)
        return found

    def _prepared(self, text: str, types: Types) -> bytes:
        """The name of one that is new to the server."""
        self.made += 1
        name = f"usher_{self.made}".encode()
        self.connection.checked(self.connection.pgconn.prepare(name, text.encode(), types))
        self.names[text, types] = name
        while len(self.names) > MOST:
            _longest_ago, gone = self.names.popitem(last=False)
            self.connection.checked(self.connection.pgconn.exec_(b"DEALLOCATE " + gone))
        return name


def _rows(transformer: abc.Transformer, result: PGresult) -> list[tuple[Any, ...]]:
    transformer.set_pgresult(result)
    rows = transformer.load_rows(0, result.ntuples, tuple)
    transformer.set_pgresult(None, set_loaders=False)  # a page of people is not held until the next one
    return rows
