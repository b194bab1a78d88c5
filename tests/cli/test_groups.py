"""`usher groups …` and `usher im-groups …`: made, renamed, filled, moved, made the default, deleted, and back again."""

from collections.abc import Callable

import pytest

from tests.cli.told import Told

Cli = Callable[..., Told]

KINDS = ("groups", "im-groups")


@pytest.mark.parametrize("kind", KINDS)
def test_it_works(cli: Cli, kind: str) -> None:
    """S0-27, S0-28: a group is created, listed, renamed and deleted; the deletion is undone."""
    assert cli(kind, "create", "Nurses").counts == {"new": 1}
    taken = cli(kind, "create", "NURSES")
    assert (taken.code, taken.answer["code"]) == (3, "name_taken")
    assert cli(kind, "create", "x" * 128).code == 3
    assert cli(kind, "create", "Doctors", "--dry-run").answer["state"] == "planned"
    assert cli(kind, "rename", "nurses", "Ward 3").counts == {"updated": 1}
    assert [g["name"] for g in cli(kind, "list").answer["groups"]] == ["Ward 3"]
    gone = cli(kind, "delete", "ward 3")
    assert cli(kind, "list").answer["groups"] == []
    assert cli("undo", f"C-{gone.answer['change_id'].removeprefix('C-')}").code == 0
    assert [g["name"] for g in cli(kind, "list").answer["groups"]] == ["Ward 3"]


@pytest.mark.parametrize("kind", KINDS)
def test_people_come_in_and_go(cli: Cli, kind: str) -> None:
    """By address or by a filter; moved all at once (S0-64, S0-67); who is not in it is told apart."""
    for name in ("Day", "Night"):
        cli(kind, "create", name)
    cli("people", "add", "a@ward.test", "b@ward.test", "--department", "Ward")
    assert cli(kind, "add", "Day", "a@ward.test").counts == {"updated": 1}
    assert cli(kind, "add", "Day", "--department", "Ward").counts == {"updated": 1, "unchanged": 1}
    assert cli(kind, "move", "Day", "Night").counts == {"updated": 2}
    assert cli(kind, "remove", "Night", "a@ward.test").counts == {"updated": 1}
    left = cli(kind, "remove", "Night", "a@ward.test", "b@ward.test")
    assert (left.code, left.counts) == (4, {"updated": 1, "skipped": 1})
    assert cli(kind, "move", "Day", "DAY").answer["code"] == "same_group"
    assert cli(kind, "add", "Nowhere", "a@ward.test").answer["code"] == "no_group"


@pytest.mark.parametrize("kind", KINDS)
def test_the_default(cli: Cli, kind: str) -> None:
    """S0-62, S0-66: whoever is added from then on is in it, until it is none."""
    cli(kind, "create", "Everybody")
    assert cli(kind, "default", "everybody").counts == {"updated": 1}
    assert [g["default"] for g in cli(kind, "list").answer["groups"]] == [True]
    cli("people", "add", "new@ward.test")
    assert cli(kind, "remove", "Everybody", "new@ward.test").counts == {"updated": 1}
    assert cli(kind, "default").code == cli(kind, "default", "Everybody", "--none").code == 2
    assert cli(kind, "default", "--none").counts == {"updated": 1}
    assert [g["default"] for g in cli(kind, "list").answer["groups"]] == [False]
