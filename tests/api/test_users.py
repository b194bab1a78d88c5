"""Users by the API, one at a time: every promised operation that says `now` and acts on people (issue 6). Their lists stand in test_user_lists.py."""

import pytest

from tests.api.caller import Caller, caller
from tests.people_of import LICENSED, Company, actor_of, add_ons, breaches, do, invite, one, seats, standing
from usher.core import sql
from usher.core.ids import short


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


def test_a_user_is_found_by_id_address_and_me(northlake: Company, api: Caller) -> None:
    """S4-36."""
    member = northlake.member
    for named in (short(member.user_id), member.email, member.email.upper(), str(member.user_id)):  # type: ignore[arg-type]
        status, found = api.get(f"/users/{named}")
        assert status == 200 and found["email"] == member.email and found["role_name"] == "Member" and found["role_id"] == "2"
    assert api.get("/users/me")[1]["email"] == northlake.owner.email
    assert found["account_id"] == short(northlake.account) and found["jid"].endswith("@xmpp.zoom.us") and found["group_ids"] == []
    pending = api.get(f"/users/pending@{northlake.domain}")[1]
    assert pending["status"] == "pending" and pending["id"] == short(northlake.pending)
    do(northlake.owner, "people.edit_profile", {"subjects": one(member.user_id), "fields": {"employee_id": "E 7"}})  # type: ignore[arg-type]
    assert api.get("/users/E%207?search_by_unique_id=true")[1]["email"] == member.email


def test_nobody_else_is_a_user(api: Caller, southport: Company) -> None:
    """S4-42, TENANT-01: unknown, odd and foreign look the same."""
    for named in ("nobody@nowhere.test", "AaIANazEdqyigcA1NyLlJg", "x", "%00", short(southport.member.user_id), southport.member.email):  # type: ignore[arg-type]
        status, body = api.get(f"/users/{named}")
        assert (status, body["code"]) == (404, 1001) and body["message"].startswith("User does not exist: "), named


def test_a_user_is_invited(northlake: Company, api: Caller) -> None:
    """The invitation mail, the seat, the id; a second time 409 with code 1005 (MAIL-14)."""
    wish = {
        "action": "create",
        "user_info": {"email": f"new@{northlake.domain}", "type": 2, "first_name": "Nora", "last_name": "Neu", "id": "extra"},
    }
    before = seats(northlake, LICENSED)["pending"]
    status, made = api.post("/users", wish)
    assert status == 201 and made == {
        "id": made["id"],
        "email": f"new@{northlake.domain}",
        "first_name": "Nora",
        "last_name": "Neu",
        "type": 2,
    }
    assert seats(northlake, LICENSED)["pending"] == before + 1
    assert sql.value("SELECT count(*) FROM mail_message WHERE address = %(a)s", {"a": made["email"]}) == 1
    assert api.get(f"/users/{made['id']}")[1]["status"] == "pending"
    assert sql.value("SELECT came_in FROM people_user WHERE email = %(e)s", {"e": made["email"]}) == "api"
    status, body = api.post("/users", {**wish, "user_info": {**wish["user_info"], "email": f"NEW@{northlake.domain}"}})  # type: ignore[dict-item]
    assert (status, body["code"]) == (409, 1005) and breaches() == []


@pytest.mark.parametrize(
    ("info", "code"),
    [
        ({"email": "no address", "type": 1}, 300),
        ({"type": 1}, 300),
        ({"email": "a@x.test", "type": "2"}, 300),
        ({"email": "a@x.test", "type": 99}, 300),
        ({"email": "a@x.test", "type": True}, 300),
        ({"email": "a@x.test", "type": 1, "first_name": "x" * 65}, 300),
        ({"email": "a@x.test", "type": 3}, 300),
    ],
)
def test_who_cannot_be_invited(api: Caller, info: dict[str, object], code: int) -> None:
    """MASS-08: nothing is made of a wrong wish."""
    before = sql.value("SELECT count(*) FROM people_user")
    status, body = api.post("/users", {"action": "create", "user_info": info})
    assert (status, body["code"]) == (400, code) and body["message"]
    assert (
        sql.value("SELECT count(*) FROM people_user") == before
        and sql.value("SELECT count(*) FROM lifecycle_stage WHERE source = 'api'") == 0
    )


