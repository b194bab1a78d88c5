"""`usher people add`, `list`, `show`, `export`."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.cli.told import Told

Cli = Callable[..., Told]
FORMULAS = ['=HYPERLINK("http://evil","x")', "+1", "-1", "@SUM", '"=1', "＝1", "'=1", "'plain"]


def emails(told: Told) -> list[str]:
    return [p["email"] for p in told.answer["people"]]


def test_add_takes_addresses_apart_or_together(cli: Cli) -> None:
    done = cli("people", "add", "ann@a.test,ben@a.test", "carl@a.test", "--license", "meetings:licensed", "--add-on", "phone")
    assert (done.code, done.counts) == (0, {"new": 3})
    assert done.answer["seats"]["phone"] == {"before": 5, "after": 2}
    assert cli("people", "show", "carl@a.test").answer["add_ons"] == ["phone"]


def test_add_tells_which_address_is_wrong(cli: Cli) -> None:
    part = cli("people", "add", "ann@a.test", "bad@", "Ann@a.test")
    assert (part.code, part.counts) == (4, {"new": 1, "refused": 2})
    assert [(r["line"], r["email"], r["code"]) for r in part.answer["refusals"]] == [(2, "bad@", "bad_email"), (3, "Ann@a.test", "twice")]


def test_add_somebody_who_is_here(cli: Cli, northlake: Any) -> None:
    same = cli("people", "add", f"member@{northlake.domain}")
    assert (same.code, same.answer["state"], same.answer["change_id"], same.counts) == (0, "unchanged", None, {"unchanged": 1})


def test_add_without_a_seat(cli: Cli) -> None:
    assert cli("seats", "set", "meetings:licensed", "0").code == 0
    no = cli("people", "add", "ann@a.test", "--license", "meetings:licensed")
    assert (no.code, no.answer["code"], no.answer["refusals"]) == (3, "no_seat", [])


def test_add_dry_run(cli: Cli) -> None:
    from tests.people_of import rows_written

    before = rows_written()
    told = cli("people", "add", "ann@a.test", "--dry-run")
    assert (told.code, told.answer["state"], told.counts) == (0, "planned", {"new": 1})
    assert rows_written() == before


def test_a_free_account_adds_nobody(cli: Cli) -> None:
    from usher.accounts.models import Account

    Account.objects.update(plan="free")
    no = cli("people", "add", "ann@a.test")
    assert (no.code, no.answer["code"]) == (3, "plan")


def test_list_filters_sorts_and_pages(cli: Cli, northlake: Any, southport: Any) -> None:
    d = northlake.domain
    assert emails(cli("people", "list", "--sort", "email")) == [f"{n}@{d}" for n in ("admin", "member", "owner", "pending")]
    assert emails(cli("people", "list", "--sort", "-email", "--limit", "1")) == [f"pending@{d}"]
    assert emails(cli("people", "list", "--status", "pending")) == [f"pending@{d}"]
    assert emails(cli("people", "list", "--role", "owner", "--role", "admin", "--sort", "email")) == [f"admin@{d}", f"owner@{d}"]
    assert emails(cli("people", "list", "--search", "OLGA")) == [f"owner@{d}"]
    assert emails(cli("people", "list", "--search", "%")) == []
    assert emails(cli("people", "list", "--license", "meetings:licensed")) == []
    page = cli("people", "list", "--sort", "email", "--limit", "3")
    assert emails(cli("people", "list", "--sort", "email", "--limit", "3", "--after", page.answer["next"])) == [f"pending@{d}"]
    assert cli("people", "list", "--after", "nonsense").code == 0


def test_list_as_text_holds_no_control_character(cli: Cli, northlake: Any) -> None:
    """AUDIT-04: names are printed as they are told, a terminal is never told what to do."""
    from usher.cli import main
    from usher.people.models import User

    User.objects.filter(canonical=f"member@{northlake.domain}").update(first_name="Eve\x1b[2J\n", last_name="Lin")
    told = CliRunner().invoke(main, ["people", "list", "--search", "member", "--account", str(northlake.account)])
    assert told.stdout == f"member@{northlake.domain}\tEve\\x1b[2J\\n Lin\tactive\tmeetings:basic\t\tmember\t\n"


@pytest.mark.parametrize(
    "words",
    ["mail --to", "content list --search", "people list --department", "people list --search", "groups create", "seats set", "people add"],
)
def test_bytes_that_are_no_text_are_no_mistake_of_ours(cli: Cli, words: str) -> None:
    """CSV-05's lone surrogates as words of a call: nobody matches, they are refused, or the call is wrong."""
    told = cli(*words.split(), "\udcff", *(["5"] if words == "seats set" else []))
    assert told.code in (0, 2, 3) and "Traceback" not in told.stderr
    assert told.code == 2 or words != "mail --to"


