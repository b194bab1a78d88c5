"""What the tests of content start from: items made by the real verb, and where they are."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.people_of import Company, do, finish
from usher.core import sql
from usher.core.ids import uuid7
from usher.journal import engine
from usher.journal.verb import plan

SOON = (datetime.now(UTC) + timedelta(days=9)).replace(microsecond=0).isoformat()
LONG_AGO = "2024-03-05T10:00:00+00:00"


def item(owner: UUID | None, kind: str = "note", title: str = "", **more: Any) -> dict[str, Any]:
    return {"owner": str(owner), "kind": kind, "title": title or f"A {kind}", **more}


def make(company: Company, *items: dict[str, Any]) -> list[UUID]:
    """The ids of the items made, in their order. Seats are the caller's business."""
    started = finish(engine.start(plan(company.operator, "content.create", {"items": list(items)}), f"test:{uuid7()}"))
    return [
        r["obj"]
        for r in sql.rows(
            "SELECT obj FROM journal_effect WHERE change_id = %(c)s AND result = 'done' ORDER BY ord", {"c": started.change_id}
        )
    ]


def owner_of(item: UUID) -> UUID:
    found: UUID = sql.value("SELECT owner_id FROM content_standing WHERE item_id = %(i)s", {"i": item})
    return found


def in_trash(item: UUID) -> bool:
    return bool(sql.value("SELECT trashed_at IS NOT NULL FROM content_standing WHERE item_id = %(i)s", {"i": item}))


def license_all(company: Company, product: str = "meetings:licensed") -> None:
    """Everybody active gets the license that recordings and webinars need."""
    do(company.operator, "licenses.change_license", {"license": product, "subjects": {"query": {"status": ["active"]}, "except": []}})


def reasons(number: int | None, account: UUID) -> dict[str, str]:
    """Title -> why it was left alone, of a Change."""
    return {
        r["name"]: r["reason"]
        for r in sql.rows(
            """SELECT e.before->>'name' AS name, e.reason FROM journal_effect e JOIN journal_change c ON c.id = e.change_id
               WHERE c.account_id = %(a)s AND c.number = %(n)s AND e.result <> 'done'""",
            {"a": account, "n": number},
        )
    }
