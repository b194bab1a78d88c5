"""Administrators of a group by the API: people whose role covers it."""

from importlib import import_module

import pytest
from django.test import Client

from tests.api.caller import Caller, caller, token_of
from tests.people_of import Company, accept_invitation, actor_of, breaches, do, invite
from tests.signed_in import signed_in
from usher.access import group_admins
from usher.core import sql
from usher.core.ids import short, unshort
from usher.people import find


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


@pytest.fixture(scope="module")
def path(api: Caller) -> str:
    return f"/groups/{api.post('/groups', {'name': 'Sales'})[1]['id']}/admins"


def test_they_come_and_go(northlake: Company, api: Caller, path: str) -> None:
    """S0-18: somebody without a role gets one that covers the group alone; it grows by another group, and goes with the last."""
    user = northlake.member.user_id
    assert user and api.get(path)[1] == {"admins": [], "page_size": 30, "total_records": 0, "next_page_token": ""}
    status, told = api.post(path, {"admins": [{"email": northlake.member.email}]})
    assert status == 201 and told["ids"] == short(user) and told["added_at"].endswith("Z")
    actor = actor_of(user)
    assert (
        actor.role_name == "Group admin"
        and actor.privileges == {"people:user:view", "people:group:view"}
        and actor.scope
        and len(actor.scope.values) == 1
    )
    assert [a["email"] for a in api.get(path)[1]["admins"]] == [northlake.member.email]
    other = f"/groups/{api.post('/groups', {'name': 'Support'})[1]['id']}/admins"
    assert api.post(other, {"admins": [{"id": short(user)}]})[0] == 201
    scope = actor_of(user).scope
    assert scope and len(scope.values) == 2 and len(api.get("/roles")[1]["roles"]) == 4
    assert api.delete(f"{path}/{short(user)}") == (204, None) and api.delete(f"{path}/{short(user)}")[1]["code"] == 4138
    assert api.get(path)[1]["total_records"] == 0 and api.get(other)[1]["total_records"] == 1
    assert api.delete(f"{other}/{northlake.member.email}") == (204, None)
    assert actor_of(user).role == "member" and actor_of(user).scope is None and breaches() == []


def test_a_role_made_before_sees_its_groups(northlake: Company, southport: Company) -> None:
    """AUTHZ-10: Group admin as it was made once gets what it gets now; one that was given something else, and any other, stay as they are."""
    old = {"name": "Group Admin", "privileges": ["people:user:view"]}
    do(northlake.owner, "access.create_role", old)
    do(northlake.owner, "access.create_role", {**old, "name": "Viewer"})
    do(southport.owner, "access.create_role", {**old, "privileges": ["people:user:manage"]})
    sql.execute(import_module("usher.access.migrations.0009_group_admins_see_groups").SEES_GROUPS)
    found = sql.rows("SELECT account_id = %(a)s AS ours, name, privileges, version FROM access_role", {"a": northlake.account})
    assert {(f["ours"], f["name"]): (set(f["privileges"]), f["version"]) for f in found} == {
        (True, "Group Admin"): (set(group_admins.ROLE_RIGHTS), 2),
        (True, "Viewer"): ({"people:user:view"}, 1),
        (False, "Group Admin"): ({"people:user:manage", "people:user:view"}, 1),
    }


def test_they_reach_nobody_beside_their_group(northlake: Company, api: Caller, path: str) -> None:
    """AUTHZ-10: an administrator of a group sees the people of it and changes nothing."""
    user = northlake.member.user_id
    assert user
    api.post(path, {"admins": [{"id": short(user)}]})
    api.post(path.removesuffix("admins") + "members", {"members": [{"email": northlake.admin.email}]})
    actor = actor_of(user)
    from usher.people import by_id

    assert [p["email"] for p in by_id.page(actor, "active", limit=10, after=None)] == [northlake.admin.email]


