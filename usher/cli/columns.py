"""Lists on stdout: aligned with a heading on a terminal, one line of tab-separated cells for a program."""

import sys
import unicodedata
from collections.abc import Sequence

WIDEST = 48


def lined_up(heading: Sequence[str], lines: Sequence[Sequence[object]]) -> str:
    """The lines as text; no heading when nobody looks."""
    cells = [[_one_line(cell) for cell in line] for line in lines]
    if not sys.stdout.isatty():
        return "\n".join("\t".join(line) for line in cells)
    shown = [[_cut(cell) for cell in line] for line in [list(heading), *cells]]
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
