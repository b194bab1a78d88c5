"""Sites and templates of Phone by the API."""

from typing import Any
from uuid import UUID

import pytest

from tests.api.caller import Caller, caller
from tests.people_of import Company, breaches, do, one
from tests.phone.phones import PLAN, add, phone
from usher.core import sql
from usher.core.ids import short, unshort
from usher.phone import reads

ADDRESS = {"address_line1": "Storgata 1", "city": "Oslo", "state_code": "03", "zip": "0155", "country": "NO"}
NOWHERE = "AaIANazEdqyigcA1NyLlJg"


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


@pytest.fixture(scope="module")
def api(equipped: Company) -> Caller:
    return caller(equipped.owner)


def site(api: Caller, name: str = "Oslo", **more: Any) -> str:
    body = {"name": name, "auto_receptionist_name": "Front desk", "default_emergency_address": ADDRESS, **more}
    status, made = api.post("/phone/sites", body)
    assert status == 201 and made == {"id": made["id"], "name": name}, made
    id: str = made["id"]
    return id


# What phones of a site may do while neither it nor the account says anything.
UNSAID = {
    "voicemail": {"enable": True, "modified": False},
    "ad_hoc_call_recording": {"enable": False, "modified": False},
    "auto_call_recording": {"enable": False, "modified": False},
}


def test_a_site_comes_and_goes(northlake: Company, api: Caller) -> None:
    """S3-11: made with country, range, code and address; read, changed, deleted; the shapes are the contract's."""
    site(api, "Main")
    id = site(api, short_extension={"length": 4}, site_code=47)
    status, told = api.get(f"/phone/sites/{id}")
    assert status == 200 and told == {
        "id": id, "name": "Oslo", "country": {"code": "NO"}, "site_code": 47, "short_extension": {"length": 4}, "policy": UNSAID,
        "default_emergency_address": {"is_default": True, **ADDRESS},
    }  # fmt: skip
    api.patch("/phone/settings", {"multiple_sites": {"site_code": {"enable": True}}})
    wish = {
        "name": "Bergen", "site_code": 55, "short_extension": {"length": 3, "ranges": [{"range_from": "200", "range_to": "299"}]},
        "policy": {"sms": {"enable": True, "locked": True}}, "caller_id_name": "Northlake",
        "default_emergency_address": {**ADDRESS, "address_line1": "Bryggen 2", "city": "Bergen"},
    }  # fmt: skip
    assert api.patch(f"/phone/sites/{id}", wish) == (204, None)
    row = reads.site(northlake.owner, unshort(id))
    assert (row["code"], row["lowest"], row["highest"], row["emergency_address"]) == ("55", 200, 299, "Bryggen 2, Bergen, 03, 0155, NO")
    told = api.get(f"/phone/sites/{id}")[1]
    assert (
        told["name"] == "Bergen"
        and told["policy"] == {**UNSAID, "sms": {"enable": True, "locked": True}}
        and told["caller_id_name"] == "Northlake"
    )
    assert told["short_extension"] == {"length": 3} and told["default_emergency_address"]["city"] == "Bergen"
    assert api.patch(f"/phone/sites/{id}", {"policy": {"sms": {"reset": True}}}) == (204, None)
    assert api.get(f"/phone/sites/{id}")[1]["policy"] == UNSAID
    assert [s["name"] for s in api.get("/phone/sites?site_name=berg")[1]["sites"]] == ["Bergen"]
    assert not breaches()


def test_an_address_that_was_typed_in_the_portal(northlake: Company, api: Caller) -> None:
    """One text there is the first line here."""
    id = site(api)
    do(northlake.owner, "phone.set_site", {"site": str(unshort(id)), "emergency_address": "Behind the church"})
    assert api.get(f"/phone/sites/{id}")[1]["default_emergency_address"] == {
        "is_default": True,
        "address_line1": "Behind the church",
        "country": "NO",
    }


