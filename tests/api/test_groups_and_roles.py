"""Groups, IM groups and roles by the API."""

import pytest

from tests.api.caller import Caller, caller
from tests.people_of import Company, actor_of, breaches, standing
from usher.access.roles import grantable
from usher.core.ids import short
from usher.zoom_wire import privileges


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


@pytest.mark.parametrize("path", ["/groups", "/im/groups"])
def test_groups_come_and_go(northlake: Company, api: Caller, path: str) -> None:
    """S0-27, S0-28, S0-62: made, listed, renamed, filled, emptied, deleted; names clash with 4132, what is gone is 4130."""
    status, made = api.post(path, {"name": "Sales"})
    assert status == 201 and made["name"] == "Sales" and made["total_members"] == 0 and len(made["id"]) == 22
    assert api.post(path, {"name": "SALES"})[1]["code"] == 4132 and api.post(path, {})[1]["code"] == 300
    one = f"{path}/{made['id']}"
    assert api.patch(one, {"name": "Sales EMEA"}) == (204, None) and api.get(one)[1]["name"] == "Sales EMEA"
    member, owner = northlake.member.email, short(northlake.owner.user_id)  # type: ignore[arg-type]
    status, told = api.post(f"{one}/members", {"members": [{"email": member}, {"id": owner}]})
    assert status == 201 and len(told["ids"].split(",")) == 2 and told["added_at"].endswith("Z")
    listed = api.get(f"{one}/members")[1]
    assert {m["email"] for m in listed["members"]} == {member, northlake.owner.email} and listed["total_records"] == 2
    assert [g["total_members"] for g in api.get(path)[1]["groups"]] == [2]
    first = api.get(f"{one}/members?page_size=1")[1]
    second = api.get(f"{one}/members?page_size=1&next_page_token={first['next_page_token']}")[1]
    assert first["members"] != second["members"] and second["next_page_token"] == ""
    assert api.delete(f"{one}/members/{owner}") == (204, None)
    assert api.delete(f"{one}/members/{owner}")[1]["code"] == 4131
    assert api.delete(one) == (204, None) and api.get(one)[1]["code"] == 4130 and breaches() == []


def test_members_that_cannot_be_added(api: Caller, southport: Company) -> None:
    """TENANT-03: nobody of another account, and nobody at all when one is not here; at most 30 at once."""
    one = f"/groups/{api.post('/groups', {'name': 'Sales'})[1]['id']}"
    status, body = api.post(f"{one}/members", {"members": [{"id": "me"}, {"id": short(southport.member.user_id)}]})  # type: ignore[arg-type]
    assert (status, body["code"]) == (404, 1001) and api.get(one)[1]["total_members"] == 0
    assert api.post(f"{one}/members", {"members": [{"id": "me"}] * 31})[1]["code"] == 300


def test_who_left_is_not_counted(northlake: Company, api: Caller) -> None:
    """S0-27: they keep their groups for the day they come back, and are in no number."""
    for name in ("Sales", "Support"):
        one = f"/groups/{api.post('/groups', {'name': name})[1]['id']}"
        api.post(f"{one}/members", {"members": [{"email": northlake.member.email}, {"email": northlake.admin.email}]})
    assert api.delete(f"/users/{northlake.member.email}?action=delete")[0] == 204
    assert [g["total_members"] for g in api.get("/groups")[1]["groups"]] == [1, 1] and api.get(one)[1]["total_members"] == 1


def test_a_member_is_moved(northlake: Company, api: Caller) -> None:
    a, b = (api.post("/groups", {"name": name})[1]["id"] for name in ("A", "B"))
    api.post(f"/groups/{a}/members", {"members": [{"email": northlake.member.email}]})
    move = {"action": "move", "target_group_id": b}
    assert api.patch(f"/groups/{a}/members/{northlake.member.email}", move) == (204, None)
    assert api.get(f"/users/{northlake.member.email}")[1]["group_ids"] == [b]
    assert api.patch(f"/groups/{a}/members/{northlake.member.email}", move)[1]["code"] == 4131


def test_roles(northlake: Company, api: Caller) -> None:
    """S0-14, S0-15: the three of the system and custom ones; 1034 for none, 1224 for a name that is taken."""
    found = api.get("/roles")[1]
    assert [(r["id"], r["name"]) for r in found["roles"]] == [("0", "Owner"), ("1", "Admin"), ("2", "Member")]
    assert api.post("/roles", {"name": "Help desk", "privileges": ["people:user:view"]}) == (200, {})
    role = api.get("/roles")[1]["roles"][-1]
    assert api.get(f"/roles/{role['id']}")[1]["privileges"] == ["User:Read"]
    assert api.post("/roles", {"name": "help DESK"})[1]["code"] == 1224
    assert api.patch(f"/roles/{role['id']}", {"description": "First line"}) == (200, {})
    status, told = api.post(f"/roles/{role['id']}/members", {"members": [{"email": northlake.member.email}]})
    assert status == 201 and told["ids"] == short(northlake.member.user_id)  # type: ignore[arg-type]
    assert [m["email"] for m in api.get(f"/roles/{role['id']}/members")[1]["members"]] == [northlake.member.email]
    assert api.get(f"/users/{northlake.member.email}")[1]["role_name"] == "Help desk"
    assert api.delete(f"/roles/{role['id']}/members/{northlake.member.email}") == (204, None)
    assert api.delete(f"/roles/{role['id']}") == (204, None) and api.get(f"/roles/{role['id']}")[1]["code"] == 1034
    assert api.post("/roles/0/members", {"members": [{"id": "me"}]})[1]["code"] == 300


def test_privileges_have_both_names(northlake: Company, api: Caller) -> None:
    """README 5: `User:Edit` and `people:user:manage` are one right, told as the contract calls it; what has no counterpart is refused."""
    api.post("/roles", {"name": "Desk", "privileges": ["User:Edit", "people:group:view", "journal:change:view"]})
    path = f"/roles/{api.get('/roles')[1]['roles'][-1]['id']}"
    assert api.get(path)[1]["privileges"] == ["Group:Read", "User:Edit", "User:Read", "journal:change:view"]
    assert api.patch(path, {"privileges": api.get(path)[1]["privileges"]}) == (200, {})
    assert len(api.get(path)[1]["privileges"]) == 4
    for odd in ("Branding:Edit", "User:Delete", "people:user:own", "User"):
        status, told = api.patch(path, {"privileges": [odd]})
        assert (status, told["code"]) == (400, 300), odd
    assert {"User:Edit", "Role:Read"} <= set(api.get("/users/me/permissions")[1]["permissions"])


def test_every_privilege_of_the_map_is_one() -> None:
    """What the contract names, and what a role can be given here."""
    assert set(privileges.THEIRS) <= grantable()


def test_nobody_hands_out_more_than_they_hold(northlake: Company) -> None:
    """AUTHZ-01, AUTHZ-02: an admin's app makes nobody an admin, not itself an owner, and nothing is changed."""
    api, member = caller(actor_of(northlake.admin.user_id)), northlake.member.user_id  # type: ignore[arg-type]
    assert member is not None
    status, body = api.post("/roles/1/members", {"members": [{"email": northlake.member.email}]})
    assert (status, body["code"]) == (403, 200) and standing(member)["role"] == "member"
    assert api.delete("/roles/1/members/me")[0] in (400, 403)
