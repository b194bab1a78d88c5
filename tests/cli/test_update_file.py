"""usher people import --update and --addresses."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_import import Cli, load, person

__all__ = ["load"]
Load = Callable[..., Any]


@pytest.fixture
def three(load: Load) -> None:
    assert load("a@u.test,Ann,Ash\nb@u.test,Ben,Birch\nc@u.test,Cleo,Cedar\n").code == 0


def test_people_are_changed_as_their_lines_say(cli: Cli, load: Load, three: None, tmp_path: Path) -> None:
    """S0-37, S0-10: what is wrong is listed, and a file of it can be given again; the same command twice changes nothing more."""
    text = "email,job title,license,add-ons\na@u.test,Pilot,Licensed,phone\nb@u.test,,Gold,\nc@u.test,,,\nx@u.test,Nobody,,\n"
    file = tmp_path / "left.csv"
    planned = load(text, "--update", "--dry-run")
    assert (planned.code, planned.counts) == (0, {"updated": 1, "unchanged": 1, "refused": 2})
    done = load(text, "--update", "--refusals", str(file))
    assert (done.code, done.counts) == (4, {"updated": 1, "unchanged": 1, "refused": 2})
    assert [(r["line"], r["code"]) for r in done.answer["refusals"]] == [(3, "unknown_license"), (5, "nobody_here")]
    with file.open(newline="") as left:
        lines = list(csv.DictReader(left))
    assert [(x["Email"], x["License"], x["Job title"], x["Reason"]) for x in lines] == [
        ("b@u.test", "Gold", "", "There is no Workplace license Gold."),
        ("x@u.test", "", "Nobody", "Nobody here has this address or employee id."),
    ]
    ann = person(cli, "a@u.test")
    assert (ann["job_title"], ann["license"], ann["add_ons"]) == ("Pilot", "meetings:licensed", ["phone"])
    assert load(text.partition("b@u.test")[0], "--update").answer["state"] == "unchanged"


def test_what_everybody_shares_is_for_new_people(load: Load, three: None) -> None:
    assert load("a@u.test,Ann,Ash\n", "--update", "--license", "meetings:licensed").code == 2


def test_addresses_need_a_managed_domain(load: Load, three: None) -> None:
    """MAIL-06: here there is none."""
    no = load("email,new email\na@u.test,ann@u.test\n", "--addresses")
    assert (no.code, no.counts, no.answer["refusals"][0]["code"]) == (3, {"refused": 1}, "not_managed")


def test_an_export_changes_nobody(cli: Cli, load: Load, three: None, tmp_path: Path) -> None:
    """CSV-02: what the command line exports is an update of nobody, with groups, license and add-ons."""
    assert cli("groups", "create", "Crew").code == 0
    assert load("email,department,user group,license,add-ons\na@u.test,=Sum,Crew,Licensed,phone; whiteboard\n", "--update").code == 0
    file = tmp_path / "all.csv"
    assert cli("people", "export", "--file", str(file)).code == 0
    again = load(file.read_text(encoding="utf-8"), "--update")
    assert again.counts.get("updated", 0) == again.counts.get("refused", 0) == 0 and again.counts["unchanged"] >= 3
