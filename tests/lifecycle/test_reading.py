"""Reading a CSV file: every encoding and separator we take, every file we refuse whole, every line we refuse alone."""

import csv
import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usher.core.csv_cells import neutral
from usher.core.refusals import Refused, filled
from usher.lifecycle.reading import COLUMNS, Line, open_csv

PLAIN = "email,first name,last name,department,user group,im group\nann@x.test,Ann,Lée,Sales,North,Chat\nbob@x.test,Bob,Ray,,,\n"


def read(data: bytes | str, most: int | None = None) -> list[Line]:
    return list(open_csv(io.BytesIO(data.encode() if isinstance(data, str) else data)).lines(most))


def refusal(data: bytes | str, most: int | None = None) -> Refused:
    with pytest.raises(Refused) as no:
        read(data, most)
    assert no.value.kind == "invalid" and no.value.field == "file"
    return no.value


def problem(line: str) -> tuple[str | None, str]:
    (found,) = read(line)
    return found.problem, found.field


def test_a_plain_file() -> None:
    """S0-38, S0-39: six columns in this order; the last three may be empty."""
    ann, bob = read(PLAIN)
    assert ann == Line(2, "ann@x.test", "ann@x.test", "Ann", "Lée", "Sales", "North", "Chat", None, "", "")
    assert (bob.first_name, bob.department, bob.problem, bob.line) == ("Bob", "", None, 3)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-16-be-bom"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_encodings_separators_and_line_ends(encoding: str, separator: str, ending: str) -> None:
    """CSV-05: UTF-8 and UTF-16 with and without BOM; comma, semicolon, tab; lone CR as a line end."""
    text = PLAIN.replace(",", separator).replace("\n", ending)
    data = b"\xfe\xff" + text.encode("utf-16-be") if encoding == "utf-16-be-bom" else text.encode(encoding)
    assert [(x.email, x.last_name, x.problem) for x in read(data)] == [("ann@x.test", "Lée", None), ("bob@x.test", "Ray", None)]


def test_the_header_is_optional() -> None:
    """CSV-03: without one the first line is a person; with one the columns may stand in any order."""
    assert [x.line for x in read("ann@x.test,Ann,Lee\nbob@x.test,Bob,Ray")] == [1, 2]
    (swapped,) = read("Last Name;E-Mail;First Name\nLee;ann@x.test;Ann")
    assert (swapped.email, swapped.first_name, swapped.last_name) == ("ann@x.test", "Ann", "Lee")


def test_the_most_rows() -> None:
    """CSV-03, S0-40, S0-12: 9,998 people are read, with or without a header; the 9,999th refuses the file and says so."""
    rows = "".join(f"p{i}@x.test,First,Last\n" for i in range(9_998))
    assert len(read(rows, most=9_998)) == len(read("email,first name,last name\n" + rows, most=9_998)) == 9_998
    assert len(read(rows + "\n  ,,\n\n", most=9_998)) == 9_998, "empty lines are nobody"
    no = refusal(rows + "one@x.test,Too,Many\n", most=9_998)
    assert no.code == "too_many_lines" and "9,998" in no.words
    assert len(read(rows + "one@x.test,Too,Many\n")) == 9_999


@pytest.mark.parametrize("data", ["", "\n\n", "email,first name,last name\n", "\ufeff", ",,,\n", b"\xff\xfe"])
def test_a_file_without_people(data: bytes | str) -> None:
    """CSV-03: 0 rows, only a header, only a BOM."""
    assert refusal(data).code == "no_lines"


def test_latin_1_is_refused_with_the_line() -> None:
    """CSV-05: never guessed, never half read; the words say near which line and how to save it."""
    no = refusal(PLAIN.encode() + "eva@x.test,Eva,Müller\n".encode("latin-1"))
    assert no.code == "not_text" and "line" in no.words and "UTF-8" in no.words


@pytest.mark.parametrize("tail", ['eva@x.test,"Eva,Lee\n', 'eva@x.test,"Eva"x,Lee\n', 'eva@x.test,"' + "x" * 70_000 + '",Lee\n'])
def test_unbalanced_quotes_are_refused_with_the_line(tail: str) -> None:
    """CSV-05: a quote that never closes, text after one, a cell of 70,000 characters: the whole file, with the number of the line."""
    no = refusal(PLAIN + tail)
    assert no.code == "not_csv" and ("Line 4" in no.words or "Line 5" in no.words) and "Nothing was read" in no.words


