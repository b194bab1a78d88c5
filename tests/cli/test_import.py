"""`usher people import`: what is read, what is refused, what every line gets."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.told import HEADER, Told
from usher.core import sql

Cli = Callable[..., Told]


@pytest.fixture
def load(cli: Cli, tmp_path: Path) -> Callable[..., Told]:
    """`load(text or bytes, *options)`: import a file."""

    def load(text: str | bytes, *options: str, name: str = "people.csv") -> Told:
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return cli("people", "import", str(file), *options)

    return load


def person(cli: Cli, email: str) -> dict[str, Any]:
    return cli("people", "show", email).answer


def test_everybody_gets_the_same_and_their_own_cells(cli: Cli, load: Cli) -> None:
    """S0-37, S0-38, S0-39, S0-42, S0-45: six columns, three of them optional; license, add-ons and department for the whole file."""
    assert cli("groups", "create", "Nurses").code == 0
    assert cli("im-groups", "create", "Ward 3").code == 0
    done = load(
        f"{HEADER}\nann@a.test,Ann,Ash,Care,Nurses,ward 3\nben@a.test,Ben,Birch,,,\n",
        *("--license", "meetings:licensed", "--add-on", "phone", "--add-on", "webinar:500", "--department", "Night"),
    )
    assert (done.code, done.counts) == (0, {"new": 2})
    assert done.answer["seats"] == {
        "meetings:licensed": {"before": 10, "after": 8},
        "phone": {"before": 5, "after": 3},
        "webinar:500": {"before": 5, "after": 3},
    }
    ann, ben = person(cli, "ANN@a.test"), person(cli, "ben@a.test")
    assert (ann["name"], ann["department"], ann["group"], ann["status"]) == ("Ann Ash", "Care", "Nurses", "pending")
    assert (ben["department"], ben["group"], ben["license"], ben["add_ons"]) == ("Night", "", "meetings:licensed", ["phone", "webinar:500"])
    im = sql.value("SELECT g.name FROM people_user u JOIN people_group g ON g.id = u.im_group_id WHERE u.canonical = 'ann@a.test'")
    assert im == "Ward 3"


@pytest.mark.parametrize("column", [0, 1, 2])
def test_the_first_three_cells_are_needed(load: Cli, column: int) -> None:
    """S0-39."""
    cells = ["ann@a.test", "Ann", "Ash"]
    cells[column] = ""
    no = load(",".join(cells) + "\nben@a.test,Ben,Birch\n")
    assert (no.code, no.counts) == (4, {"new": 1, "refused": 1})
    assert no.answer["refusals"][0]["line"] == 1
    assert no.answer["refusals"][0]["field"] == ("email", "first_name", "last_name")[column]


def test_licensed_only_while_seats_are_free(load: Cli) -> None:
    """S0-43."""
    text = "".join(f"p{i}@a.test,F,L\n" for i in range(11))
    no = load(text, "--license", "meetings:licensed")
    assert (no.code, no.answer["code"], no.answer["details"]) == (3, "no_seat", {"product": "meetings:licensed", "needed": 11, "free": 10})
    assert load(text, "--license", "meetings:licensed", "--dry-run").answer["missing"] == {"meetings:licensed": 1}


def test_on_prem_only_with_meeting_connector(cli: Cli, load: Cli) -> None:
    """S0-44."""
    assert cli("seats", "set", "meetings:on_prem", "5").code == 0
    no = load("ann@a.test,Ann,Ash\n", "--license", "meetings:on_prem")
    assert (no.code, no.answer["code"], no.answer["field"]) == (3, "switched_off", "license")
    assert cli("account", "settings", "--meeting-connector", "on").counts == {"updated": 1}
    assert load("ann@a.test,Ann,Ash\n", "--license", "meetings:on_prem").code == 0


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--license", "meetings:gold"], "products"),
        (["--add-on", "webinar:500"], "products"),
        (["--license", "meetings:licensed", "--add-on", "webinar:500", "--add-on", "events:500"], "products"),
        (["--group", "Nobody"], "no_group"),
        (["--im-group", "Nobody"], "no_group"),
        (["--manager", "nobody@a.test"], "no_manager"),
        (["--department", "x" * 129], "too_long"),
    ],
)
def test_choices_that_cannot_be_are_refused_before_anything_is_read(load: Cli, options: list[str], code: str) -> None:
    """S0-45; LIC-08."""
    no = load("ann@a.test,Ann,Ash\n", *options)
    assert (no.code, no.answer["code"]) == (3, code)
    assert "Read" not in no.stderr


@pytest.mark.parametrize(("text", "code"), [("", "no_lines"), (HEADER, "no_lines"), ("\n\n\n", "no_lines")])
def test_nobody_in_the_file(load: Cli, text: str, code: str) -> None:
    """CSV-03: empty and only a header are refused; 9,999 rows are test_contract's, because here any size is taken (R14)."""
    no = load(text)
    assert (no.code, no.answer["code"], no.answer["field"]) == (3, code, "file")


