"""What an address asks of a list: search, filters, order, place, selection. Never an error: what makes no sense is dropped."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from usher.core.ids import short, unshort

SIZES = (50, 100, 200)
LONGEST_SEARCH = 200
MOST_BY_HAND = 300
ANY = "any"


@dataclass(frozen=True)
class Cursor:
    """Where a page begins or ends: the value of the sort and the id of the row at its edge."""

    way: Literal["after", "before"]
    value: Any
    id: UUID


@dataclass(frozen=True)
class Wish:
    """What an address asks of a list; `sel`, `all` and `but` are the selection."""

    q: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    down: bool = False
    cursor: Cursor | None = None
    size: int = SIZES[0]
    cols: tuple[str, ...] = ()
    sel: tuple[UUID, ...] = ()
    all: bool = False
    but: tuple[UUID, ...] = ()

    def pairs(self) -> list[tuple[str, str]]:
        """Everything as address pairs, in one stable order."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [(key, value) for key, values in sorted(self.chosen.items()) for value in values]
        pairs += [("sort", ("-" if self.down else "") + self.sort)] if self.sort else []
        pairs += [("cols", ",".join(self.cols))] if self.cols else []
        pairs += [("size", str(self.size))] if self.size != SIZES[0] else []
        pairs += [(self.cursor.way, cursor_text(self.cursor))] if self.cursor else []
        pairs += [("all", "1")] if self.all else []
        pairs += [("except", ",".join(map(short, self.but)))] if self.all and self.but else []
        pairs += [("sel", ",".join(map(short, self.sel)))] if self.sel and not self.all else []
        return pairs

    def fresh(self, **changes: Any) -> "Wish":
        """The same wish with other search or filters: back on the first page, nothing selected."""
        return replace(self, cursor=None, sel=(), all=False, but=(), **changes)


def address(path: str, wish: Wish) -> str:
    """The address of a wish."""
    pairs = wish.pairs()
    return f"{path}?{urlencode(pairs)}" if pairs else path


def clean(text: str) -> str:
    """A search text that the database can take: no NUL, no lone surrogate, not endless."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode().strip()[:LONGEST_SEARCH]


def ids_of(texts: list[str]) -> tuple[UUID, ...]:
    """The ids among these texts, each once."""
    found: dict[UUID, None] = {}
    for text in texts:
        try:
            found[unshort(text)] = None
        except ValueError:
            continue
    return tuple(found)


def cursor_text(cursor: Cursor) -> str:
    told = json.dumps([cursor.value, short(cursor.id)], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(told.encode()).rstrip(b"=").decode()


def cursor_of(kind: str, nullable: bool, data: QueryDict) -> Cursor | None:
    """A cursor of this list's own making, or None: it only says where to look, so it needs no signature."""
    way: Literal["after", "before"] = "before" if data.get("before") else "after"
    text = data.get(way, "")
    try:
        value, id_text = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return Cursor(way, value, unshort(id_text)) if _fits(kind, nullable, value) else None
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def _fits(kind: str, nullable: bool, value: Any) -> bool:
    if value is None:
        return nullable
    if kind == "bigint":
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**62
    if kind == "timestamptz":
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    return isinstance(value, str) and "\0" not in value and value.isascii() | (value == value.encode("utf-8", "ignore").decode())


def values_of(data: QueryDict, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
    """The values of one filter. A form always sends "any" too, so that nothing ticked means everything, not the default."""
    values = tuple(dict.fromkeys(clean(v) for v in data.getlist(key) if v))
    named = tuple(v for v in values if v != ANY)
    if named:
        return named if named != default else ()
    return (ANY,) if values and default else ()


def split(data: QueryDict, key: str) -> list[str]:
    return [part for text in data.getlist(key) for part in text.split(",") if part]
