"""Lists on stdout: aligned with a heading on a terminal, one line of tab-separated cells for a program; and how the long ones are paged."""

import sys
import unicodedata
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from .door import emit, progress, wants_json

if TYPE_CHECKING:
    from usher.core.keyset import Cursor

MOST_LISTED = 10_000
WIDEST = 48

limited = click.option("--limit", type=click.IntRange(1, MOST_LISTED), default=50, show_default=True)


def paged(function: Callable[..., Any]) -> Callable[..., Any]:
    """--limit and --after."""
    return limited(click.option("--after", metavar="CURSOR", help="Go on after a page; its `next` is the cursor.")(function))


def tell_page(kind: str, found: list[dict[str, Any]], after: "Cursor | str | None", row: Sequence[str], nothing: str) -> None:
    """A page as one object under its kind, else lined up in the columns of `row`; and how to go on after it, a cursor or its text."""
    from usher.core.keyset import cursor_text

    following = after if isinstance(after, str) or after is None else cursor_text(after)
    lines = [[" ".join(f[c]) if isinstance(f[c], list) else f[c] for c in row] for f in found]
    emit({kind: found, "next": following}, text=lined_up(row, lines) or nothing)
    if following and not wants_json():
        progress(f"More with: --after '{following}'")


def lined_up(heading: Sequence[str], lines: Sequence[Sequence[object]]) -> str:
    """The lines as text; no heading when nobody looks, nothing where there are none."""
    if not lines:
        return ""
    cells = [[_one_line(cell) for cell in line] for line in lines]
    if not sys.stdout.isatty():
        return "\n".join("\t".join(line) for line in cells)
    shown = [[_cut(cell) for cell in line] for line in [[key.replace("_", "-") for key in heading], *cells]]
    widths = [max(_width(line[i]) for line in shown) for i in range(len(heading))]
    return "\n".join("  ".join(c + " " * (w - _width(c)) for c, w in zip(line, widths, strict=True)).rstrip() for line in shown)


def _one_line(cell: object) -> str:
    """No control character of a name reaches the terminal (AUDIT-04)."""
    text = "" if cell is None else str(cell)
    return "".join(c if c.isprintable() or c == "\u00a0" else c.encode("unicode_escape").decode() for c in text)


def _cut(cell: str) -> str:
    return cell if len(cell) <= WIDEST else cell[: WIDEST - 1] + "…"


def _width(text: str) -> int:
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
