"""Small CSV files that pages hand out: UTF-8 with BOM, RFC 4180, formula cells neutral (CSV-01)."""

import csv
from io import StringIO
from typing import Any

from usher.core.csv_cells import neutral

BOM = "\ufeff"


def csv_line(cells: list[Any]) -> str:
    """One line, ending included."""
    buffer = StringIO()
    csv.writer(buffer).writerow([neutral(cell) for cell in cells])
    return buffer.getvalue()


def attached(filename: str) -> dict[str, str]:
    """The header that makes a browser save it. `filename` is ours, never what somebody typed (WEB-08)."""
    return {"Content-Disposition": f'attachment; filename="{filename}"'}
