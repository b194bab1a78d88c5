"""What holds for every call: pages, parameters, ids, empty answers (README 1), in the spellings that published clients send."""

from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.api.caller import Caller
from tests.people_of import Company, do, invite, one
from usher.core.ids import short


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


@pytest.mark.parametrize(
    ("path", "rows", "most"),
    [("/users", "users", 2000), ("/groups", "groups", 300), ("/im/groups", "groups", 300), ("/roles/1/members", "members", 300)],
)
def test_a_page_larger_than_there_are_is_the_largest(api: Caller, path: str, rows: str, most: int) -> None:
    """README 1, Pagination: a client that asks every list for more goes on with the page_size of the answer (decision 0080)."""
    api.post("/groups", {"name": "A"})
    status, found = api.get(f"{path}?page_size={most + 1}&page_number=1")
    assert status == 200 and found.get("page_size", most) == most and rows in found
    assert api.get(f"{path}?page_size=1000000")[1].get("page_size", most) == most


@pytest.mark.parametrize("path", ["/groups", "/im/groups"])
def test_groups_have_pages(api: Caller, path: str) -> None:
    """By token to the end, and by number; a number beyond the last page is an empty page."""
    for n in range(5):
        api.post(path, {"name": f"G{n}"})
    seen, token = [], ""
    while True:
        found = api.get(f"{path}?page_size=2&next_page_token={token}")[1]
        seen += [g["name"] for g in found["groups"]]
        token = found["next_page_token"]
        if not token:
            break
    by_number = [g["name"] for n in (1, 2, 3, 4) for g in api.get(f"{path}?page_size=2&page_number={n}")[1]["groups"]]
    assert seen == by_number and set(seen) == {f"G{n}" for n in range(5)} and len(seen) == found["total_records"] == 5


def test_a_token_goes_before_a_number(api: Caller) -> None:
    """README 1: page_number is ignored when next_page_token is used."""
    token = api.get("/users?page_size=2")[1]["next_page_token"]
    found = api.get(f"/users?page_size=2&page_number=7&next_page_token={token}")[1]
    assert len(found["users"]) == 1 and found["next_page_token"] == ""


@pytest.mark.parametrize(
    ("text", "found"), [("true", True), ("True", True), ("TRUE", True), ("false", False), ("False", False), ("", False)]
)
def test_true_in_any_spelling(northlake: Company, api: Caller, text: str, found: bool) -> None:
    """.NET and Python write True; empty is not given."""
    do(northlake.owner, "people.edit_profile", {"subjects": one(northlake.member.user_id), "fields": {"employee_id": "E7"}})  # type: ignore[arg-type]
    assert (api.get(f"/users/E7?search_by_unique_id={text}&encrypted_email=True&page_size=100")[0] == 200) is found
    assert api.get("/users/E7?search_by_unique_id=yes")[1]["code"] == 300


def test_people_in_the_path(northlake: Company, api: Caller) -> None:
    """S4-36: addresses with a plus, a quote or capitals, percent-encoded or not, with a slash at the end; `me`."""
    for local in ("a+b", "o'neil", "x.y_z"):
        email = f"{local}@{northlake.domain}"
        assert api.post("/users", {"action": "create", "user_info": {"email": email, "type": 1}})[0] == 201
        for named in (email, quote(email, safe=""), quote(email.upper()), quote(email) + "/"):
            assert api.get(f"/users/{named}")[1]["email"] == email, named
    assert api.get("/users/me/")[1]["email"] == northlake.owner.email


def test_a_filter_by_what_nobody_has_finds_nobody(api: Caller) -> None:
    """`license` knows three products, none of them sold here; a role that is none has no holders; an unknown license is named."""
    for query in ("license=zoom_workforce_management", "role_id=AaIANazEdqyigcA1NyLlJg", "role_id=99"):
        found = api.get(f"/users?{query}")[1]
        assert found["users"] == [] and found["total_records"] == 0 and found["next_page_token"] == "", query
    assert api.get("/users?license=gold")[1]["errors"][0]["field"] == "license"
    assert api.get("/roles?type=iq")[1] == {"roles": [], "total_records": 0} and api.get("/roles?type=common")[1]["total_records"] == 3
    assert (
        api.post("/roles", {"name": "IQ", "type": "iq"})[1]["code"] == 300 and api.post("/roles", {"name": "C", "type": "common"})[0] == 200
    )


