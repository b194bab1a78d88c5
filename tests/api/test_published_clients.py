"""How published clients call, replayed in our words: what they send beside what they mean, how they walk lists, what they read of an answer (decision 0080)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.caller import Caller
from tests.people_of import Company, accept_invitation, breaches, do, invite, one
from usher.api import limits
from usher.core import clock
from usher.core.ids import short, unshort


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


def test_a_data_tap_counts_pages(northlake: Company, api: Caller) -> None:
    """tap-zoom: page_size 1000 everywhere, then the page_size of the answer, page by page to page_count."""
    for path, rows in (("/users", "users"), ("/roles/2/members", "members")):
        size, number, seen = 1000, 1, []
        while True:
            found = api.get(f"{path}?page_size={size}&page_number={number}")[1]
            seen += [row["id"] for row in found[rows]]
            if number >= found["page_count"]:
                break
            size, number = found["page_size"], number + 1
        assert len(seen) == len(set(seen)) == found["total_records"], path


def test_a_playbook_walks_by_token(northlake: Company, api: Caller) -> None:
    """demisto: a fixed page_size with the token until it is empty, and `action` of a deletion in the body, where it means nothing: the default is done."""
    token, seen = None, 0
    while token != "":
        found = api.get("/users?status=active&page_size=2" + (f"&next_page_token={token}" if token else ""))[1]
        token, seen = found["next_page_token"], seen + len(found["users"])
    assert seen == found["total_records"] == 3
    answer = api("DELETE", f"/users/{short(northlake.member.user_id)}", {"action": "delete"})  # type: ignore[arg-type]
    assert answer.status_code == 204 and api.get(f"/users/{northlake.member.email}")[0] == 404


def test_an_identity_connector_keeps_a_person(northlake: Company, api: Caller) -> None:
    """connector-zoom: its whole model of a user in every body, an address that is there already by 409 and a look, lists by page_number, groups by id."""
    email = f"idm@{northlake.domain}"
    model = {
        "email": email,
        "first_name": "Ida",
        "last_name": "Mer",
        "type": 1,
        "status": "active",
        "verified": "1",
        "pmi": 0,
        "language": "en-US",
    }
    id = api.post("/users", {"action": "create", "user_info": model})[1]["id"]
    status, body = api.post("/users", {"action": "create", "user_info": model})
    assert (status, body["code"]) == (409, 1005) and api.get(f"/users/{email}")[1]["id"] == id
    do(northlake.operator, "lifecycle.activate", {"subjects": one(unshort(id))})
    found = api.get("/users?status=active&page_size=1&page_number=1")[1]
    pages = [api.get(f"/users?status=active&page_size={found['page_size']}&page_number={n + 1}")[1] for n in range(found["page_count"])]
    assert id in [u["id"] for p in pages for u in p["users"]] and pages[-1]["page_number"] == found["page_count"]
    group = api.post("/groups", {"name": "Staff"})[1]["id"]
    assert api.post(f"/groups/{group}/members", {"members": [{"id": id}]})[1]["ids"] == id
    assert api.get(f"/users/{id}")[1]["group_ids"] == [group] and api.delete(f"/groups/{group}/members/{id}") == (204, None)
    assert api.put(f"/users/{id}/status", {"action": "deactivate"}) == (204, None)
    assert api.get(f"/users/{id}")[1]["status"] == "inactive" and api.put(f"/users/{id}/status", {"action": "activate"}) == (204, None)
    assert api.delete(f"/users/{id}?action=delete") == (204, None) and api.get(f"/users/{id}")[1]["code"] == 1001 and breaches() == []


def test_an_access_review_gives_and_takes(northlake: Company, api: Caller) -> None:
    """baton-zoom: an empty next_page_token on the first page of everything; a deletion is done when the person is 404; a role is given by id."""
    for path in ("/users", "/groups", "/roles/1/members"):
        assert api.get(f"{path}?next_page_token=&page_size=50")[0] == 200, path
    who = short(northlake.member.user_id)  # type: ignore[arg-type]
    assert api.post("/roles", {"name": "Review", "privileges": ["User:Read"]})[0] == 200
    role = next(r for r in api.get("/roles")[1]["roles"] if r["name"] == "Review")
    assert set(role) >= {"id", "name", "description", "type"}
    told = api.post(f"/roles/{role['id']}/members", {"members": [{"id": who}]})[1]
    assert told["ids"] == who and isinstance(told["add_at"], str)
    member = api.get(f"/roles/{role['id']}/members?next_page_token=&page_size=50")[1]["members"][0]
    assert set(member) >= {"id", "email", "first_name", "last_name", "type"}
    assert api.delete(f"/roles/{role['id']}/members/{who}") == (204, None)
    assert api.delete(f"/users/{who}") == (204, None) and api.get(f"/users/{who}")[0] == 404


def test_scripts_lower_their_query_and_ask_in_capitals(northlake: Company, api: Caller) -> None:
    """PSZoom: the whole query of a deletion in small letters, True in capitals, page_size with every read, no action for somebody pending."""
    (left,) = invite(northlake.operator, f"ps@{northlake.domain}")
    accept_invitation(left)
    query = f"action=delete&transfer_email={northlake.owner.email}&transfer_meeting=true".lower()
    assert api.get(f"/users/{short(left)}?page_size=100&encrypted_email=True")[1]["email"] == f"ps@{northlake.domain}"
    assert api.delete(f"/users/{short(left)}?{query}") == (204, None)
    assert api.get("/users?page_size=100&role_id=0&status=active")[1]["total_records"] == 1
    assert api.delete(f"/users/{short(northlake.pending)}") == (204, None)


def test_a_typed_client_names_itself_in_bodies(northlake: Company, api: Caller) -> None:
    """ZoomNet: pages of roles it may have, the id of a role again in its body, empty parts as null, the ids of an addition split at commas."""
    assert api.get("/roles?page_size=300")[1]["total_records"] == 3
    assert api.post("/roles", {"name": "Net", "description": None, "privileges": None})[0] == 200
    role = next(r["id"] for r in api.get("/roles")[1]["roles"] if r["name"] == "Net")
    assert api.patch(f"/roles/{role}", {"id": role, "name": None, "description": "Typed", "privileges": None}) == (200, {})
    group = api.post("/groups", {"name": "Net"})[1]["id"]
    people = [{"email": northlake.member.email}, {"email": northlake.admin.email}]
    assert len(api.post(f"/groups/{group}/members", {"members": people})[1]["ids"].split(",")) == 2


def test_a_client_that_waits_gets_through(northlake: Company, api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """S4-43, S4-50: a loop over the status call that waits as Retry-After says after 429 deactivates everybody, each once; without waiting it is told 429 again."""
    people = invite(northlake.operator, *(f"loop{n}@{northlake.domain}" for n in range(90)))
    for id in people:
        accept_invitation(id)
    moment, waited = clock.now(), 0
    for id in people:
        while True:
            with clock.travel(moment):
                answer: Any = api("PUT", f"/users/{short(id)}/status", {"action": "deactivate"})
            if answer.status_code != 429:
                break
            assert answer.json()["code"] == 429 and answer["X-RateLimit-Remaining"] == "0" and answer.json()["message"] == limits.QPS
            moment, waited = moment + timedelta(seconds=int(answer["Retry-After"])), waited + 1
        assert answer.status_code == 204
    assert waited >= 1 and api.get("/users?status=inactive")[1]["total_records"] == 90
