"""usher.core.csv_cells: what a spreadsheet would run is made harmless on the way out, and itself again on the way in."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usher.core.csv_cells import neutral, raw


@pytest.mark.parametrize(
    "cell",
    ['=HYPERLINK("http://evil","x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '"=1', "＝1", "＋1", " =1", '  "=1', "－1", "＠x"],
)
def test_a_formula_is_made_text(cell: str) -> None:
    """CSV-01"""
    assert neutral(cell).startswith("'")
    assert raw(neutral(cell)) == cell


@pytest.mark.parametrize("cell", ["Ann", "O'Brien", "'tis", "", "1", "a=b", "ann@example.com", None, 7])
def test_plain_text_stays_as_it_is(cell: object) -> None:
    """CSV-01: only what looks like a formula is guarded."""
    assert neutral(cell) == ("" if cell is None else str(cell))


@given(st.text())
def test_export_import_export_is_the_same(cell: str) -> None:
    """CSV-02: for any text, the guard comes off at import and is never doubled."""
    assert raw(neutral(cell)) == cell
    assert neutral(raw(neutral(cell))) == neutral(cell)


@given(st.lists(st.text(st.characters(exclude_characters="\r\n\x00", exclude_categories=["Cs"])), min_size=1, max_size=6))
def test_a_written_row_reads_back(cells: list[str]) -> None:
    """CSV-02, RFC 4180: through the writer and the reader that export and import use."""
    text = io.StringIO()
    csv.writer(text).writerow([neutral(c) for c in cells])
    (found,) = csv.reader(io.StringIO(text.getvalue(), newline=""), strict=True)
    assert [raw(c) for c in found] == cells


@given(st.text(min_size=1))
def test_what_is_written_is_no_formula(cell: str) -> None:
    """CSV-01: whatever goes in, no exported cell starts as a spreadsheet's formula does."""
    assert neutral(cell)[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n"}
