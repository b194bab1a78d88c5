"""`usher phone …`: the same verbs as everywhere, and what their lists tell."""

from collections.abc import Callable
from typing import Any

from tests.cli.told import Told
from usher.core import sql

Cli = Callable[..., Told]


def test_add_list_and_take_away(cli: Cli, equipped: Any) -> None:
    """S3-1, S3-24, S3-42, S3-54: shown first, given, found by extension and number, changed, removed."""
    member = f"member@{equipped.domain}"
    assert cli("phone", "add", member, "--package", "200", "--numbers", "--dry-run").answer["state"] == "planned"
    assert cli("phone", "list").answer == {"phones": [], "next": None}
    assert cli("phone", "add", member, "--package", "200", "--numbers").code == 0
    (row,) = cli("phone", "list", "--search", "1000").answer["phones"]
    assert (row["email"], row["extension"], row["numbers"], row["packages"]) == (member, "1000", ["+4722000000"], ["calling:200"])
    assert cli("phone", "list", "--search", "22000000").answer["phones"] == [row]
    assert cli("phone", "list", "--search", "4444").answer["phones"] == []
    assert row["deactivated_at"] is None and cli("phone", "deactivate", member).code == 0
    assert cli("phone", "list").answer["phones"][0]["deactivated_at"] and cli("phone", "activate", member).code == 0
    assert cli("phone", "set-extension", member, "4127").code == 0
    assert cli("phone", "assign-package", member, "--package", "calling_more:4010").code == 0
    assert cli("phone", "remove-packages", member).code == 0
    assert cli("phone", "assign-package", member, "--package", "100", "--numbers").code == 0
    assert cli("phone", "list").answer["phones"][0]["numbers"] == ["+4722000000"]
    assert cli("phone", "remove-packages", member).code == 0
    assert cli("phone", "list", "--package", "none").answer["phones"][0]["extension"] == "4127"
    assert cli("phone", "remove", member).code == 0 and cli("phone", "list").answer["phones"] == []


def test_a_file(cli: Cli, equipped: Any, tmp_path: Any) -> None:
    """S3-8: shown first; the good lines are done, the others come back with their reasons."""
    file, refused = tmp_path / "phones.csv", tmp_path / "refused.csv"
    file.write_text(f"email,extension\nmember@{equipped.domain},4127\nadmin@{equipped.domain},12\n", encoding="utf-8")
    assert cli("phone", "import", str(file), "--package", "200", "--numbers", "--dry-run").answer["state"] == "planned"
    told = cli("phone", "import", str(file), "--package", "200", "--numbers", "--refusals", str(refused))
    assert told.counts == {"updated": 1, "refused": 1} and "An extension has 3 to 6 digits." in refused.read_text(encoding="utf-8")
    (row,) = cli("phone", "list").answer["phones"]
    assert (row["extension"], row["numbers"], row["packages"]) == ("4127", ["+4722000000"], ["calling:200"])
    assert cli("phone", "import", str(file), "--site", "nowhere").code != 0


def test_the_trash(cli: Cli, equipped: Any) -> None:
    """S3-46, S3-47, S3-48, S3-49"""
    member = f"member@{equipped.domain}"
    cli("phone", "add", member)
    assert cli("phone", "trash", member).answer["code"] == "no_trash"
    assert cli("phone", "settings", "--soft-delete", "on").code == 0
    assert cli("phone", "settings").answer["settings"]["soft_delete"] is True
    assert [r["code"] for r in cli("phone", "remove", member).answer["refusals"]] == ["trash_first"]
    assert cli("phone", "trash", member).code == 0
    assert [p["email"] for p in cli("phone", "list", "--state", "trash").answer["phones"]] == [member]
    assert cli("phone", "restore").code == 2
    assert cli("phone", "restore", member).code == 0 and len(cli("phone", "list").answer["phones"]) == 1


def test_numbers(cli: Cli, equipped: Any) -> None:
    """S3-5, CSV-05: by hand and by a file, of which one bad line never stops the good ones; in any encoding, or refused whole with its line."""
    admin, member = (f"{who}@{equipped.domain}" for who in ("admin", "member"))
    cli("phone", "add", admin, member, "--package", "200")
    told = cli("phone", "numbers", "add", "--file", "-", data=b"number\n+48 12 555 01 27,x\n22000000\n")
    assert told.code == 4 and told.counts == {"new": 1, "skipped": 1, "refused": 1}
    assert cli("phone", "numbers", "assign", admin, "+48125550127", "+4722000003").code == 0
    assert cli("phone", "numbers", "assign", member, "+48125550127").code == 3
    assert cli("phone", "numbers", "move", member, "+48125550127").code == 0
    assert cli("phone", "numbers", "caller-id", member).code == 0
    held = {n["number"]: n for n in cli("phone", "numbers", "list").answer["numbers"] if n["holder"]}
    assert sorted(held) == ["+4722000003", "+48125550127"] and len({n["extension"] for n in held.values()}) == 2
    assert not held["+48125550127"]["caller"]
    assert cli("phone", "numbers", "unassign", "+48125550127").code == 0
    assert cli("phone", "numbers", "release", "+48125550127").code == 0
    assert "+48125550127" not in [n["number"] for n in cli("phone", "numbers", "list", "--free").answer["numbers"]]
    assert cli("phone", "numbers", "add").code == 2
    told = cli("phone", "numbers", "add", "--file", "-", data='"+48 12 555 01 28";"x;y"\n'.encode("utf-16"))
    assert told.code == 0 and told.counts == {"new": 1}
    assert cli("phone", "numbers", "add", "--file", "-", data=b"+48125550129\n\xff\n").answer["code"] == "not_text"