def test_broken_utf_16_is_refused() -> None:
    """CSV-05: a lone surrogate, an odd number of bytes."""
    text = b"\xff\xfe" + "ann@x.test,Ann,Lee\n".encode("utf-16-le")
    assert refusal(text + b"\x00\xd8" + "x,y\n".encode("utf-16-le")).code == "not_text"
    assert refusal(text + b"a").code == "not_text"


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        ("ann@x.test,Ann\x00,Lee", "hidden_character", "first_name"),
        ("ann\x00@x.test,Ann,Lee", "hidden_character", "email"),
        ('ann@x.test,"Ann\nBcc: eve@x.test",Lee', "hidden_character", "first_name"),
        ('ann@x.test,Ann,"Lee\rx"', "hidden_character", "last_name"),
        ("ann@x.test,Ann,Le\u202ee", "hidden_character", "last_name"),
        ("ann@x.test,,Lee", "empty", "first_name"),
        ("ann@x.test,Ann", "empty", "last_name"),
        ("ann@x.test", "empty", "first_name"),
        (",Ann,Lee", "empty", "email"),
        ("ann@x,Ann,Lee", "bad_email", "email"),
        ("mıke@x.test,Ann,Lee", "look_alike", "email"),
        (f"ann@x.test,{'A' * 65},Lee", "too_long", "first_name"),
        (f"ann@x.test,Ann,Lee,{'D' * 129}", "too_long", "department"),
        ("ann@x.test,Ann,Lee,D,U,I,extra", "too_many_cells", ""),
    ],
)
def test_a_bad_line_is_refused_alone(line: str, code: str, field: str) -> None:
    """CSV-05, CSV-06, S0-39, MAIL-08: with the field and what is wrong; nothing hidden is kept of it."""
    bad, good = read(line + "\nbob@x.test,Bob,Ray")
    assert (bad.problem, bad.field, bad.canonical) == (code, field, None)
    assert bad.said.endswith(".")
    assert all(cell.isprintable() for cell in bad[6:8] + bad[1:2])
    assert good.problem is None


def test_a_newline_inside_quotes_keeps_the_line_numbers() -> None:
    """CSV-05: the number shown is where the row ends in the file as an editor counts."""
    two, three = read('email,first name,last name\nann@x.test,"An\nn",Lee\nbob@x.test,Bob,Ray')
    assert (two.problem, three.problem) == ("hidden_character", None)
    assert three.line == 4


def test_columns_nobody_asked_for_are_ignored_with_a_notice() -> None:
    """CSV-07: role_id, account_id and status give no right and no other account."""
    reader = open_csv(io.BytesIO(b"email,first name,last name,role_id,account_id,Status,\nann@x.test,Ann,Lee,owner,77,active,\n"))
    (ann,) = reader.lines()
    assert reader.ignored == ["role_id", "account_id", "Status"]
    assert ann == Line(2, "ann@x.test", "ann@x.test", "Ann", "Lee", "", "", "", None, "", "")


def test_hostile_cells_stay_text() -> None:
    """CSV-09, CSV-01: markup and formulas are names like others."""
    (ann,) = read('ann@x.test,<script>alert(1)</script>,"=HYPERLINK(""http://evil"",""x"")"')
    assert (ann.first_name, ann.last_name, ann.problem) == ("<script>alert(1)</script>", '=HYPERLINK("http://evil","x")', None)


NAME = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"]), min_size=1, max_size=20)


@given(st.lists(st.tuples(NAME, NAME, NAME), min_size=1, max_size=5))
def test_what_was_exported_reads_back_as_it_was(people: list[tuple[str, str, str]]) -> None:
    """CSV-02: formula cells too; the guard is not doubled and nothing is lost."""
    told = io.StringIO(newline="")
    writer = csv.writer(told)
    writer.writerow(["Email", "First name", "Last name", "Department"])
    for n, person in enumerate(people):
        writer.writerow([f"p{n}@x.test", *(neutral(c) for c in person)])
    found = read(told.getvalue())
    assert [(x.first_name, x.last_name, x.department) for x in found] == people


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """CSV-05: no file is a fault."""
    try:
        for line in read(data):
            assert line.problem is None or line.said
            assert "\x00" not in "".join(str(cell) for cell in line)
    except Refused as no:
        assert no.field == "file"


@given(st.lists(st.lists(st.text(max_size=12), max_size=8), max_size=4))
def test_any_cells_can_be_stored(rows: list[list[str]]) -> None:
    """CSV-05: whatever the cells hold, a line that is handed on can be written to the database."""
    told = io.StringIO(newline="")
    csv.writer(told).writerows([[c.encode("utf-8", "replace").decode() for c in row] for row in rows])
    reader = open_csv(io.BytesIO(told.getvalue().encode()))
    try:
        for line in lines_of(reader.lines()):
            assert not any("\x00" in str(cell) for cell in line)
    except Refused:
        pass
    assert not any("\x00" in name for name in reader.ignored)


def lines_of(lines: Iterator[Line]) -> Iterator[Line]:
    for line in lines:
        assert len(line) == len(COLUMNS) + 7
        yield line


def test_more_cells_than_the_header_has_columns() -> None:
    """CSV-05: a comma too many would shift names into wrong columns; the line is refused with both numbers."""
    (bad,) = read("first name,last name,email\nAnn,Lee,ann@x.test,Sales")
    assert (bad.problem, bad.email) == ("too_many_cells", "ann@x.test")
    assert filled(bad.said, bad.places).startswith("Has 4 cells for 3 columns")


def test_nul_in_a_header_and_in_a_line_too_long() -> None:
    """CSV-05: the two places where a cell is kept before it is checked."""
    reader = open_csv(io.BytesIO(b"email,first name,last name,ro\x00le\nann@x.test,Ann,Lee,x\n"))
    list(reader.lines())
    (bad,) = read("a\x00nn@x.test,Ann,Lee,D,U,I,extra")
    assert "\x00" not in "".join(reader.ignored) + bad.email
