"""Every page of the portal as whose role covers one department sees it: nobody outside is in it, whatever the page is (AUTHZ-10, AUTHZ-11, AUTHZ-13)."""

import re
from typing import Any

import pytest

from tests.people_of import Company, do, invite, one
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short
from usher.portal.page import routes

pytestmark = pytest.mark.django_db
ASK = re.compile(rb'<span class="[^"]*u-actor[^"]*">.*?</span>')


@pytest.fixture
def scoped(northlake: Company) -> Any:
    """The member, whose role has every right there is and covers Sales, where one of two invited people is."""
    inside, outside = invite(northlake.owner, f"insider@{northlake.domain}", f"zyzzyva@{northlake.domain}", department="")
    do(northlake.owner, "people.set_department", {"department": "Sales", "subjects": one(inside)})
    do(northlake.owner, "people.set_department", {"department": "Zyzzology", "subjects": one(outside)})
    do(northlake.owner, "people.edit_profile", {"fields": {"manager": f"zyzzyva@{northlake.domain}"}, "subjects": one(inside)})
    rights = sorted(p for p in northlake.admin.privileges if p.split(":")[1] not in ("self",) and p in grantable())
    do(northlake.owner, "access.create_role", {"name": "All", "privileges": rights})
    key = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s", {"a": northlake.account})
    scope = {"kind": "department", "values": ["Sales"]}
    do(northlake.owner, "access.set_role", {"role": key, "scope": scope, "subjects": one(northlake.member.user_id or "")})
    return inside, outside


def grantable() -> frozenset[str]:
    from usher.access.roles import grantable

    return grantable()


def test_no_page_names_anybody_outside(northlake: Company, scoped: Any) -> None:
    """AUTHZ-11: all routes are asked with nothing, with a search, for everybody, and with the id of the person outside."""
    inside, outside = scoped
    client = signed_in(northlake.member.user_id)
    number = sql.value("SELECT max(number) FROM journal_change WHERE account_id = %(a)s", {"a": northlake.account})
    seen = 0
    for pattern, _entry in routes():
        names = re.findall(r"<(?:(\w+):)?(\w+)>", pattern)
        for person in (inside, outside):
            path = re.sub(r"<(?:\w+:)?(\w+)>", lambda m, p=person: str(number) if m[1] == "number" else short(p), pattern)
            for query in (
                "",
                "?q=zyzz",
                f"?all=1&status=any&ids={short(outside)}",
                f"?ids={short(outside)},{short(inside)}&text=zyzz&manager=zyzz",
            ):
                answer = client.get(path + query, follow=False)
                body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
                told = body.replace(b"zyzz&", b"").decode(errors="replace")
                assert "zyzzyva@" not in told and "Zyzzology" not in told, (path, query)
                assert answer.status_code != 500, (path, query)
                seen += answer.status_code == 200
            if not names:
                break
    assert seen > 60


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