def test_rooms(cli: Cli, equipped: Any) -> None:
    """S3-3: a room is given a phone, found by its extension, changed, and loses it; of two rooms of one name the site says which."""
    cli("sites", "create", "Oslo")
    for site in ((), ("--site", "Oslo")):
        assert cli("rooms", "create", "Fjord", *site).code == 0
    assert cli("phone", "rooms", "add", "Fjord").answer["code"] == "several_rooms"
    there = ("Fjord", "--at", "Oslo")
    assert cli("phone", "rooms", "add", *there, "--package", "200", "--numbers", "--dry-run").answer["state"] == "planned"
    assert cli("phone", "rooms", "list").answer == {"rooms": [], "next": None}
    assert cli("phone", "rooms", "add", *there, "--package", "200", "--numbers").answer["seats"]["phone"] == {"before": 5, "after": 4}
    (row,) = cli("phone", "rooms", "list", "--search", "1000").answer["rooms"]
    assert (row["place"], row["site"], row["numbers"], row["packages"]) == ("Oslo", "Oslo", ["+4722000000"], ["calling:200"])
    assert [r["place"] for r in cli("phone", "rooms", "list", "--without").answer["rooms"]] == [None]
    assert cli("phone", "rooms", "set-extension", *there, "4127").code == 0
    assert cli("phone", "rooms", "assign-numbers", *there, "+4722000001").code == 0
    assert cli("phone", "rooms", "caller-id", *there, "+4722000001").code == 0
    assert cli("phone", "rooms", "assign-package", *there, "--package", "100", "--numbers").code == 0  # it has a number: none more
    (row,) = cli("phone", "rooms", "list", "--site", "oslo").answer["rooms"]
    assert (row["extension"], row["numbers"], row["packages"]) == ("4127", ["+4722000000", "+4722000001"], ["calling:100"])
    assert cli("phone", "rooms", "remove-packages", *there).code == 0
    assert cli("phone", "rooms", "list", "--package", "none").answer["rooms"][0]["numbers"] == []
    cli("sites", "create", "Bergen")
    assert cli("phone", "rooms", "move", *there, "--to-site", "bergen").code == 0
    assert cli("phone", "rooms", "list", "--site", "Oslo").answer["rooms"] == []
    assert cli("phone", "rooms", "remove", *there).code == 0 and cli("phone", "rooms", "list").answer["rooms"] == []


def test_packages_sites_and_templates(cli: Cli, equipped: Any) -> None:
    """S3-12, S3-16, S3-57"""
    cli("sites", "create", "Oslo")
    cli("sites", "create", "Bergen")
    assert cli("phone", "sites", "set", "Oslo", "--lowest", "2000", "--highest", "2999", "--country", "no").code == 0
    assert cli("phone", "sites", "set", "Oslo", "--emergency-address", "Main street 1").code == 0
    (oslo,) = [s for s in cli("phone", "sites", "list").answer["sites"] if s["name"] == "Oslo"]
    assert (oslo["lowest"], oslo["country"], oslo["emergency_address"]) == (2000, "NO", "Main street 1")
    assert cli("phone", "sites", "set", "Oslo", "--voicemail", "off", "--waiting", "off").code == 0
    assert cli("phone", "sites", "set", "Oslo", "--waiting", "inherit", "--country", "se").code == 0
    assert cli("phone", "settings", "--recording", "ask", "--site-codes", "off").code == 0
    (oslo,) = [s for s in cli("phone", "sites", "list").answer["sites"] if s["name"] == "Oslo"]
    assert oslo["policy"] == {"voicemail": "off"} and cli("phone", "settings").answer["settings"]["policy"]["recording"] == "ask"
    assert cli("phone", "templates", "create", "Desk", "--voicemail", "off", "--site", "Oslo").code == 0
    assert cli("phone", "templates", "edit", "Desk", "--name", "Desks", "--recording", "ask").code == 0
    (made,) = cli("phone", "templates", "list").answer["templates"]
    assert (made["name"], made["site"], made["policy"]) == ("Desks", None, {"recording": "ask"})
    member = f"member@{equipped.domain}"
    assert cli("phone", "add", member, "--site", "Oslo", "--template", "Desks").code == 0
    assert cli("phone", "move", member, "--site", "Bergen").code == 0
    assert [p["site"] for p in cli("phone", "list", "--site", "bergen").answer["phones"]] == ["Bergen"]
    assert cli("phone", "templates", "edit", "Desks", "--voicemail", "off").code == 0
    assert cli("phone", "apply-template", member, "--template", "Desks").code == 0
    assert cli("phone", "templates", "delete", "Desks").code == 0
    assert cli("phone", "resend", member).code == 0
    assert cli("phone", "set-policy", member, "--voicemail", "on", "--waiting", "off").code == 0
    assert cli("phone", "set-policy", member, "--voicemail", "inherit").code == 0
    assert sql.value("SELECT policy->>'waiting' FROM phone_user WHERE policy->'voicemail' IS NULL AND state = 'active'") == "off"
    assert cli("phone", "deactivate", member).code == cli("phone", "activate", member).code == 0
    assert cli("phone", "sites", "create", "Lyon", "--lowest", "3000", "--highest", "3999").code == 0
    assert cli("phone", "sites", "set", "Lyon", "--name", "Nice").code == 0
    assert cli("phone", "sites", "delete", "Bergen", "--to", "nice").code == 0
    assert [(p["site"], p["extension"][0]) for p in cli("phone", "list").answer["phones"] if p["email"] == member] == [("Nice", "2")]
    assert cli("phone", "packages", "switch", "calling:200", "off").code == 0
    assert [p["active"] for p in cli("phone", "packages", "list").answer["packages"] if p["product"] == "calling:200"] == [False]
    assert cli("phone", "add", f"admin@{equipped.domain}", "--package", "200").answer["code"] == "package_inactive"
