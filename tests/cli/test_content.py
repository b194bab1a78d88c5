"""`usher content list` and `usher content hand-over`."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.told import Told

Cli = Callable[..., Told]


@pytest.fixture
def made(cli: Cli, northlake: Any) -> list[Any]:
    from tests.content.items import item, license_all, make

    license_all(northlake)
    member = northlake.member.user_id
    return make(
        northlake,
        item(member, "note", "Minutes"),
        item(member, "recording", "Film", size=700, seconds=60),
        item(member, "meeting", "Room", occurs="personal"),
    )


def titles(told: Told) -> list[str]:
    return [i["title"] for i in told.answer["items"]]


def test_list_filters_and_pages(cli: Cli, northlake: Any, southport: Any, made: list[Any]) -> None:
    """S4-45; another account's items are in no list."""
    from tests.content.items import item, make

    make(southport, item(southport.member.user_id, "note", "Theirs"))
    assert titles(cli("content", "list")) == ["Room", "Film", "Minutes"]
    assert titles(cli("content", "list", "--kind", "note", "--kind", "meeting")) == ["Room", "Minutes"]
    assert titles(cli("content", "list", "--search", "FIL")) == ["Film"]
    assert titles(cli("content", "list", "--owner", f"admin@{northlake.domain}")) == []
    assert titles(cli("content", "list", "--owner", f"member@{northlake.domain}", "--trash")) == []
    page = cli("content", "list", "--limit", "2")
    assert titles(cli("content", "list", "--limit", "2", "--after", page.answer["next"])) == ["Minutes"]
    film = cli("content", "list", "--search", "film").answer["items"][0]
    assert (film["owner"], film["size"], film["seconds"]) == (f"member@{northlake.domain}", 700, 60)
    assert cli("content", "list", "--owner", f"member@{southport.domain}").code == 3


def test_hand_over_tells_what_stayed_and_why(cli: Cli, northlake: Any, made: list[Any]) -> None:
    """S4-15, S4-17, F20: done in part is exit 4; the same key again is the same change."""
    leaver, heir = f"member@{northlake.domain}", f"admin@{northlake.domain}"
    told = cli("content", "hand-over", leaver, "--to", heir, "--dry-run")
    assert (told.code, told.answer["state"], told.counts) == (0, "planned", {"updated": 2, "skipped": 1})
    first = cli("content", "hand-over", leaver, "--to", heir, "--key", "leave")
    assert (first.code, first.counts) == (4, {"updated": 2, "skipped": 1})
    assert [r["code"] for r in first.answer["refusals"]] == ["personal_room"]
    again = cli("content", "hand-over", leaver, "--to", heir, "--key", "leave")
    assert again.answer["change_id"] == first.answer["change_id"]
    assert titles(cli("content", "list", "--owner", heir)) == ["Film", "Minutes"]


def test_hand_over_of_chosen_kinds(cli: Cli, northlake: Any, made: list[Any]) -> None:
    leaver, heir = f"member@{northlake.domain}", f"admin@{northlake.domain}"
    done = cli("content", "hand-over", leaver, "--to", heir, "--kinds", "whiteboards_and_notes")
    assert (done.code, done.counts) == (0, {"updated": 1})


def test_hand_over_that_cannot_be(cli: Cli, northlake: Any, southport: Any, made: list[Any]) -> None:
    """TENANT-04: an heir of another account is nobody."""
    leaver = f"member@{northlake.domain}"
    no = cli("content", "hand-over", leaver, "--to", f"admin@{southport.domain}")
    assert (no.code, no.answer["code"], no.answer["field"]) == (3, "no_heir", "heir")
    assert cli("content", "hand-over", leaver).code == 2
    assert cli("content", "hand-over", leaver, "--to", leaver, "--to-manager").code == 2
    none = cli("content", "hand-over", leaver, "--to-manager")
    assert (none.code, {r["code"] for r in none.answer["refusals"]}) == (3, {"no_manager"})
