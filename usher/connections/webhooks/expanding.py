"""From what was done to what is told: notices become events and deliveries, in sets, in the order in which they were written.

One at a time per account, so that two changes of one person never overtake each other: whoever changes somebody waits for whoever did before, and
writes the later notice.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import transaction

from usher.access.actors import PERSON, actor_of_row
from usher.core import clock, sql
from usher.core.failpoints import failpoint
from usher.core.ids import short, uuid7
from usher.journal.feed import part_of
from usher.journal.verb import VERBS
from usher.zoom_wire import events as wire

from .catalog import OF_APP, heard_by
from .telling import TELLS
from .told import Told

AT_ONCE = 200  # notices
ROWS = 5_000  # effects
NOBODY = {"system": "system@usher.invalid", "operator": "operator@usher.invalid"}  # who did it when it was no person; RFC 2606

LISTENERS = f"""SELECT s.id AS subscription, s.events, s.scope, s.user_ids, p.scopes AS app_scopes, who.*
  FROM webhooks_subscription s JOIN access_app p ON p.id = s.app_id AND p.is_on JOIN LATERAL ({PERSON} AND u.id = p.creator_id) who ON who.status = 'active'
  JOIN accounts_account a ON a.id = s.account_id AND a.closed_at IS NULL WHERE s.account_id = %(a)s AND s.state = 'on'"""
TAKEN = """SELECT seq, change_id, user_id, event, at, greatest(high - low, 1) AS n FROM webhooks_notice WHERE account_id = %(a)s ORDER BY seq LIMIT %(n)s"""
# What stands beside an effect: who it is about as they are now, and who did it. A person who was purged meanwhile is told by what the effect says.
ROWS_OF = """SELECT n.seq, e.phase, e.ord, e.obj, e.before, e.after, c.account_id, c.verb, c.number, c.at, c.undoes IS NOT NULL AS undone,
    c.actor_kind, c.actor_id, o.email AS operator, coalesce(u.email, e.before->>'email', e.after->>'email') AS email,
    u.first_name, u.last_name, u.display_name, s.license, g.name AS group_name, c.params->>'to' AS to_group, c.params->>'part' AS part,
    c.params->>'app' AS app, c.params->>'at_once' AS at_once
  FROM webhooks_notice n JOIN journal_change c ON c.id = n.change_id
  JOIN journal_effect e ON e.change_id = n.change_id AND e.result = 'done' AND (n.phase IS NULL OR e.phase = n.phase AND e.ord > n.low AND e.ord <= n.high)
  LEFT JOIN people_user o ON o.id = c.actor_id LEFT JOIN people_user u ON u.id = e.obj AND u.account_id = c.account_id
  LEFT JOIN people_standing s ON s.user_id = u.id LEFT JOIN people_group g ON g.id = e.obj AND g.account_id = c.account_id
  WHERE n.seq = ANY(%(seqs)s) ORDER BY n.seq, e.phase, e.ord"""
CAME = """SELECT n.seq, n.event, n.at, u.id, u.email, u.account_id FROM webhooks_notice n JOIN people_user u ON u.id = n.user_id
  WHERE n.seq = ANY(%(seqs)s) AND n.change_id IS NULL ORDER BY n.seq"""
DELIVERIES = f"""INSERT INTO webhooks_delivery (id, account_id, subscription_id, message_id, event, subject, state, tries, next_at, answer, trouble, created_at)
  SELECT usher_uuid7(), %(a)s, l.id, e.id, e.event, e.subject, 'waiting', 0, %(now)s, '', '', %(now)s
  FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY x(id, place) JOIN webhooks_event e ON e.id = x.id
  JOIN unnest(%(listeners)s::uuid[], %(wants)s::text[]) l(id, event) ON l.event = e.event JOIN webhooks_subscription s ON s.id = l.id
  WHERE CASE WHEN e.event = '{OF_APP}' THEN s.app_id = e.subject ELSE s.scope = 'account' OR e.subject = ANY(s.user_ids) END ORDER BY x.place"""


def tell(account: UUID) -> int:
    """Everything an account's notices say becomes events; how many notices it was."""
    n = 0
    while done := _some(account):
        n += done
    return n