TWO = f"{HEADER}\nann@a.test,Ann,Äsch,,,\nben@a.test,Ben,Birch,,,\n"


@pytest.mark.parametrize(
    "data",
    [
        TWO.encode(),
        TWO.encode("utf-8-sig"),
        TWO.encode("utf-16"),
        TWO.encode("utf-16-le"),
        TWO.encode("utf-16-be"),
        TWO.replace(",", ";").encode(),
        TWO.replace(",", "\t").encode(),
        TWO.replace("\n", "\r\n").encode(),
        TWO.replace("\n", "\r").encode(),
        TWO.replace(HEADER + "\n", "").encode(),
        TWO.replace("Birch", '"Birch"').encode(),
    ],
)
def test_what_is_read(cli: Cli, load: Cli, data: bytes) -> None:
    """CSV-05: UTF-8 and UTF-16, with and without BOM, three separators, three line ends, with and without header."""
    assert load(data).counts == {"new": 2}
    assert person(cli, "ann@a.test")["last_name"] == "Äsch"


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        (TWO.encode("latin-1"), "not_text", "near line"),
        (b'ann@a.test,Ann,"Ash\nben@a.test,Ben,Birch\n', "not_csv", "Line 2"),
        (b'ann@a.test,"Ann"n,Ash\n', "not_csv", "Line 1"),
        (TWO.encode() + b"carl@a.test,Carl,\xed\xa0\x80\n", "not_text", "near line"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 40, "not_text", "near line"),
        (b"ann@a.test,Ann," + b"x" * 70_000 + b"\n", "not_csv", "Line 1"),
        (b"ann@a.test,Ann,Ash\n" + b"x" * 3_000_000, "not_csv", "Line 2 is not CSV: it is longer than"),
    ],
)
def test_what_cannot_be_read_is_refused_whole(load: Cli, data: bytes, code: str, says: str) -> None:
    """CSV-05: never half read; the line is named."""
    from tests.people_of import rows_written

    before = rows_written()
    no = load(data)
    assert (no.code, no.answer["code"]) == (3, code)
    assert says in no.answer["reason"]
    assert rows_written() == before


@pytest.mark.parametrize("cell", ["A\x00nn", '"A\nnn"', "A\x1b[31mnn", "A\u202enn", "A\u200bnn"])
def test_a_hidden_character_costs_its_line_only(load: Cli, cell: str) -> None:
    """CSV-05, AUDIT-04: NUL, a line break in quotes, an escape sequence, bidi and zero-width characters."""
    part = load(f"ann@a.test,{cell},Ash\nben@a.test,Ben,Birch\n")
    assert (part.code, part.counts) == (4, {"new": 1, "refused": 1})
    assert part.answer["refusals"][0]["code"] == "hidden_character"