@pytest.mark.parametrize("path", ["", "/", "/nowhere", "/users/a/b/c"])
def test_an_address_that_is_none_answers_as_the_api_does(api: Caller, path: str) -> None:
    """S4-42: JSON, even where a client forgot everything after the version."""
    status, body = api.get(path)
    assert (status, body["code"]) == (400, 2300) and body["message"]


def test_nobody_in_a_group_is_no_member(northlake: Company, southport: Company, api: Caller) -> None:
    """README 4: 4131 for who is not in the group, for nobody, and for somebody of another account alike."""
    for path in ("/groups", "/im/groups"):
        one_group = f"{path}/{api.post(path, {'name': 'A'})[1]['id']}"
        for named in (northlake.member.email, "AaIANazEdqyigcA1NyLlJg", southport.member.email):
            status, body = api.delete(f"{one_group}/members/{named}")
            assert (status, body["code"]) == (404, 4131), (path, named)


def test_401_has_a_challenge(api: Caller) -> None:
    """RFC 9110 15.5.2: some HTTP libraries read no body of a 401 without one."""
    assert Client().get("/v2/users")["WWW-Authenticate"] == "Bearer" and "WWW-Authenticate" not in api("GET", "/users")


def test_204_is_empty(northlake: Company, api: Caller) -> None:
    """README 1: no body and no type; RFC 9110 8.6 forbids to tell its length. A body with DELETE is read by nobody."""
    answer = api("DELETE", f"/users/{short(northlake.pending)}", {"action": "delete"})
    assert answer.status_code == 204 and answer.content == b"" and "Content-Type" not in answer


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"])
def test_json_by_any_of_its_names(northlake: Company, api: Caller, kind: str) -> None:
    status = api.client.put(
        f"/v2/users/{northlake.member.email}/status",
        '{"action": "deactivate", "id": "extra", "transfer_events": null}',
        content_type=kind,
        headers={"Authorization": f"Bearer {api.token}"},
    ).status_code
    assert status == 204


def counted(api: Caller, path: str) -> tuple[int, Any]:
    with CaptureQueriesContext(connection) as seen:
        body = api.get(path)[1]
    return len([q for q in seen if not (q["sql"] or "").startswith(("SAVEPOINT", "RELEASE"))]), body


LARGE = ("/users?page_size=2000", "/users?page_size=1&page_number=2", "/users?status=pending&role_id=2&page_size=2000")
SMALL = (
    "/users?status=pending",
    "/groups",
    "/im/groups",
    "/groups/{g}/members",
    "/groups/{g}/members?page_size=2000",
    "/roles",
    "/roles/2/members",
)


@pytest.mark.parametrize("path", [*SMALL, *LARGE])
def test_no_query_for_each_row(northlake: Company, api: Caller, path: str, settings: Any) -> None:
    """S4-37: a list of two costs as many statements as one of twelve."""
    settings.API_LIMITS = False  # the invitations of a day
    group = api.post("/groups", {"name": "A"})[1]["id"]
    path = path.replace("{g}", group)
    counts = []
    for n in (1, 10):
        ids = invite(northlake.operator, *(f"p{n}x{i}@{northlake.domain}" for i in range(n)))
        api.post(f"/groups/{group}/members", {"members": [{"id": short(i)} for i in ids]})
        for i in range(n):
            for kind in ("/groups", "/im/groups", "/roles"):
                api.post(kind, {"name": f"G{n}x{i}"})
        counts.append(counted(api, path)[0])
    assert counts[0] == counts[1] <= 6
