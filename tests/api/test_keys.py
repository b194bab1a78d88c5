"""Idempotency-Key on every write there is: twice is once, answered the same; for anything else it is refused."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.api.caller import Caller, caller, told
from tests.api.every_operation import address, example
from tests.people_of import Company, do, one
from usher.api.door import WRITES
from usher.api.operations import OPERATIONS, Operation
from usher.core import clock, sql
from usher.core.ids import short
from usher.journal import answers

CHANGES = "SELECT count(*) FROM journal_change"
WRITING = [pytest.param(o, id=f"{o.method} {o.path}") for o in OPERATIONS if o.method in WRITES]


@pytest.fixture(autouse=True)
def database(db: None, settings: Any) -> None:
    """Every test here is undone, and none is about limits."""
    settings.API_LIMITS = False


def body_for(operation: Operation, company: Company) -> dict[str, Any]:
    """A body that means something here, so that most operations do something the first time."""
    made = example(operation.body)
    if "user_info" in made:
        made["user_info"] |= {"email": f"new@{company.domain}", "type": 1}
    if "members" in operation.body:
        made["members"] = [{"email": company.member.email}]
    if "target_group_id" in made:
        made["target_group_id"] = short(sql.value("SELECT id FROM people_group WHERE kind = 'user' ORDER BY name DESC LIMIT 1"))
    if "name" in operation.body:
        made["name"] = "Another name"
    return made


def prepared(company: Company) -> Caller:
    """An account with groups of both kinds and a role of its own, each with the member in it."""
    for name in ("A", "B"):
        do(company.owner, "people.create_group", {"name": name})
    do(company.owner, "people.create_im_group", {"name": "A"})
    do(company.owner, "access.create_role", {"name": "Desk", "privileges": ["people:user:view"]})
    return caller(company.owner)


@pytest.mark.parametrize("operation", WRITING)
def test_twice_is_once(northlake: Company, operation: Operation) -> None:
    """Every operation that writes: the second call under a key changes nothing and is answered as the first was, byte for byte."""
    api = prepared(northlake)
    path, body = address(operation.path, northlake), body_for(operation, northlake)
    first = api(operation.method, path, body, Idempotency_Key="k")
    between = sql.value(CHANGES)
    second = api(operation.method, path, body, Idempotency_Key="k")
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert sql.value(CHANGES) == between
    if first.status_code < 300:
        other = api(operation.method, path, {**body, "something": "else"}, Idempotency_Key="k")
        assert (other.status_code, other.json()["code"]) == (409, 300), "the same key for another body"
        assert sql.value(CHANGES) == between
    else:
        assert not sql.value("SELECT count(*) FROM journal_answer"), "what was refused is not kept: the key is still free"


def test_what_a_key_is_bound_to(northlake: Company, southport: Company) -> None:
    """To its app, address and query; spelled otherwise it is the same wish. Another account or app has keys of its own."""
    api = caller(northlake.owner)
    path = f"/users/{northlake.member.email}"
    assert api("PATCH", path, {"dept": "A", "job_title": "B"}, Idempotency_Key="k").status_code == 204
    assert api("PATCH", path + "/", '{"job_title": "B",  "dept": "A"}', Idempotency_Key="k").status_code == 204
    for method, address_, body in (("PATCH", path + "?x=1", {"dept": "A", "job_title": "B"}), ("DELETE", path, None)):
        status, refused = told(api(method, address_, body, Idempotency_Key="k"))
        assert (status, refused["code"]) == (409, 300) and "another" not in json.dumps(refused)
    for other in (caller(northlake.owner), caller(southport.owner)):
        assert other("DELETE", "/users/me/token", Idempotency_Key="k").status_code == 204


def test_a_refusal_leaves_the_key_free(northlake: Company) -> None:
    """Nothing happened, so the same key may be tried again when the reason is gone, and then it is done."""
    api = caller(northlake.owner)
    do(northlake.operator, "licenses.set_seats", {"product": "phone", "quantity": 0})
    body, path = {"feature": {"zoom_phone": True}}, f"/users/{northlake.member.email}"
    do(northlake.owner, "licenses.change_license", {"license": "meetings:licensed", "subjects": {"ids": [str(northlake.member.user_id)]}})
    assert api("PATCH", path, body, Idempotency_Key="k").status_code == 404
    do(northlake.operator, "licenses.set_seats", {"product": "phone", "quantity": 1})
    assert api("PATCH", path, body, Idempotency_Key="k").status_code == 204


def test_an_answer_asks_for_the_right_again(northlake: Company) -> None:
    """AUTHZ-08: what was answered is told again while its right is there, and to nobody who lost it since."""
    api, admin = caller(northlake.admin), northlake.admin.user_id or ""
    wish = {"action": "create", "user_info": {"email": f"new@{northlake.domain}", "type": 1}}
    calls = [("POST", "/users", wish), ("PATCH", f"/users/{northlake.member.email}", {"dept": "A"}), ("POST", "/groups", {"name": "A"})]
    empty = ("POST", "/users/features", {"feature_type": "zoom_whiteboard", "feature_value": "true", "users": []})
    first = {n: api(*one_of, Idempotency_Key=f"k{n}") for n, one_of in enumerate((*calls, empty))}
    do(northlake.owner, "access.create_role", {"name": "Groups", "privileges": ["people:group:manage"]})
    role = sql.value("SELECT key FROM access_role WHERE name = 'Groups'")
    do(northlake.owner, "access.set_role", {"role": role, "subjects": one(admin)})
    status = {n: api(*one_of, Idempotency_Key=f"k{n}").status_code for n, one_of in enumerate((*calls, empty))}
    assert status == {0: 403, 1: 403, 2: 201, 3: 403}, "who may manage groups only, hears of groups only"
    do(northlake.owner, "access.set_role", {"role": "admin", "subjects": one(admin)})
    assert [api(*one_of, Idempotency_Key=f"k{n}").content for n, one_of in enumerate(calls)] == [first[n].content for n in range(3)]


def test_an_answer_asks_whom_the_role_covers(northlake: Company) -> None:
    """AUTHZ-11: who covers other people since does not hear what was answered about those of before."""
    api, admin = caller(northlake.admin), northlake.admin.user_id or ""
    path = f"/users/{northlake.member.email}"
    assert api("PATCH", path, {"dept": "A"}, Idempotency_Key="k").status_code == 204
    do(northlake.owner, "access.create_role", {"name": "Desk", "privileges": ["people:user:manage"]})
    role = sql.value("SELECT key FROM access_role WHERE name = 'Desk'")
    for department, status in (("B", 403), ("A", 403)):
        scope = {"kind": "department", "values": [department]}
        do(northlake.owner, "access.set_role", {"role": role, "scope": scope, "subjects": one(admin)})
        assert api("PATCH", path, {"dept": "A"}, Idempotency_Key="k").status_code == status
    assert api("PATCH", path, {"job_title": "A"}, Idempotency_Key="k2").status_code == 204
    assert api("PATCH", path, {"job_title": "A"}, Idempotency_Key="k2").status_code == 204
    do(northlake.owner, "access.set_role", {"role": role, "subjects": one(admin)})
    assert api("PATCH", path, {"job_title": "A"}, Idempotency_Key="k2").status_code == 204, "more people than then"


def test_answers_are_forgotten(northlake: Company) -> None:
    """After a day the answer is gone, and the key itself was never kept, only its hash. A repeat then is known by what it changed."""
    api = caller(northlake.owner)
    body = {"name": "Kept"}
    assert api.post("/groups", body, Idempotency_Key="my-secret-key")[0] == 201
    assert not sql.value("SELECT count(*) FROM journal_answer a WHERE a::text LIKE '%%my-secret-key%%'")
    assert answers.sweep() == 0
    with clock.travel(clock.now() + answers.LIFE + timedelta(seconds=1)):
        assert answers.sweep() == 1
    assert sql.value("SELECT count(*) FROM people_group WHERE name = 'Kept'") == 1
    api.post("/groups", body, Idempotency_Key="my-secret-key")
    assert sql.value("SELECT count(*) FROM people_group WHERE name = 'Kept'") == 1


@pytest.mark.parametrize("key", ["x" * 201, "a\tb"])
def test_keys_that_are_none(northlake: Company, key: str) -> None:
    assert caller(northlake.owner)("DELETE", "/users/me/token", Idempotency_Key=key).status_code == 400