@pytest.mark.parametrize("who", ["member@{0}", " MEMBER@{0}", "owner@{0}"])
def test_show_by_any_spelling_of_the_address_and_by_id(cli: Cli, northlake: Any, who: str) -> None:
    found = cli("people", "show", who.format(northlake.domain)).answer
    assert found["email"] == who.format(northlake.domain).strip().lower()
    assert cli("people", "show", found["id"]).answer == found


def test_somebody_of_another_account_is_not_here(cli: Cli, southport: Any) -> None:
    for who in (f"member@{southport.domain}", str(southport.pending), "not an address"):
        no = cli("people", "show", who)
        assert (no.code, no.answer["code"]) == (3, "not_found")


def export(cli: Cli, to: Path, *filters: str) -> list[list[str]]:
    done = cli("people", "export", "--file", str(to), *filters)
    lines = list(csv.reader(to.open(newline="")))
    assert (done.code, done.answer) == (0, {"state": "done", "people": len(lines) - 1, "file": str(to)})
    return lines


def test_export_is_everybody_or_whom_the_filters_find(cli: Cli, northlake: Any, southport: Any, tmp_path: Path) -> None:
    """S0-13: columns of an import first; readable by its owner only."""
    header, *lines = export(cli, tmp_path / "all.csv")
    assert header[:6] == ["Email", "First name", "Last name", "Department", "User group", "IM group"]
    assert sorted(line[0] for line in lines) == [f"{n}@{northlake.domain}" for n in ("admin", "member", "owner", "pending")]
    assert (tmp_path / "all.csv").stat().st_mode & 0o077 == 0
    assert [line[0] for line in export(cli, tmp_path / "some.csv", "--status", "pending")[1:]] == [f"pending@{northlake.domain}"]


def test_export_to_standard_output(northlake: Any, db: None) -> None:
    from usher.cli import main

    told = CliRunner().invoke(main, ["people", "export", "--account", str(northlake.account)])
    assert told.exit_code == 0
    assert len(list(csv.reader(told.stdout.splitlines()))) == 5
    assert told.stderr == "4 people.\n"


def test_export_to_standard_output_has_no_room_for_the_object(cli: Cli) -> None:
    wrong = cli("people", "export")
    assert (wrong.code, wrong.answer["state"]) == (2, "usage")


def test_export_where_nothing_can_be_written(cli: Cli, tmp_path: Path) -> None:
    no = cli("people", "export", "--file", str(tmp_path / "none" / "all.csv"))
    assert (no.code, no.answer["code"]) == (3, "no_file")


def test_formulas_go_out_neutral_and_come_back_as_they_were(cli: Cli, southport: Any, tmp_path: Path) -> None:
    """CSV-01, CSV-02: export -> import into another account -> export; the guard is not doubled."""
    from usher.cli import main

    source = tmp_path / "people.csv"
    with source.open("w", newline="") as file:
        csv.writer(file).writerows([f"f{i}@a.test", text, f"{text} Lin", text, "", ""] for i, text in enumerate(FORMULAS))
    assert cli("people", "import", str(source)).counts == {"new": len(FORMULAS)}
    first = export(cli, tmp_path / "one.csv", "--search", "@a.test")
    for line in first[1:]:
        assert line[1][0] not in "=+-@＝", line
        assert line[1] == "'plain" or line[1].startswith("'"), line
    there = ["--account", str(southport.account)]
    assert CliRunner().invoke(main, ["people", "import", str(tmp_path / "one.csv"), *there]).exit_code == 0
    told = CliRunner().invoke(main, ["people", "export", "--search", "@a.test", *there])
    second = list(csv.reader(told.stdout.splitlines()))
    assert sorted(line[:6] for line in second) == sorted(line[:6] for line in first)
    names = {cli("people", "show", f"f{i}@a.test").answer["department"] for i in range(len(FORMULAS))}
    assert names == {t if t != "'=1" else "=1" for t in FORMULAS}
