"""The small raw-SQL door: named parameters in, named tuples or dicts out, on Django's own connection."""

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.utils import debug_transaction
from psycopg.pq.abc import PGresult
from psycopg.types.json import Jsonb

Params = Mapping[str, Any]
PLACE = re.compile(r"%(?:\((\w+)\)s|(%))")
JSONB = 3802  # the type's OID in every PostgreSQL


def adapt(params: Params) -> dict[str, Any]:
    """Dicts and lists of dicts become jsonb; everything else is psycopg's business."""
    return {k: Jsonb(v) if isinstance(v, dict) else v for k, v in params.items()}


def rows(sql: str, params: Params | None = None) -> list[dict[str, Any]]:
    """All rows as dicts."""
    with connection.cursor() as cursor:
        cursor.execute(sql, adapt(params or {}))
        return Columns.of(cursor.pgresult).dicts(cursor.fetchall())


def prepared(sql: str, params: Params) -> list[dict[str, Any]]:
    """The same by a statement that each connection plans once and keeps: for what is done to one person at a time, where planning costs more than doing.

    A parameter whose type does not follow from its place needs a cast. Refused by PostgreSQL otherwise.
    """
    here = connections[DEFAULT_DB_ALIAS]
    here.ensure_connection()
    statement = numbered(sql)
    given = [Jsonb(v) if isinstance(v, dict) else v for v in map(params.__getitem__, statement.names)]
    with debug_transaction(here, sql) if here.queries_logged else nullcontext(), here.wrap_database_errors:
        found, result = here.connection.ask(statement.text, given)
    if statement.columns is None or len(statement.columns.names) != result.nfields:
        statement.columns = Columns.of(result)
    return statement.columns.dicts(found)


class Columns(NamedTuple):
    """What a statement answers with. Names and types come from libpq itself: psycopg's description makes an object a column."""

    names: tuple[str, ...]
    json: tuple[str, ...]  # Django leaves jsonb to its fields

    @classmethod
    def of(cls, told: PGresult) -> "Columns":
        """Those of an answer."""
        names = tuple((told.fname(n) or b"").decode() for n in range(told.nfields))
        return cls(names, tuple(name for n, name in enumerate(names) if told.ftype(n) == JSONB))

    def dicts(self, rows: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
        """Rows of that answer."""
        found = [dict(zip(self.names, row, strict=True)) for row in rows]
        for name in self.json:
            for line in found:
                line[name] = None if line[name] is None else json.loads(line[name])
        return found


@dataclass
class Numbered:
    """A statement as PostgreSQL reads it: $1 for the first name; the names in that order; and its columns, once it was answered."""

    text: str
    names: tuple[str, ...]
    columns: Columns | None = None


@lru_cache(maxsize=1024)
def numbered(sql: str) -> Numbered:
    """What is known of a statement. psycopg would read a long text anew at each call."""
    names: dict[str, str] = {}

    def place(found: re.Match[str]) -> str:
        return "%" if found[2] else names.setdefault(found[1], f"${len(names) + 1}")

    return Numbered(PLACE.sub(place, sql), tuple(names))


def row(sql: str, params: Params | None = None) -> dict[str, Any] | None:
    """The first row, or None."""
    found = rows(sql, params)
    return found[0] if found else None


def value(sql: str, params: Params | None = None) -> Any:
    """The first column of the first row, or None."""
    with connection.cursor() as cursor:
        cursor.execute(sql, adapt(params or {}))
        found = cursor.fetchone()
        return found[0] if found else None


def execute(sql: str, params: Params | None = None) -> int:
    """Run it; the number of rows touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, adapt(params or {}))
        return int(cursor.rowcount)


def copy_in(sql: str, lines: Iterable[tuple[Any, ...]]) -> int:
    """COPY … FROM STDIN; the number of lines written."""
    n = 0
    with connection.cursor() as cursor, cursor.copy(sql) as copy:
        for line in lines:
            copy.write_row(line)
            n += 1
    return n


__all__ = ["Jsonb", "Params", "copy_in", "execute", "row", "rows", "value"]