def test_they_see_their_group_and_no_other(northlake: Company, api: Caller, path: str) -> None:
    """AUTHZ-10: in lists, by themselves, in search and on pages; who covers a department has no groups, and nobody of a part changes one."""
    user = northlake.member.user_id
    assert user
    mine, other = path.split("/")[2], api.post("/groups", {"name": "Sales of others"})[1]["id"]
    im = api.post("/im/groups", {"name": "Sales chat"})[1]["id"]
    do(
        northlake.owner,
        "access.create_role",
        {"name": "Crew", "privileges": ["people:user:view", "people:group:manage", "people:im_group:view", "access:app:manage"]},
    )
    key = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND name = 'Crew'", {"a": northlake.account})
    wish = {"role": key, "subjects": {"ids": [str(user)]}}
    do(northlake.owner, "access.set_role", {**wish, "scope": {"kind": "group", "values": [str(unshort(mine))]}})
    program = Caller(token_of(northlake.operator, creator=user), Client())
    listed = program.get("/groups")[1]
    assert [g["id"] for g in listed["groups"]] == [mine] and listed["total_records"] == 1
    assert program.get(f"/groups/{mine}")[1]["name"] == "Sales" and program.get(f"/groups/{mine}/settings")[0] == 200
    for wrong in (f"/groups/{other}", f"/groups/{other}/members", f"/groups/{other}/settings"):
        assert program.get(wrong)[1]["code"] == 4130
    assert program.get("/im/groups")[0] == program.get(f"/im/groups/{im}")[0] == 403
    assert program.patch(f"/groups/{mine}", {"name": "X"})[0] == program.delete(f"/groups/{mine}")[0] == 403
    browser = signed_in(user)
    page = browser.get("/groups").content.decode()
    assert "Sales" in page and "Sales of others" not in page and "1 group" in page
    assert browser.get(f"/groups/{mine}").status_code == 200 and browser.get(f"/groups/{other}").status_code == 404
    for group in (mine, other):
        api.post(f"/groups/{group}/members", {"members": [{"email": northlake.admin.email}]})
    of_admin = browser.get(f"/people/{short(northlake.admin.user_id)}/groups").content.decode()  # type: ignore[arg-type]
    assert f'href="/groups/{mine}"' in of_admin and "Sales of others" in of_admin and other not in of_admin
    told = program.get(f"/users/{northlake.admin.email}")[1]
    assert told["group_ids"] == [mine] and set(api.get(f"/users/{northlake.admin.email}")[1]["group_ids"]) == {mine, other}
    assert told["group_ids"] == program.get("/users")[1]["users"][0]["group_ids"]
    assert [g["id"] for g in find.find(actor_of(user), "Sales") if g["kind"] == "group"] == [unshort(mine)]
    do(northlake.owner, "access.set_role", {**wish, "scope": {"kind": "department", "values": ["Sales"]}})
    assert program.get("/groups")[0] == 403 and browser.get("/groups").status_code == 403


def test_pages(northlake: Company, api: Caller, path: str) -> None:
    users = invite(northlake.owner, *(f"a{n}@{northlake.domain}" for n in range(3)))
    for user in users:
        accept_invitation(user)
    assert api.post(path, {"admins": [{"id": short(u)} for u in users]})[0] == 201
    first = api.get(f"{path}?page_size=2")[1]
    second = api.get(f"{path}?page_size=2&next_page_token={first['next_page_token']}")[1]
    assert len(first["admins"]) == 2 and len(second["admins"]) == 1 and second["next_page_token"] == "" and first["total_records"] == 3
    assert api.get(f"{path}?page_size=3&next_page_token={first['next_page_token']}")[1]["code"] == 300


def test_whose_role_is_not_taken(northlake: Company, api: Caller, path: str) -> None:
    """A person has one role: who is admin or owner is not made less on the side; nobody pending; at most 10, and nothing is half done."""
    for who in ({"email": northlake.admin.email}, {"email": northlake.owner.email}, {"id": short(northlake.pending)}):
        status, told = api.post(path, {"admins": [{"email": northlake.member.email}, who]})
        assert (status, told["code"]) == (400, 300), who
    assert api.post(path, {"admins": [{"email": northlake.member.email}] * 11})[1]["code"] == 300
    assert api.get(path)[1]["total_records"] == 0 and actor_of(northlake.member.user_id).role == "member"  # type: ignore[arg-type]


def test_without_the_right_and_another_account(northlake: Company, southport: Company, api: Caller, path: str) -> None:
    """AUTHZ-04, AUTHZ-13, TENANT-01: 403 without the right to give roles, 404 for groups and people of another account."""
    body = {"admins": [{"email": northlake.member.email}]}
    do(
        northlake.owner,
        "access.create_role",
        {"name": "Desk", "privileges": ["people:group:manage", "people:user:view", "access:app:manage"]},
    )
    key = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND name = 'Desk'", {"a": northlake.account})
    do(northlake.owner, "access.set_role", {"role": key, "subjects": {"ids": [str(northlake.admin.user_id)]}})
    desk = caller(actor_of(northlake.admin.user_id))  # type: ignore[arg-type]
    for status, told in (desk.get(path), desk.post(path, body), desk.post(path, {}), desk.delete(f"{path}/{northlake.member.email}")):
        assert (status, told["code"]) == (403, 200)
    stranger = caller(southport.owner)
    for status, told in (stranger.get(path), stranger.post(path, body)):
        assert (status, told["code"]) == (404, 4130)
    assert api.post(path, {"admins": [{"email": southport.member.email}]})[1]["code"] == 1001
    assert api.get(path)[1]["total_records"] == 0


def test_the_primary_group(northlake: Company, api: Caller) -> None:
    """README 4: `set_primary` of a group they are in; `move` needs to say where."""
    a, b = (api.post("/groups", {"name": name})[1]["id"] for name in ("A", "B"))
    for group in (a, b):
        api.post(f"/groups/{group}/members", {"members": [{"email": northlake.member.email}]})
    one = f"/groups/{b}/members/{northlake.member.email}"
    assert api.patch(one, {"action": "set_primary"}) == (204, None) and api.patch(one, {"action": "set_primary"})[0] == 204
    assert api.get(f"/users/{northlake.member.email}")[1]["group_ids"] == [b, a]
    assert api.patch(one, {"action": "move"})[1]["errors"][0]["field"] == "target_group_id"
    assert api.patch(one, {"action": "leave"})[1]["code"] == 300
    assert api.patch(f"/groups/{b}/members/{northlake.owner.email}", {"action": "set_primary"})[1]["code"] == 4131
