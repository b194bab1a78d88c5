"""Every page of the portal as whose role covers one department sees it: nobody outside is in it, whatever the page is (AUTHZ-10, AUTHZ-11, AUTHZ-13)."""

import re
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.people_of import Company, do, invite, one
from tests.signed_in import signed_in
from usher.access.roles import grantable
from usher.core import sql
from usher.core.ids import short
from usher.portal.page import routes

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def scoped(northlake: Company) -> Any:
    """The member, whose role has every right there is and covers Sales, where one of two invited people is."""
    inside, outside = invite(northlake.owner, f"insider@{northlake.domain}", f"zyzzyva@{northlake.domain}", department="")
    do(northlake.owner, "people.set_department", {"department": "Sales", "subjects": one(inside)})
    do(northlake.owner, "people.set_department", {"department": "Zyzzology", "subjects": one(outside)})
    do(northlake.owner, "people.edit_profile", {"fields": {"manager": f"zyzzyva@{northlake.domain}"}, "subjects": one(inside)})
    rights = sorted(p for p in northlake.admin.privileges if p in grantable())
    do(northlake.owner, "access.create_role", {"name": "All", "privileges": rights})
    key = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s", {"a": northlake.account})
    scope = {"kind": "department", "values": ["Sales"]}
    do(northlake.owner, "access.set_role", {"role": key, "scope": scope, "subjects": one(northlake.member.user_id or "")})
    return inside, outside


def test_no_page_names_anybody_outside(northlake: Company, scoped: Any) -> None:
    """AUTHZ-11: all routes are asked with nothing, with a search, for everybody, and with the id of the person outside."""
    inside, outside = scoped
    client = signed_in(northlake.member.user_id)
    number = sql.value("SELECT max(number) FROM journal_change WHERE account_id = %(a)s", {"a": northlake.account})
    seen = 0
    for pattern, _entry in routes():
        inner, outer = (re.sub(r"<(?:\w+:)?(\w+)>", partial(filled, number, person), pattern) for person in scoped)
        if shown(client, inner) in (401, 403, 405) or inner.startswith(("/help", "/me", "/livez", "/readyz")):
            continue  # rests, or tells of nobody: no address of it says more
        others = [
            outer,
            f"{outer}?q=zyzz&text=zyzz&manager=zyzz",
            f"{inner}?all=1&status=any",
            f"{inner}?ids={short(outside)},{short(inside)}",
        ]
        seen += sum(shown(client, path) == 200 for path in others)
    assert seen > 60


def filled(number: int, person: UUID, name: re.Match[str]) -> str:
    return str(number) if name[1] == "number" else short(person)


def shown(client: Client, path: str) -> int:
    """The status of a page in which nobody from outside is named."""
    answer = client.get(path)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    told = body.decode(errors="replace")
    assert "zyzzyva@" not in told and "Zyzzology" not in told and answer.status_code != 500, path
    return answer.status_code


def test_the_person_inside_is_there(northlake: Company, scoped: Any) -> None:
    """What the test above asks for is shown where it may be: else it could not fail."""
    inside, outside = scoped
    client = signed_in(northlake.member.user_id)
    assert client.get(f"/people/{short(inside)}").status_code == 200
    assert client.get(f"/people/{short(outside)}").status_code == 404
    assert "insider@" in client.get("/people/pending?q=insider").content.decode()
    owner = signed_in(northlake.owner.user_id)
    assert "zyzzyva@" in owner.get("/people/pending?q=zyzz").content.decode()
    assert client.post("/people/new", {"emails": "new@x.test"}).status_code == 403
