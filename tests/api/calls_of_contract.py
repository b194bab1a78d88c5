"""The part of the contract in answers.json as calls: whom and what their paths name in a company, and what is sent; and whether an answer is as it says."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.api.caller import caller
from tests.people_of import Company, do, invite, one
from usher.core import clock, sql
from usher.core.ids import short

CONTRACT: list[dict[str, Any]] = json.loads((Path(__file__).parent / "answers.json").read_text())
KINDS: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


def everything_known(northlake: Company) -> dict[str, str]:
    """What the paths of the calls name: a member of whom everything is known, a group, an IM group and a role with members, somebody whose invitation expired."""
    api, member = caller(northlake.owner), northlake.member.email
    group, im_group = (api.post(path, {"name": "Sales"})[1]["id"] for path in ("/groups", "/im/groups"))
    for path in ("/groups", "/im/groups", "/roles"):
        assert api.post(path, {"name": "Other"})[0] in (200, 201)
    for path in (f"/groups/{group}", f"/im/groups/{im_group}"):
        assert api.post(f"{path}/members", {"members": [{"email": member}]})[0] == 201
    assert api.post("/roles", {"name": "Desk", "privileges": ["User:Read"]})[0] == 200
    role = next(r["id"] for r in api.get("/roles")[1]["roles"] if r["name"] == "Desk")
    own = {
        "custom_attributes": [{"key": "k", "name": "Badge", "value": "7"}],
        "host_key": "123456",
        "pronouns": "she",
        "pronouns_option": 1,
    }
    wish = {"manager": northlake.owner.email, "employee_unique_id": "E7", "dept": "Sales", "job_title": "Lead", **own}
    phones = [{"country": "DE", "code": "+49", "number": "301234567", "label": "Mobile"}]
    assert api.patch(f"/users/{member}", {**wish, "phone_numbers": phones}) == (204, None)
    sql.execute("UPDATE people_standing SET last_sign_in = now() WHERE user_id = %(u)s", {"u": northlake.member.user_id})
    (late,) = invite(northlake.operator, f"late@{northlake.domain}")
    with clock.travel(clock.now() + timedelta(days=31)):
        do(northlake.operator, "lifecycle.expire_invitation", {"subjects": one(late)})
    return {
        "userId": member,
        "memberId": member,
        "groupId": group,
        "imGroupId": im_group,
        "roleId": role,
        "late": f"late@{northlake.domain}",
        "admin": northlake.admin.email,
        "owner": northlake.owner.email,
        "pending": short(northlake.pending),
        "domain": northlake.domain,
    }


def address(path: str, there: Mapping[str, str]) -> str:
    if path.startswith("/im/"):
        path = path.replace("{groupId}", "{imGroupId}")
    return re.sub(r"\{(\w+)\}", lambda m: there[m.group(1)], path)


BODIES: dict[str, Any] = {
    "POST /users": {"action": "create", "user_info": {"email": "new@{domain}", "type": 1, "first_name": "Nora", "last_name": "Neu"}},
    "POST /users/features": {"feature_type": "zoom_whiteboard", "feature_value": "true", "users": [{"id": "me"}, {"id": "x"}]},
    "POST /groups": {"name": "New"},
    "POST /im/groups": {"name": "New"},
    "POST /groups/{groupId}/members": {"members": [{"id": "me"}]},
    "POST /im/groups/{groupId}/members": {"members": [{"id": "me"}]},
    "POST /roles/{roleId}/members": {"members": [{"email": "{admin}"}]},
}


def any_body(path: str) -> dict[str, Any]:
    """What every call takes that wants something."""
    return {"name": "X", "members": [], "action": "set_primary" if "memberId" in path else "activate", "email": "a@b.test", "dept": "X"}


def filled(body: Any, there: Mapping[str, str]) -> Any:
    """A body with the people there are."""
    return json.loads(re.sub(r"\{(domain|admin|pending|userId|groupId)\}", lambda m: there[m.group(1)], json.dumps(body)))


def assert_answered(told: Any, fields: Mapping[str, str], is_unknown: Callable[[str], bool]) -> None:
    """Every field is there with the type the contract says, except the unknown ones: they are not."""
    for place, kind in fields.items():
        found = values(told, place.replace("[]", ".[]").lstrip(".").split("."))
        if is_unknown(place):
            assert not found, f"{place} is there after all"
            continue
        assert found, f"{place} is not there"
        assert all(is_of(value, kind) for value in found), (place, found)


def values(told: Any, place: list[str]) -> list[Any]:
    """Everything that stands at a place of an answer."""
    if not place:
        return [told]
    if place[0] == "[]":
        return [value for item in told for value in values(item, place[1:])] if isinstance(told, list) else []
    return values(told[place[0]], place[1:]) if isinstance(told, dict) and place[0] in told else []


def is_of(value: Any, kind: str) -> bool:
    if kind.endswith("date-time"):
        return isinstance(value, str) and datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ") is not None
    return isinstance(value, KINDS[kind]) and not (kind == "integer" and isinstance(value, bool))
