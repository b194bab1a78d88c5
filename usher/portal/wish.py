"""What an address asks of a list: search, filters, order, place, selection. Never an error: what makes no sense is dropped."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from usher.core.ids import short, unshort
from usher.core.keyset import Cursor, cursor_text

SIZES = (50, 100, 200)
LONGEST_SEARCH = 200
ANY = "any"


@dataclass(frozen=True)
class Wish:
    """What an address asks of a list. `sel`, `all` and `but` are the selection; `kept` stands for more ids than an address takes:
    those of sel, or with `all` those of but."""

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
    kept: UUID | None = None

    def pairs(self) -> list[tuple[str, str]]:
        """Everything as address pairs, in one stable order."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [(key, value) for key, values in sorted(self.chosen.items()) for value in values]
        pairs += [("sort", ("-" if self.down else "") + self.sort)] if self.sort else []
        pairs += [("cols", ",".join(self.cols))] if self.cols else []
        pairs += [("size", str(self.size))] if self.size != SIZES[0] else []
        pairs += [(self.cursor.way, cursor_text(self.cursor))] if self.cursor else []
        pairs += [("all", "1")] if self.all else []
        pairs += [("selection", short(self.kept))] if self.kept else []
        pairs += [("except", ",".join(map(short, self.but)))] if self.all and self.but else []
        pairs += [("sel", ",".join(map(short, self.sel)))] if self.sel and not self.all else []
        return pairs

    def fresh(self, **changes: Any) -> "Wish":
        """The same wish with other search or filters: back on the first page, nothing selected."""
        return replace(self.unselected(), cursor=None, **changes)

    def unselected(self) -> "Wish":
        return replace(self, sel=(), all=False, but=(), kept=None)


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


def values_of(data: QueryDict, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
    """The values of one filter. A form always sends "any" too, so that nothing ticked means everything, not the default."""
    values = tuple(dict.fromkeys(clean(v) for v in data.getlist(key) if v))
    named = tuple(v for v in values if v != ANY)
    if named:
        return named if named != default else ()
    return (ANY,) if values and default else ()


def split(data: QueryDict, key: str) -> list[str]:
    return [part for text in data.getlist(key) for part in text.split(",") if part]
