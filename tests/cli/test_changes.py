"""`usher change`, `undo`, `verify`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.told import Told, asked

Cli = Callable[..., Told]


def test_list_goes_back_page_by_page(cli: Cli) -> None:
    done = [cli("seats", "set", "phone", str(n)).answer["change_id"] for n in (6, 7, 8)]
    page = cli("change", "list", "--limit", "2").answer
    assert [c["change_id"] for c in page["changes"]] == [done[2], done[1]]
    assert cli("change", "list", "--limit", "1", "--before", page["next"]).answer["changes"][0]["change_id"] == done[0]


def test_show_says_who_did_what_to_whom_by_which_way(cli: Cli) -> None:
    """AUDIT-01: actor, way, target, before and after, time, result."""
    number = cli("seats", "set", "phone", "9").answer["change_id"]
    shown = cli("change", "show", number).answer
    assert {k: shown[k] for k in ("by", "actor_kind", "door", "verb", "state", "what", "undone_by", "why_not_undo")} == {
        "by": "Operator",
        "actor_kind": "operator",
        "door": "cli",
        "verb": "licenses.set_seats",
        "state": "done",
        "what": "Phone now has 9 seats",
        "undone_by": None,
        "why_not_undo": "",
    }
    (effect,) = shown["effects"]
    assert (effect["before"], effect["after"], effect["result"]) == (
        {"product": "phone", "bought": 5},
        {"product": "phone", "bought": 9},
        "done",
    )
    assert cli("change", "show", number.removeprefix("C-")).answer == shown


def test_a_change_of_another_account_is_not_here(cli: Cli, southport: Any) -> None:
    number = asked("seats", "set", "phone", "9", "--account", str(southport.account), "--json").answer["change_id"]
    for command in (("change", "show"), ("undo",)):
        no = cli(*command, number)
        assert (no.code, no.answer["code"]) == (3, "not_found")


@pytest.mark.parametrize("number", ["C-", "x", "C-1-2", "9" * 19, "-5"])
def test_what_is_no_number(cli: Cli, number: str) -> None:
    assert cli("change", "show", number).code == 2


def test_undo_and_what_was_changed_since(cli: Cli, northlake: Any, tmp_path: Path) -> None:
    """The person who has activated meanwhile stays and is listed; the others go, and their seats come free."""
    from tests.people_of import accept_invitation
    from usher.core import sql

    done = cli("people", "add", "ann@a.test", "ben@a.test", "--license", "meetings:licensed", "--add-on", "phone")
    accept_invitation(sql.value("SELECT id FROM people_user WHERE canonical = 'ann@a.test' AND left_at IS NULL"))
    planned = cli("undo", done.answer["change_id"], "--dry-run")
    assert (planned.code, planned.answer["state"], planned.counts) == (0, "planned", {"updated": 1, "skipped": 1})
    undone = cli("undo", done.answer["change_id"], "--refusals", str(tmp_path / "stay.csv"))
    assert (undone.code, undone.counts) == (4, {"updated": 1, "skipped": 1})
    assert undone.answer["seats"] == {"meetings:licensed": {"before": 8, "after": 9}, "phone": {"before": 3, "after": 4}}
    assert [(r["email"], r["code"]) for r in undone.answer["refusals"]] == [("ann@a.test", "activated")]
    assert "ann@a.test" in (tmp_path / "stay.csv").read_text()
    again = cli("undo", done.answer["change_id"])
    assert (again.code, again.answer["code"]) == (3, "not_undoable")
    assert undone.answer["change_id"] in again.answer["reason"]


def test_undo_of_something_small(cli: Cli) -> None:
    done = cli("seats", "set", "phone", "9")
    undone = cli("undo", done.answer["change_id"])
    assert (undone.code, undone.counts, undone.answer["seats"]) == (0, {"updated": 1}, {"phone": {"before": 9, "after": 5}})
    assert cli("change", "show", done.answer["change_id"]).answer["undone_by"] == undone.answer["change_id"]


def test_verify_names_every_invariant(cli: Cli) -> None:
    told = asked("verify", "--json")
    assert (told.code, told.answer["ok"]) == (0, True)
    assert {"I1-used", "I3-standing", "I4-owner", "I5-runs", "I6-seals"} <= {i["id"] for i in told.answer["invariants"]}
