"""Content as programs read it: one item by its number, and what somebody has in the order in which it was made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from django.utils.translation import gettext as _

from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.ids import unshort
from usher.core.refusals import not_found

from . import reads

COLUMNS = f"{reads.COLUMNS}, i.details, u.personal_meeting_id, u.time_zone"
OVER = "(i.occurs = 'once' AND i.starts_at + make_interval(secs => coalesce(i.seconds, 0)) < %(now)s)"
# What a list can be narrowed to; nothing goes on here, so nothing is live.
WHEN = {"scheduled": "true", "upcoming": f"NOT {OVER}", "previous": OVER, "live": "false"}
OF_OWNER = """s.account_id = %(account)s AND s.owner_id = %(owner)s AND s.kind = %(kind)s AND i.occurs <> 'personal' AND s.trashed_at IS NULL
  AND (%(since)s::timestamptz IS NULL OR i.starts_at >= %(since)s) AND (%(until)s::timestamptz IS NULL OR i.starts_at < %(until)s)"""
# A recording belongs to its meeting; one without is a meeting's by itself, under its own number.
RECORDED = """FROM content_standing s JOIN content_item i ON i.id = s.item_id LEFT JOIN content_item m ON m.id = i.meeting_id
  WHERE s.account_id = %(account)s AND s.owner_id = %(owner)s AND s.kind = 'recording' AND (s.trashed_at IS NOT NULL) = %(trashed)s
  AND coalesce(i.starts_at, i.created_at) >= %(since)s AND coalesce(i.starts_at, i.created_at) < %(until)s
  AND (%(number)s::bigint IS NULL OR coalesce(m.number, i.number) = %(number)s)"""
FILES = f"""SELECT {COLUMNS}, coalesce(m.id, i.id) AS of_id, coalesce(m.number, i.number) AS of_number, coalesce(m.title, i.title) AS of_title
  FROM content_item i JOIN content_standing s ON s.item_id = i.id JOIN people_user u ON u.id = s.owner_id LEFT JOIN content_item m ON m.id = i.meeting_id
  WHERE s.account_id = %(account)s AND i.account_id = %(account)s AND s.kind = 'recording' AND u.left_at IS NULL"""


@dataclass(frozen=True)
class Span:
    """From a moment to before another; None has no end."""

    since: datetime | None = None
    until: datetime | None = None


def one(actor: Actor, told: str) -> dict[str, Any]:
    """An item by its number, or by its id in any form. Refused (missing) for none the actor may see, and for what is in the trash."""
    clause, value = _named(told)
    asked = {"account": actor.account_id, "told": value, "actor": actor.user_id}
    found = sql.row(f"SELECT {COLUMNS} {reads.SOURCE} AND {clause} AND s.trashed_at IS NULL{reads.seen(actor)}", asked)
    if found is None:
        raise not_found(_("This item"))
    return found


def page(
    actor: Actor, owner: UUID, kind: str, when: str, span: Span, *, after: str | None = None, offset: int = 0, limit: int
) -> list[dict[str, Any]]:
    """At most `limit` meetings or webinars of a person after an id; `when` is one of WHEN. Personal rooms are in no list."""
    return sql.rows(
        f"""SELECT {COLUMNS} {reads.FROM} WHERE {OF_OWNER} AND {WHEN[when]} AND s.item_id > %(after)s::uuid{reads.seen(actor)}
            ORDER BY s.item_id LIMIT %(limit)s OFFSET %(offset)s""",
        {**_asked(actor, owner, kind, span), "after": after or UUID(int=0), "limit": limit, "offset": offset},
    )


def how_many(actor: Actor, owner: UUID, kind: str, when: str, span: Span) -> int:
    """How many there are on all pages."""
    counted = f"SELECT count(*)::int FROM content_standing s JOIN content_item i ON i.id = s.item_id WHERE {OF_OWNER} AND {WHEN[when]}"
    found: int = sql.value(counted + reads.seen(actor), _asked(actor, owner, kind, span))
    return found


def recorded(
    actor: Actor, owner: UUID, span: Span, *, number: int | None = None, trashed: bool = False, after: str | None = None, limit: int
) -> list[list[dict[str, Any]]]:
    """At most `limit` meetings of whose recordings a person has some, each as its files, after an id."""
    asked = {**_asked(actor, owner, "recording", span), "number": number, "trashed": trashed}
    found = sql.rows(
        f"""WITH page AS MATERIALIZED (SELECT coalesce(m.id, i.id) AS of_id, array_agg(i.id) AS files {RECORDED}{reads.seen(actor)}
              AND coalesce(m.id, i.id) > %(after)s::uuid GROUP BY 1 ORDER BY 1 LIMIT %(limit)s)
            {FILES} AND i.id IN (SELECT unnest(files) FROM page) ORDER BY coalesce(m.id, i.id), i.starts_at, i.id""",
        {**asked, "after": after or UUID(int=0), "limit": limit},
    )
    return _by_meeting(found)


def how_many_recorded(actor: Actor, owner: UUID, span: Span, *, number: int | None = None, trashed: bool = False) -> int:
    """Of how many meetings a person has recordings."""
    asked = {**_asked(actor, owner, "recording", span), "number": number, "trashed": trashed}
    found: int = sql.value(f"SELECT count(DISTINCT coalesce(m.id, i.id))::int {RECORDED}{reads.seen(actor)}", asked)
    return found


def recordings_of(actor: Actor, told: str, *, trashed: bool = False) -> list[dict[str, Any]]:
    """The recordings of a meeting by its number or id, or the one recording that has it; with `trashed` those in the trash too. Of those the actor may see:
    whose the meeting is does not matter, because one that is over stays with whoever had it when its recordings go to somebody else.
    """
    clause, value = _named(told)
    named = f"SELECT i.id FROM content_item i WHERE i.account_id = %(account)s AND {clause}"
    files = f"i.id IN ({named} UNION ALL SELECT f.id FROM content_item f WHERE f.meeting_id IN ({named}))"
    here = "" if trashed else " AND s.trashed_at IS NULL"
    asked = {"account": actor.account_id, "told": value, "actor": actor.user_id}
    return sql.rows(f"{FILES} AND {files}{here}{reads.seen(actor)} ORDER BY i.starts_at, i.id", asked)


def _asked(actor: Actor, owner: UUID, kind: str, span: Span) -> dict[str, Any]:
    return {
        "account": actor.account_id,
        "actor": actor.user_id,
        "owner": owner,
        "kind": kind,
        "now": clock.now(),
        "since": span.since,
        "until": span.until,
    }


def _named(told: str) -> tuple[str, Any]:
    if told.isascii() and told.isdigit() and len(told) < 19:
        return "i.number = %(told)s", int(told)
    try:
        return "i.id = %(told)s", unshort(unquote(told).removesuffix("=="))  # clients know ids with slashes, and encode all of them twice
    except ValueError:
        return "false AND %(told)s::text IS NULL", ""


def _by_meeting(files: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = {}
    for file in files:
        found.setdefault(file["of_id"], []).append(file)
    return list(found.values())
