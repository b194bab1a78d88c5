"""What a test over all operations calls them with: objects of a company in their paths, and a body that has what it must have."""

import re
from typing import Any
from uuid import UUID

from tests.people_of import Company
from usher.core import sql
from usher.core.ids import short


def address(path: str, company: Company) -> str:
    """An operation's path with objects of this company."""
    group = sql.value(
        "SELECT id FROM people_group WHERE account_id = %(a)s AND kind = %(k)s",
        {"a": company.account, "k": "im" if "/im/" in path else "user"},
    )
    role = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND key <> 'admin'", {"a": company.account})
    room = sql.value("SELECT id FROM accounts_room WHERE account_id = %(a)s LIMIT 1", {"a": company.account})
    ids: dict[str, Any] = {
        "userId": company.member.user_id,
        "memberId": company.member.user_id,
        "groupId": group,
        "roleId": role,
        "accountId": company.account,
        "roomId": room,
        "siteId": sql.value("SELECT id FROM accounts_site WHERE account_id = %(a)s LIMIT 1", {"a": company.account}),
        "templateId": sql.value("SELECT id FROM phone_template WHERE account_id = %(a)s LIMIT 1", {"a": company.account}),
        "phoneNumberId": sql.value("SELECT id FROM phone_number WHERE account_id = %(a)s LIMIT 1", {"a": company.account}),
        **dict.fromkeys(("planType", "type")),
        "recordingId": item_of(company, "recording"),
        "eventSubscriptionId": sql.value("SELECT id FROM webhooks_subscription WHERE account_id = %(a)s LIMIT 1", {"a": company.account}),
    }
    ids["meetingId"] = item_of(company, "recording" if "/recordings" in path else "meeting")
    ids["webinarId"] = item_of(company, "webinar")
    return re.sub(r"\{(\w+)\}", lambda m: short(UUID(str(ids[m.group(1)]))) if ids[m.group(1)] else "AaIANazEdqyigcA1NyLlJg", path)


def item_of(company: Company, kind: str) -> Any:
    """An item of this company; a recording without a meeting is also found as one."""
    return sql.value(
        "SELECT id FROM content_item WHERE account_id = %(a)s AND kind = %(k)s ORDER BY id LIMIT 1", {"a": company.account, "k": kind}
    )


def example(fields: Any) -> dict[str, Any]:
    """A body that has what it must have."""
    plain = {"string": "x@y.test", "integer": 1, "boolean": True, "array": [], "object": {}}
    made = {
        n: example(f.fields) if f.fields else (f.one_of[0] if f.one_of else short_enough(plain[f.kind], f))
        for n, f in fields.items()
        if f.required
    }
    return {**made, **({"first_name": "A"} if "first_name" in fields else {})}


def short_enough(value: Any, field: Any) -> Any:
    return value[: field.most] if isinstance(value, str) else value