def _some(account: UUID) -> int:
    """One slice, in one transaction: the notices go when their deliveries are there."""
    with transaction.atomic():
        sql.value("SELECT pg_advisory_xact_lock(hashtextextended('webhooks:' || %(a)s, 0))", {"a": str(account)})
        taken = _slice(sql.rows(TAKEN, {"a": account, "n": AT_ONCE}))
        if not taken:
            return 0
        seqs = [t["seq"] for t in taken]
        listeners = _listeners(account)
        wanted = {event for _subscription, event in listeners}
        if wanted:
            _keep(account, list(_events(seqs, wanted)), listeners)
        sql.execute("DELETE FROM webhooks_notice WHERE seq = ANY(%(s)s)", {"s": seqs})
        failpoint("webhooks.told_before_commit")
    return len(taken)


def _slice(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As many notices as have ROWS effects together, and at least one."""
    total, taken = 0, list[dict[str, Any]]()
    for notice in found:
        total += notice["n"]
        if taken and total > ROWS:
            break
        taken.append(notice)
    return taken


def _listeners(account: UUID) -> list[tuple[UUID, str]]:
    """(subscription, event) for everything that somebody may hear of now: the app is on, its creator is here and still may."""
    found = sql.rows(LISTENERS, {"a": account})
    return [(row["subscription"], event) for row in found for event in heard_by(row, actor_of_row(row, "api"))]


def _events(seqs: list[int], wanted: set[str]) -> Iterator[tuple[dict[str, Any], Told]]:
    """Changes, and comings and goings, by the order of their notices; only what somebody wants to hear."""
    rows = [*sql.rows(ROWS_OF, {"seqs": seqs}), *sql.rows(CAME, {"seqs": seqs})]
    for row in sorted(rows, key=lambda r: r["seq"]):
        yield from ((row, told) for told in _told(row) if told.event in wanted)


def _told(row: dict[str, Any]) -> Iterator[Told]:
    if "verb" not in row:
        told = wire.came_or_went(row["id"], row["email"], row["at"])
        yield Told(row["event"], row["id"], row["email"], told, operator=False)
        return
    part = part_of(VERBS[row["verb"]], row["phase"], undoes=row["undone"])
    if teller := TELLS[row["verb"]].get(part):
        yield from teller(row)


def _keep(account: UUID, events: list[tuple[dict[str, Any], Told]], listeners: list[tuple[UUID, str]]) -> None:
    """Write events and deliveries: two statements for any number."""
    if not events:
        return
    ids = [uuid7() for _event in events]
    sql.copy_in(
        "COPY webhooks_event (id, account_id, event, subject, name, number, body, at) FROM STDIN",
        [
            (
                id,
                account,
                told.event,
                told.subject,
                told.name[:200],
                row.get("number"),
                wire.body(told.event, row["at"], payload(row, told)),
                row["at"],
            )
            for id, (row, told) in zip(ids, events, strict=True)
        ],
    )
    names = {"listeners": [id for id, _event in listeners], "wants": [event for _id, event in listeners]}
    sql.execute(DELIVERIES, {"a": account, "ids": ids, "now": clock.now(), **names})


def payload(row: dict[str, Any], told: Told) -> dict[str, Any]:
    """What stands around the object: the account, who did it, and the object as it was."""
    by = row.get("operator") or NOBODY.get(row.get("actor_kind", ""), "")
    who = {"operator": by, "operator_id": short(row["actor_id"]) if row.get("actor_id") else ""} if told.operator else {}
    old = {"old_object": told.old} if told.old is not None else {}
    about = {"object": told.object} if told.object is not None else {}
    return {"account_id": short(row["account_id"]), **who, **told.more, **about, **old}
