"""Bodies and numbers no operation can read: refused as JSON, and nothing is done."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.api.caller import caller, token_of
from tests.people_of import Company, actor_of
from usher.core import sql


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[]", 400),
        ('"x"', 400),
        ('{"action":"deactivate","action":"activate"}', 400),
        ('{"action":NaN}', 400),
        ('{"action":"deactivate","x":Infinity}', 400),
        ('{"action":"deactivate","x":-1e400}', 400),
        ('{"action":"deactivate","x":' + "9" * 5_000 + "}", 400),
        ('{"action":"deactivate","x":' + "[" * 100_000 + "]" * 100_000 + "}", 400),
        ('{"action":"deactivate",' + ",".join(f'"k{n}":{n}' for n in range(100_000)) + "}", 413),
        ('{"action":1e2,' + ",".join(f'"k{n}":{n}' for n in range(50_000)) + "}", 400),
        ("[" * 100_000, 400),
        (b"\xff\xfe", 400),
        ('{"action":"deactivate","x":"' + "a" * (1024 * 1024) + '"}', 413),
        ('{"action":{}}', 400),
        ("", 400),
    ],
)
def test_bodies_that_are_none(northlake: Company, body: Any, status: int) -> None:
    """DOS-06, MASS-05, MASS-08: refused as JSON with a code, and nothing is done."""
    answer = caller(northlake.owner)("PUT", f"/users/{northlake.member.email}/status", body)
    assert answer.status_code == status and json.loads(answer.content)["code"] == 300
    assert actor_of(northlake.member.user_id)  # type: ignore[arg-type]
    assert sql.value("SELECT status FROM people_standing WHERE user_id = %(u)s", {"u": northlake.member.user_id}) == "active"


@pytest.mark.parametrize("number", [2**31, 2**63, 2**70, -1, -(2**70), 0, "9" * 4_000])
def test_numbers_beyond_every_type(northlake: Company, number: Any) -> None:
    """DOS-08: in a query and in a body, refused with code 300 and nothing is done. A page that is only large is the largest there is."""
    api = caller(northlake.owner)
    assert api.get(f"/users?page_size={number}")[0] == (200 if number == 2**31 else 400)
    assert api.get(f"/users?page_number={number}")[0] == 400
    status, body = api.patch(f"/users/{northlake.member.email}", f'{{"zoom_one_type":{number}}}')
    assert (status, body and body["code"]) == ((204, None) if number == 0 else (400, 300))  # 0 is no bundle, which everybody has


@pytest.mark.parametrize("path", ["/v2/users", "/v2/nowhere", "/oauth/token", "/oauth/revoke"])
@pytest.mark.parametrize("size", [9 * 1024 * 1024, 25 * 1024 * 1024, 4 * 1024**3])
def test_more_than_we_read(northlake: Company, path: str, size: int) -> None:
    """A body larger than any request is refused by its announced size, as JSON, before it is read."""
    headers = {"Authorization": f"Bearer {token_of(northlake.owner)}"} if path.startswith("/v2") else {}
    kind = "application/json" if path.startswith("/v2") else "application/x-www-form-urlencoded"
    answer = Client().generic("POST", path, b"x", content_type=kind, headers=headers, CONTENT_LENGTH=str(size))
    assert answer["Content-Type"] == "application/json"
    assert answer.status_code == (400 if path == "/v2/nowhere" and size < 24 * 1024 * 1024 else 413)


@pytest.mark.parametrize("depth", [99, 500, 900, 5_000])
def test_a_deep_body_is_none_with_a_key_too(northlake: Company, depth: int) -> None:
    """DOS-06: what a key is bound to walks over the whole body; too deep for that is refused before."""
    body = '{"action":"deactivate","x":' + "[" * depth + "]" * depth + "}"
    answer = caller(northlake.owner)("PUT", f"/users/{northlake.member.email}/status", body, Idempotency_Key="k")
    assert answer.status_code == (204 if depth < 100 else 400)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_of_another_kind(northlake: Company, kind: str) -> None:
    """MASS-07: 415, whatever page sent it."""
    answer = Client().put(
        f"/v2/users/{northlake.member.email}/status",
        '{"action":"deactivate"}',
        content_type=kind,
        headers={"Authorization": f"Bearer {token_of(northlake.owner)}"},
    )
    assert answer.status_code == 415 and answer["Content-Type"] == "application/json"


@pytest.mark.parametrize(("body", "status"), [("", 204), (" \t\r\n", 204), ("\x0c", 400), ("\x0b{}", 400)])
def test_what_is_no_body(northlake: Company, body: str, status: int) -> None:
    """RFC 8259, section 2: space, tab and line ends are nothing; a form feed is no JSON."""
    assert caller(northlake.owner)("PATCH", f"/users/{northlake.member.email}", body).status_code == status
