"""Cells of CSV files: what a spreadsheet would run is made harmless on the way out and itself again on the way in (CSV-01, CSV-02, RFC 4180)."""

import unicodedata

GUARD = "'"
DANGEROUS = frozenset("=+-@\t\r\n")


def neutral(cell: object) -> str:
    """The cell for export: text that a spreadsheet could take for a formula starts with an apostrophe."""
    text = "" if cell is None else str(cell)
    return GUARD + text if _starts_like_formula(text) or (text.startswith(GUARD) and _starts_like_formula(text.lstrip(GUARD))) else text


def raw(cell: str) -> str:
    """The reverse, at import: one guarding apostrophe is taken off, so that export -> import -> export is the same."""
    return cell[1:] if cell.startswith(GUARD) and _starts_like_formula(cell.lstrip(GUARD)) else cell


def _starts_like_formula(text: str) -> bool:
    bare = text.lstrip(' "')
    first = text[:1] if text[:1] in DANGEROUS else bare[:1]
    return bool(first) and (first in DANGEROUS or (not first.isascii() and unicodedata.normalize("NFKC", first)[:1] in DANGEROUS))
