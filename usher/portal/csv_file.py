"""Small CSV files that pages hand out: UTF-8 with BOM, RFC 4180, formula cells neutral (CSV-01)."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

from django.utils import timezone, translation

from usher.core.csv_cells import neutral

BOM = "\ufeff"


def csv_line(cells: list[Any]) -> str:
    """One line, ending included."""
    buffer = StringIO()
    csv.writer(buffer).writerow([neutral(cell) for cell in cells])
    return buffer.getvalue()


def spoken(lines: Iterator[str], language: str = "") -> Iterator[str]:
    """A file in the language and by the clock of its request, or in another: a stream is read when the request and its language are over."""
    return _spoken(lines, language or translation.get_language() or "en", timezone.get_current_timezone_name())


def _spoken(lines: Iterator[str], language: str, zone: str) -> Iterator[str]:
    while True:
        with translation.override(language), timezone.override(zone):
            line = next(lines, None)
        if line is None:
            return
        yield line


def attached(filename: str) -> dict[str, str]:
    """The header that makes a browser save it. `filename` is ours, never what somebody typed (WEB-08)."""
    return {"Content-Disposition": f'attachment; filename="{filename}"'}