def test_what_stands_there_moves_first(northlake: Company, api: Caller) -> None:
    """S3-11: a site is deleted with a target, to which its people and their phones go; the main one stays."""
    main, id = site(api, "Main"), site(api)
    who = northlake.member.user_id
    assert who
    do(northlake.owner, "people.set_site", {"site": str(unshort(id)), "subjects": one(who)})
    add(northlake, who, package=PLAN)
    assert api.delete(f"/phone/sites/{id}?transfer_site_id={id}")[1]["code"] == 400
    assert api.delete(f"/phone/sites/{id}?transfer_site_id={NOWHERE}")[1]["code"] == 400
    assert api.delete(f"/phone/sites/{id}")[1]["code"] == 300
    assert api.delete(f"/phone/sites/{id}?transfer_site_id={main}") == (204, None)
    assert phone(who)["site_id"] == unshort(main)
    assert sql.value("SELECT site_id FROM people_user WHERE id = %(u)s", {"u": who}) == unshort(main)
    assert api.get(f"/phone/sites/{id}")[1]["code"] == 400
    other = site(api)
    assert api.delete(f"/phone/sites/{main}?transfer_site_id={other}")[1]["code"] == 400
    for where in (main, other):
        do(northlake.owner, "accounts.create_room", {"name": "Blue", "kind": "ZoomRoom", "site": str(unshort(where))})
    assert api.delete(f"/phone/sites/{other}?transfer_site_id={main}")[0] == 409 and not breaches()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"short_extension": {"ranges": [{"range_from": "299", "range_to": "200"}]}}, 300),
        ({"short_extension": {"ranges": [{"range_from": "", "range_to": "200"}]}}, 300),
        ({"short_extension": {"ranges": [{"range_from": "1x", "range_to": "200"}]}}, 300),
        ({"short_extension": {"length": 4, "ranges": [{"range_from": "100", "range_to": "200"}]}}, 300),
        ({"short_extension": {"ranges": [{"range_from": "100", "range_to": "200"}, {"range_from": "300", "range_to": "400"}]}}, 300),
        ({"site_code": 7}, 400),
        ({"default_emergency_address": {**ADDRESS, "country": "SE"}}, 300),
        ({"default_emergency_address": {"city": "Oslo"}}, 300),
        ({"name": "main"}, 300),
        ({"name": "a\u202eb"}, 300),
        ({"policy": {"sms": {"enable": "yes"}}}, 300),
    ],
)
def test_sites_that_cannot_be(api: Caller, body: dict[str, Any], code: int) -> None:
    """MASS-08: nothing of a body that is wrong is done."""
    site(api, "Main")
    id = site(api)
    before = api.get(f"/phone/sites/{id}")
    assert api.patch(f"/phone/sites/{id}", body)[1]["code"] == code
    assert api.get(f"/phone/sites/{id}") == before


def test_templates(northlake: Company, api: Caller) -> None:
    """S3-16: made, read, changed: what acts here acts, the rest is kept."""
    where = site(api)
    status, made = api.post("/phone/setting_templates", {"name": "Desk", "type": "user", "description": "Who sits there", "site_id": where})
    assert status == 201 and made == {"id": made["id"], "name": "Desk", "type": "user", "description": "Who sits there"}
    one_of_it = f"/phone/setting_templates/{made['id']}"
    wish = {
        "name": "Front desk",
        "policy": {
            "voicemail": {"enable": False, "allow_transcription": True},
            "auto_call_recording": {"enable": True},
            "sms": {"enable": True},
        },
        "user_settings": {"hold_music": "default"},
        "profile": {"area_code": "22", "country": "NO"},
    }
    assert api.patch(one_of_it, wish) == (204, None)
    row = reads.template(northlake.owner, unshort(made["id"]))
    assert row["policy"] == {"recording": "on", "voicemail": "off"} and row["name"] == "Front desk" and short(row["site_id"]) == where
    status, told = api.get(one_of_it)
    assert status == 200 and told["policy"]["voicemail"] == {"enable": False, "allow_transcription": True}
    assert told["policy"]["auto_call_recording"] == {"enable": True} and told["policy"]["ad_hoc_call_recording"] == {"enable": False}
    assert told["policy"]["sms"] == {"enable": True} and told["user_settings"] == {"hold_music": "default"}
    assert api.patch(one_of_it, {"policy": {"auto_call_recording": {"enable": False}}}) == (204, None)
    assert reads.template(northlake.owner, unshort(made["id"]))["policy"]["recording"] == "off"
    assert api.get(f"{one_of_it}?custom_query_fields=name,profile.country")[1] == {"name": "Front desk", "profile": {"country": "NO"}}
    other = site(api, "Bergen")
    api.post("/phone/setting_templates", {"name": "Everywhere", "type": "user"})
    for query, names in {
        "": ["Everywhere", "Front desk"],
        f"?site_id={where}": ["Everywhere", "Front desk"],
        f"?site_id={other}": ["Everywhere"],
    }.items():
        status, told = api.get("/phone/setting_templates" + query)
        assert status == 200 and sorted(t["name"] for t in told["templates"]) == names and told["total_records"] == len(names)
    assert not breaches()


@pytest.mark.parametrize(
    "body", [{"name": "Desk", "type": "zr"}, {"name": "Desk", "type": "cinema"}, {"name": "", "type": "user"}, {"type": "user"}]
)
def test_templates_that_cannot_be(api: Caller, body: dict[str, Any]) -> None:
    assert api.post("/phone/setting_templates", body)[1]["code"] == 300
    assert api.get("/phone/setting_templates")[1]["total_records"] == 0


def test_what_another_account_has(northlake: Company, southport: Company, api: Caller) -> None:
    """TENANT-03: a site of another account is none, as a target and as a place of a template."""
    do(southport.owner, "accounts.create_site", {"name": "Lübeck"})
    theirs = short(sql.value("SELECT id FROM accounts_site WHERE account_id = %(a)s", {"a": southport.account}))
    assert api.post("/phone/setting_templates", {"name": "Desk", "type": "user", "site_id": theirs})[1]["code"] == 300
    site(api, "Main")
    assert api.delete(f"/phone/sites/{site(api)}?transfer_site_id={theirs}")[1]["code"] == 400
    assert UUID(str(sql.value("SELECT account_id FROM accounts_site WHERE id = %(s)s", {"s": unshort(theirs)}))) == southport.account