def test_seats_that_lack_have_their_codes(northlake: Company, api: Caller) -> None:
    """3412 for Licensed, 2033 for Basic; nobody is added."""
    for product in (LICENSED, "meetings:basic"):
        there = seats(northlake, product)
        do(northlake.operator, "licenses.set_seats", {"product": product, "quantity": there["used"] + there["pending"]})
    for type, code in ((2, 3412), (1, 2033)):
        status, body = api.post("/users", {"action": "create", "user_info": {"email": f"x@{northlake.domain}", "type": type}})
        assert (status, body["code"]) == (400, code)
    assert breaches() == []


def test_a_key_makes_one_user(northlake: Company, api: Caller) -> None:
    """Idempotency-Key: the same wish again is the same answer; another wish under it is refused, another app's key is its own."""
    wish = {"action": "create", "user_info": {"email": f"once@{northlake.domain}", "type": 1}}
    first, again = api.post("/users", wish, Idempotency_Key="k1"), api.post("/users", wish, Idempotency_Key="k1")
    assert first[0] == 201 and first == again
    other = {"action": "create", "user_info": {"email": f"else@{northlake.domain}", "type": 1}}
    assert api.post("/users", other, Idempotency_Key="k1")[0] == 409
    assert caller(northlake.owner).post("/users", other, Idempotency_Key="k1")[0] == 201


def test_a_profile_is_changed(northlake: Company, api: Caller) -> None:
    """MASS-01: only what is listed changes; role, status, account and id in the body do nothing."""
    path = f"/users/{northlake.member.email}"
    before = standing(northlake.member.user_id)  # type: ignore[arg-type]
    wish = {
        "first_name": "Mia",
        "last_name": "Member",
        "dept": "Sales",
        "job_title": "Lead",
        "timezone": "Europe/Warsaw",
        "manager": northlake.owner.email,
    }
    evil = {
        "role": "owner",
        "role_id": "0",
        "account_id": "x",
        "status": "inactive",
        "verified": 1,
        "id": "y",
        "created_at": "z",
        "__proto__": {},
    }
    assert api.patch(path, {**wish, **evil}) == (204, None)
    found = api.get(path)[1]
    assert {k: found[k] for k in wish} == wish and found["display_name"] == "Mia Member"
    after = standing(northlake.member.user_id)  # type: ignore[arg-type]
    assert {k: after[k] for k in ("status", "license", "role")} == {k: before[k] for k in ("status", "license", "role")}


def test_a_license_and_a_group_are_changed_together_or_not_at_all(northlake: Company, api: Caller) -> None:
    path, member = f"/users/{northlake.member.email}", northlake.member.user_id
    assert member is not None
    do(northlake.owner, "people.create_group", {"name": "Sales"})
    group = sql.value("SELECT id FROM people_group WHERE account_id = %(a)s", {"a": northlake.account})
    assert api.patch(path, {"type": 4, "group_id": short(group)}) == (204, None)
    assert standing(member)["license"] == "meetings:unassigned" and api.get(path)[1]["group_ids"] == [short(group)]
    status, body = api.patch(path, {"type": 1, "dept": "Else", "group_id": short(member)})
    assert (status, body["code"]) == (404, 4130)
    assert standing(member)["license"] == "meetings:unassigned" and api.get(path)[1]["dept"] == ""
    assert api.patch(path, {"type": 1, "zoom_one_type": 16})[1]["code"] == 300


BUNDLES = {
    "plan_united_type": "1",
    "zoom_one_type": 16,
    "license_info_list": [{"license_type": "MEETING", "license_option": 2, "subscription_id": "x"}],
}


@pytest.mark.parametrize("name", BUNDLES)
def test_what_asks_for_a_bundle(northlake: Company, api: Caller, name: str) -> None:
    """README 3: refused with code 300 wherever it stands and never passed over; that there shall be none is what is so."""
    email, asked = f"new@{northlake.domain}", {name: BUNDLES[name]}
    user = {"email": email, "type": 2}
    for info in ({**user, **asked}, {**user, "feature": asked}):
        status, told = api.post("/users", {"action": "create", "user_info": info})
        assert (status, told["code"], told["errors"][0]["field"]) == (400, 300, name)
    path = f"/users/{northlake.member.email}"
    assert api.patch(path, {"dept": "X", **asked})[1]["code"] == 300 and api.get(path)[1]["dept"] == ""
    none = {"plan_united_type": "none", "zoom_one_type": 0, "license_info_list": []}[name]
    assert api.patch(path, {"dept": "X", name: none}) == (204, None)
    assert api.post("/users", {"action": "create", "user_info": {**user, name: none}})[0] == 201