def test_same_address_twice_and_people_who_are_known(load: Cli, northlake: Any, southport: Any) -> None:
    """CSV-06: the first good line counts; who is here stays; somebody of another account is invited and nothing is said about it."""
    lines = [
        "ann@a.test,Ann,Ash",
        "ANN@A.test,Anna,Ash",
        f"member@{northlake.domain},New,Name",
        f"OWNER@{northlake.domain},New,Name",
        f"member@{southport.domain},Sue,South",
    ]
    part = load("\n".join(lines))
    assert (part.code, part.counts) == (4, {"new": 2, "unchanged": 2, "refused": 1})
    assert [(r["line"], r["code"]) for r in part.answer["refusals"]] == [(2, "twice")]
    assert sql.value("SELECT first_name FROM people_user WHERE canonical = %(c)s", {"c": f"owner@{northlake.domain}"}) == "Olga"


def test_columns_nobody_asked_for_are_ignored_with_a_notice(cli: Cli, load: Cli) -> None:
    """CSV-07."""
    done = load("role_id,email,first name,last name,account_id,status\n1,ann@a.test,Ann,Ash,2,active\n")
    assert (done.code, done.counts) == (0, {"new": 1})
    assert "Not read, because unknown: role_id, account_id, status." in done.stderr
    ann = person(cli, "ann@a.test")
    assert (ann["role"], ann["status"]) == ("member", "pending")


def test_unknown_columns_behind_the_known_ones_are_ignored_too(load: Cli) -> None:
    """CSV-02, CSV-07: what an export and a file of refusals have behind the six columns."""
    assert load(f"{HEADER},status\nann@a.test,Ann,Ash,,,,active\n").counts == {"new": 1}


