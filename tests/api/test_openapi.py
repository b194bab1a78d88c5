"""Our OpenAPI, compared with what the contract says of the same calls (contract.json beside this file is the part of it that we serve)."""

from typing import Any

import pytest
from django.test import Client

from tests.api import test_conformity, test_conformity_content, test_phone_conformity
from tests.api.compatibility import PAGES, contract, page
from usher.access import scopes
from usher.api import openapi, v2
from usher.api.operations import OPERATIONS, Operation
from usher.core.privileges import all_names
from usher.zoom_wire.answers import told

CONTRACT = {(c["method"], c["path"]): c for c in contract()}
ASKED = [pytest.param(o, CONTRACT.get((o.method, o.path)), id=f"{o.method} {o.path}") for o in OPERATIONS]
# Where we take more, or something else, on purpose: see the page about compatibility.
PLURALS = {"transfer_meetings", "transfer_recordings", "transfer_webinars"}
MORE_QUERY = {"page_number", "page_size", "next_page_token", "search_by_unique_id", *PLURALS}
MORE_CLASSIC = {"recording:read:admin"}  # the contract's copy lacks it at one call, where it has a scope of phones
MORE_BODY = {"employee_unique_id"}
OTHER_LIMITS = {
    "dept",
    "cost_center",
    "timezone",
    "manager",
    "group_id",
    "email",
    "page_size",
    "page_number",
    "name",
    "type",
    "action",
    "description",
    "privileges",
    "pmi",  # 10 digits, said as a length of a number
}


def test_every_area_is_there() -> None:
    assert v2.AREAS and len(OPERATIONS) >= 35


@pytest.mark.parametrize(("operation", "theirs"), ASKED)
def test_an_operation_is_as_the_contract_says(operation: Operation, theirs: dict[str, Any] | None) -> None:
    """S4-34, S4-36, S4-38: path, status, label, scopes; and every field we act on is one of theirs, of the same type and limits."""
    assert theirs is not None, "not in the contract"
    assert operation.success in theirs["success"] and operation.label == theirs["label"]
    assert set(operation.scopes.granular) <= set(theirs["granular"])
    assert set(operation.scopes.classic) - set(theirs["classic"]) <= MORE_CLASSIC
    assert set(operation.query) - set(theirs["query"]) <= MORE_QUERY
    assert {*operation.body, *operation.kept} - set(theirs["body"]) <= MORE_BODY and not {*operation.body} & {*operation.kept}
    for name, field in {**operation.query, **operation.body, **operation.kept}.items():
        there = {**theirs["query"], **theirs["body"]}.get(name)
        if there is None or name in OTHER_LIMITS:
            continue
        assert there["type"] == field.kind, name
        most = there.get("maxLength", there.get("maximum", there.get("maxItems")))
        assert most is None or most == field.most, (name, most, field.most)
        assert set(field.one_of) <= set(there.get("enum", field.one_of)), name


def test_the_file_is_whole() -> None:
    """OpenAPI 3.1: every id once, every path parameter described, no foreign host; the page says the same to read."""
    answer = Client().get("/docs/openapi.json")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/json"
    found = answer.json()
    assert found["openapi"] == "3.1.0" and "zoom.us" not in answer.content.decode()
    told = [o for path in found["paths"].values() for o in path.values()]
    assert len({o["operationId"] for o in told}) == len(told) == len(OPERATIONS)
    for path, operations in found["paths"].items():
        for operation in operations.values():
            assert {p["name"] for p in operation["parameters"] if p["in"] == "path"} == {
                p[1:-1] for p in path.split("/") if p.startswith("{")
            }
    text = Client().get("/docs").content.decode()
    assert all(o.path in text for o in OPERATIONS) and "<code>meeting:read</code>" in text
    assert openapi.scopes().keys() == {s for o in OPERATIONS for s in (*o.scopes.all, *o.scopes.own)}


def test_a_summary_is_a_whole_sentence() -> None:
    """Also where it is longer than a line."""
    assert [o.name for o in OPERATIONS if not o.summary.endswith(".") or "\n" in o.summary] == []


def test_an_answer_is_told_as_it_is() -> None:
    """An object, a list, or nothing at all; what is no object was found by schemathesis."""
    paths = Client().get("/docs/openapi.json").json()["paths"]

    def kind(path: str, method: str, status: str) -> str:
        content = paths[path][method]["responses"][status].get("content", {})
        return str(content["application/json"]["schema"]["type"]) if content else ""

    assert kind("/users", "get", "200") == "object" and kind("/phone/users/batch", "post", "201") == "array"
    assert kind("/phone/users/{userId}/calling_plans", "post", "201") == kind("/users/{userId}", "patch", "204") == ""


def test_an_answer_has_the_fields_the_contract_documents() -> None:
    """S4-37: by name and type, so that a client can be made from the file; only what is there is promised, and none of it for sure, as in the contract."""
    of_areas = (test_conformity, test_conformity_content, test_phone_conformity)  # which look for each of these fields in a real answer
    asked_for = test_conformity.ASKED_FOR
    for area in of_areas:
        for call, places in area.FIELDS.items():
            there = {p: kind for p, kind in places.items() if not area.is_unknown(call, p) or p.partition(".")[2].startswith(asked_for)}
            assert told().get(call, {}) == there, call
    assert told().keys() <= {f"{o.method} {o.path}" for o in OPERATIONS}
    one = openapi.document()["paths"]["/users"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    user = one["properties"]["users"]["items"]["properties"]
    assert (
        one["type"] == "object" and user["type"] == {"type": "integer"} and user["created_at"] == {"type": "string", "format": "date-time"}
    )
    assert user["group_ids"] == {"type": "array", "items": {"type": "string"}}
    batch = openapi.document()["paths"]["/phone/users/batch"]["post"]["responses"]["201"]["content"]["application/json"]["schema"]
    assert batch["type"] == "array" and batch["items"]["properties"]["email"] == {"type": "string"}


def test_the_page_about_compatibility_is_up_to_date() -> None:
    """`python -m tests.api.compatibility` writes it."""
    assert {language: file.read_text() for language, file in PAGES.items()} == {language: page(language) for language in PAGES}


def test_every_scope_makes_use_of_a_right_there_is() -> None:
    """OAUTH-21: what is told to people who agree is in the words of rights; a scope without one could not be told."""
    for scope in scopes.known():
        assert all(right in scopes._own or right in all_names() for right in scopes._registry[scope]), scope
