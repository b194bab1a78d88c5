"""`usher sites …`, `usher rooms …` and `usher people set-site`."""

from collections.abc import Callable

from tests.cli.told import Told
from tests.people_of import Company, do

Cli = Callable[..., Told]


def test_sites(cli: Cli) -> None:
    """S0-53: created, renamed, made the main one, deleted, and back by undo."""
    assert cli("sites", "create", "Oslo").counts == cli("sites", "create", "Bergen").counts == {"new": 1}
    assert cli("sites", "create", "OSLO").answer["code"] == "place_name_taken"
    assert cli("sites", "rename", "bergen", "Voss", "--dry-run").answer["state"] == "planned"
    assert cli("sites", "rename", "bergen", "Voss").counts == {"updated": 1}
    assert cli("sites", "main", "Voss").counts == {"updated": 1}
    assert [(s["name"], s["main"]) for s in cli("sites", "list").answer["sites"]] == [("Voss", True), ("Oslo", False)]
    gone = cli("sites", "delete", "Oslo")
    assert gone.counts == {"updated": 1} and len(cli("sites", "list").answer["sites"]) == 1
    assert cli("undo", gone.answer["change_id"]).code == 0 and len(cli("sites", "list").answer["sites"]) == 2
    no = cli("sites", "delete", "Osla")
    assert (no.code, no.answer["code"]) == (3, "no_site") and "Closest: Oslo." in no.answer["reason"]


def test_people_at_sites(cli: Cli) -> None:
    """By address or by a filter; where people are, a site is not deleted; an export tells it, and can be uploaded again."""
    cli("sites", "create", "Main")
    cli("sites", "create", "Oslo")
    cli("people", "add", "a@at.test", "b@at.test", "--department", "Ward")
    assert cli("people", "set-site", "a@at.test", "--to", "oslo").counts == {"updated": 1}
    assert cli("people", "set-site", "--department", "Ward", "--to", "Oslo").counts == {"updated": 1, "unchanged": 1}
    assert cli("sites", "delete", "Oslo").answer["code"] == "has_people"
    assert cli("people", "set-site", "a@at.test").code == cli("people", "set-site", "a@at.test", "--to", "Oslo", "--none").code == 2
    assert cli("people", "set-site", "a@at.test", "--none").counts == {"updated": 1}
    assert cli("people", "import", "-", "--update", data=b"email,site\na@at.test,Main\nb@at.test,Nowhere\n").counts == {
        "updated": 1,
        "refused": 1,
    }


def test_rooms(cli: Cli) -> None:
    """S0-53: created, changed, deleted; of two with one name the site says which."""
    for site in ("Oslo", "Bergen"):
        cli("sites", "create", site)
        assert cli("rooms", "create", "Fjord", "--site", site, "--kind", "Kiosk").counts == {"new": 1}
    assert cli("rooms", "set", "Fjord", "--name", "Fjell").answer["code"] == "several_rooms"
    assert cli("rooms", "set", "fjord", "--at", "Bergen", "--name", "Fjell", "--to-site", "Oslo").counts == {"updated": 1}
    assert [(r["name"], r["kind"], r["site"]) for r in cli("rooms", "list").answer["rooms"]] == [
        ("Fjell", "Kiosk", "Oslo"),
        ("Fjord", "Kiosk", "Oslo"),
    ]
    assert cli("rooms", "delete", "Fjell", "Fjord").counts == {"updated": 2}
    assert cli("rooms", "delete", "Fjell").answer["code"] == "no_room"
    assert cli("rooms", "create", "X", "--kind", "Barn").answer["code"] == "kind"


def test_another_account_has_its_own(cli: Cli, southport: Company) -> None:
    """TENANT-03: a site and a room of another account do not exist."""
    do(southport.owner, "accounts.create_site", {"name": "Lagos"})
    do(southport.owner, "accounts.create_room", {"name": "Delta", "kind": "Kiosk"})
    assert cli("sites", "delete", "Lagos").answer["code"] == "no_site"
    assert cli("rooms", "delete", "Delta").answer["code"] == "no_room"
    assert cli("people", "set-site", "--status", "active", "--to", "Lagos").answer["code"] == "no_site"