def test_more_cells_than_columns_cost_the_line(load: Cli) -> None:
    """CSV-07."""
    part = load("ann@a.test,Ann,Ash,,,,owner\nben@a.test,Ben,Birch,,,\n")
    assert [(r["line"], r["code"]) for r in part.answer["refusals"]] == [(1, "too_many_cells")]


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>.csv", "a\nb\x1b[2J.csv", "..csv", "x" * 250 + ".csv", "caf\udce9.csv"])
def test_a_file_name_is_shown_and_never_used(cli: Cli, load: Cli, name: str) -> None:
    """CSV-08: also a name that is no Unicode; the refusals do not lie under it."""
    part = load("ann@a.test,Ann,Ash\nbad@,B,C\n", name=name)
    assert part.code == 4
    assert Path(part.answer["refusals_file"]).name == f"{part.answer['change_id']}.csv"
    shown = cli("change", "show", part.answer["change_id"]).answer
    assert shown["params"]["file"].isprintable()
    assert "/" not in shown["params"]["file"]


def test_refusals_as_a_file_that_is_corrected_and_imported_again(load: Cli, tmp_path: Path) -> None:
    """CSV-01, CSV-09: cells are neutral there; the reasons stand behind, in columns an import ignores."""
    where = tmp_path / "left.csv"
    part = load('ann@,"=HYPERLINK(""http://evil"")",Ash,Care,,\nben@a.test,Ben,Birch\n', "--refusals", str(where))
    assert part.answer["refusals_file"] == str(where)
    header, line = csv.reader(where.open(newline=""))
    assert header[:6] == ["Email", "First name", "Last name", "Department", "User group", "IM group"]
    assert line[:4] == ["ann@", '\'=HYPERLINK("http://evil")', "Ash", "Care"]
    assert line[6:9] == ["1", "email", "bad_email"]
    again = load(where.read_text().replace("ann@", "ann@a.test"))
    assert (again.code, again.counts) == (0, {"new": 1})
    assert sql.value("SELECT first_name FROM people_user WHERE canonical = 'ann@a.test'") == '=HYPERLINK("http://evil")'


def test_refusals_that_cannot_be_written_are_said(load: Cli, tmp_path: Path) -> None:
    part = load("ann@a.test,Ann,Ash\nbad@,B,C\n", "--refusals", str(tmp_path / "none" / "left.csv"))
    assert (part.code, part.counts) == (4, {"new": 1, "refused": 1})
    assert part.answer["refusals_file"] is None
    assert [r["line"] for r in part.answer["refusals"]] == [2]
    assert "could not be written" in part.stderr


def test_at_most_1000_refusals_are_told_and_all_are_written(load: Cli) -> None:
    part = load("ann@a.test,Ann,Ash\n" + "bad@,B,C\n" * 1_200)
    assert (part.code, part.counts) == (4, {"new": 1, "refused": 1_200})
    assert len(part.answer["refusals"]) == 1_000
    assert len(Path(part.answer["refusals_file"]).read_text().splitlines()) == 1_201


def test_first_invites_whom_the_seats_fit(cli: Cli, load: Cli) -> None:
    """LIC-03 in small: with --first exactly as many as fit, in the order of the file, and a list of the others."""
    text = "".join(f"p{i:02}@a.test,F,L\n" for i in range(14))
    part = load(text, "--license", "meetings:licensed", "--first")
    assert (part.code, part.counts) == (4, {"new": 10, "skipped": 4})
    assert [r["email"] for r in part.answer["refusals"]] == [f"p{i}@a.test" for i in range(10, 14)]
    assert {r["code"] for r in part.answer["refusals"]} == {"no_seat"}
    assert part.answer["seats"] == {"meetings:licensed": {"before": 10, "after": 0}}


def test_a_dry_run_tells_all_and_writes_nothing(load: Cli) -> None:
    from tests.people_of import rows_written

    before = rows_written()
    told = load("ann@a.test,Ann,Ash\nann@a.test,Ann,Ash\nbad@,B,C\n", "--license", "meetings:licensed", "--dry-run")
    assert told.code == 0
    assert (told.answer["state"], told.answer["change_id"], told.counts) == ("planned", None, {"new": 1, "refused": 2})
    assert told.answer["seats"] == {"meetings:licensed": {"before": 10, "after": 9}}
    assert [r["code"] for r in told.answer["refusals"]] == ["twice", "bad_email"]
    assert told.answer["refusals_file"] is None
    assert rows_written() == before


@pytest.mark.parametrize(("line", "code"), [("bad@,B,C", "bad_email"), ("ann@a.test,Ann,Ash,,Nobody,", "no_group")])
def test_a_file_of_one_wrong_line(load: Cli, line: str, code: str) -> None:
    no = load(line)
    assert (no.code, no.answer["state"], no.counts) == (3, "refused", {"refused": 1})
    assert [(r["line"], r["code"]) for r in no.answer["refusals"]] == [(1, code)]
    assert Path(no.answer["refusals_file"]).exists()


def test_the_same_file_again_later_changes_nobody(load: Cli) -> None:
    """CSV-11: a second import is a Change of its own that finds everybody here."""
    text = "ann@a.test,Ann,Ash\nben@a.test,Ben,Birch\n"
    first, second = load(text), load(text)
    assert (second.code, second.counts) == (0, {"unchanged": 2})
    assert second.answer["change_id"] != first.answer["change_id"]


def test_a_key_is_one_wish(load: Cli) -> None:
    """CSV-11, F20: under one key the same file is done once; another file or other choices are refused."""
    text = "ann@a.test,Ann,Ash\nben@a.test,Ben,Birch\n"
    first, second = load(text, "--key", "hr-7"), load(text, "--key", "hr-7")
    assert second.answer["change_id"] == first.answer["change_id"]
    assert second.counts == {"new": 2}
    assert load(text, "--key", "hr-7", "--license", "meetings:licensed").answer["code"] == "key_reused"
    assert load(text + "carl@a.test,Carl,C\n", "--key", "hr-7").answer["code"] == "key_reused"