def test_phone_is_given_and_taken(northlake: Company, api: Caller) -> None:
    path, member = f"/users/{northlake.member.email}", northlake.member.user_id
    assert member is not None
    assert api.patch(path, {"feature": {"zoom_phone": True}}) == (204, None) and "phone" in add_ons(member)
    assert api.patch(path, {"feature": {"zoom_phone": False}}) == (204, None) and "phone" not in add_ons(member)
    do(northlake.operator, "licenses.set_seats", {"product": "phone", "quantity": 0})
    assert api.patch(path, {"feature": {"zoom_phone": True}})[1]["code"] == 1102


def test_deactivate_and_activate(northlake: Company, api: Caller) -> None:
    """S4-32, S4-38, S4-39, S4-50, S4-54: 204 with no body, by address or id, again and again; an unknown one is 404."""
    member = northlake.member.user_id
    assert member is not None
    for named in (northlake.member.email, short(member)):
        assert api.put(f"/users/{named}/status", {"action": "deactivate"}) == (204, None)
        assert standing(member)["status"] == "inactive"
    assert api.get(f"/users/{short(member)}")[1]["status"] == "inactive"
    assert api.patch(f"/users/{short(member)}", {"dept": "X"})[0] == 400
    assert api.put(f"/users/{short(member)}/status/", {"action": "activate"}) == (204, None)
    assert standing(member)["status"] == "active"
    assert api.put("/users/x@y.test/status", {"action": "deactivate"})[1]["code"] == 1001
    assert api.put(f"/users/{short(member)}/status", {"action": "fly"})[1]["code"] == 300
    assert api.put(f"/users/{northlake.admin.email}/status", {"action": "deactivate"})[1]["code"] == 200


def test_leaving(northlake: Company, api: Caller) -> None:
    """S4-45: unlinked by default, deleted when asked, an invitation withdrawn; administrators are left alone with code 1117."""
    first, second = invite(northlake.operator, f"a@{northlake.domain}", f"b@{northlake.domain}")
    do(northlake.operator, "lifecycle.activate", {"subjects": one(first, second)})
    assert api.delete(f"/users/{short(first)}") == (204, None) and standing(first)["status"] == "gone"
    assert api.delete(f"/users/{short(first)}")[0] == 404
    heir = f"?action=delete&transfer_email={northlake.owner.email}&transfer_meeting=true&transfer_notes=true"
    assert api.delete(f"/users/b@{northlake.domain}{heir}") == (204, None) and standing(second)["status"] == "gone"
    assert api.delete(f"/users/pending@{northlake.domain}") == (204, None)
    status, body = api.delete(f"/users/{northlake.admin.email}?action=delete")
    assert (status, body["code"]) == (400, 1117) and breaches() == []


def test_content_goes_to_nobody_elsewhere(northlake: Company, southport: Company, api: Caller) -> None:
    """TENANT-04: 400, nothing moved and nobody deleted."""
    member = northlake.member.user_id
    assert member is not None
    for heir in (southport.owner.email, northlake.member.email, ""):
        status, body = api.delete(f"/users/{short(member)}?action=delete&transfer_meeting=true&transfer_email={heir}")
        assert (status, body["code"]) == (400, 300)
    assert standing(member)["status"] == "active"


def test_totals_and_addresses(northlake: Company, southport: Company, api: Caller) -> None:
    """TENANT-10: of other accounts nothing is told, not even whether they have an address."""
    told = api.get("/users/summary")[1]
    assert told["pending_users_count"] == 1 and told["total_users_count"] == 3
    assert api.get(f"/users/email?email={northlake.member.email}")[1] == {"existed_email": True}
    assert api.get(f"/users/email?email={southport.member.email}")[1] == {"existed_email": False}
    assert api.get("/users/email")[1]["code"] == 300
    assert "User:Edit" in api.get("/users/me/permissions")[1]["permissions"]
    assert api.get(f"/users/{northlake.member.email}/permissions")[1] == {"permissions": []}


def test_another_address_needs_a_managed_domain(northlake: Company, api: Caller) -> None:
    status, body = api.put(f"/users/{northlake.member.email}/email", {"email": "other@elsewhere.test"})
    assert (status, body["code"]) == (400, 200)
    assert api.delete(f"/users/{northlake.member.email}/token") == (204, None)


def test_an_admin_does_not_reach_above(northlake: Company) -> None:
    """AUTHZ-05: what identifies the owner is not an admin's to change, at this door neither."""
    api = caller(actor_of(northlake.admin.user_id))  # type: ignore[arg-type]
    status, body = api.patch(f"/users/{northlake.owner.email}", {"first_name": "X"})
    assert status in (400, 403) and body["code"] == 200
    assert api.get(f"/users/{northlake.owner.email}")[1]["first_name"] == "Olga"
