"""Dates that have come: each is done once, by the real verb, or held back because somebody else changed the person since (FLOW-06).

1. the people of one scheduling whose day has begun are locked, in one order, as every verb does
2. what is so already ends; what was touched since is held back; the others are claimed by a conditional update
3. the verb is started in the same transaction: either all of it is true afterwards, or the next strike of the clock does it
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from usher.access.actors import system
from usher.core import clock, jobs, sql
from usher.core.actor import Actor
from usher.core.address import looked_up
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import VERBS, Plan
from usher.people.filters import where
from usher.people.scope import within

from .dates import DEACTIVATE, END_ADD_ON, END_LICENSE, WAITING

AT_ONCE = 5_000
DOES = {DEACTIVATE: "lifecycle.deactivate", END_LICENSE: "licenses.change_license", END_ADD_ON: "licenses.take_add_on"}

GROUP = "d.change_id = %(scheduled)s AND d.what = %(what)s AND d.product = %(product)s AND d.state = 'waiting' AND d.due <= %(now)s"
# Nothing is left to do: somebody did it before the day came.
SO_ALREADY = """CASE d.what WHEN 'deactivate' THEN s.status <> 'active' WHEN 'end_license' THEN s.license IS DISTINCT FROM d.product
  ELSE NOT EXISTS (SELECT 1 FROM licenses_seat a WHERE a.user_id = d.user_id AND a.product = d.product) END"""
# The last Change since the date was set that somebody else made to this person; dates, and what other dates did, do not count.
TOUCHED = """(SELECT max(c.number) FROM journal_effect e JOIN journal_change c ON c.id = e.change_id
  WHERE e.obj = d.user_id AND e.result = 'done' AND c.number > (SELECT x.number FROM journal_change x WHERE x.id = d.change_id)
  AND c.actor_id IS DISTINCT FROM d.user_id AND c.verb NOT IN ('lifecycle.schedule', 'lifecycle.cancel_date')
  AND NOT EXISTS (SELECT 1 FROM journal_change x WHERE x.id = c.cause AND x.verb = 'lifecycle.schedule'))"""


def do_due() -> int:
    """Do everything whose day has begun, one Change for each scheduling; how many schedulings. What fails is tried again by the next strike."""
    due = sql.rows(
        "SELECT DISTINCT account_id, change_id AS scheduled, what, product FROM lifecycle_dated WHERE state = 'waiting' AND due <= %(now)s",
        {"now": clock.now()},
    )
    jobs.each(due, do_group)
    return len(due)


@transaction.atomic
def do_group(group: Mapping[str, Any]) -> None:
    params = {**group, "now": clock.now(), "most": AT_ONCE}
    # The account before its people: whoever moves out of it closes it, and waits for nobody then (transfer.py).
    sql.execute("SELECT 1 FROM accounts_account WHERE id = %(account_id)s FOR KEY SHARE", params)
    sql.execute(
        f"""SELECT 1 FROM people_standing t WHERE t.user_id = ANY (ARRAY(SELECT d.user_id FROM lifecycle_dated d WHERE {GROUP} ORDER BY d.user_id LIMIT %(most)s))
            ORDER BY t.user_id FOR NO KEY UPDATE""",
        params,
    )
    sql.execute(
        f"UPDATE lifecycle_dated d SET state = 'done', note = 'already' FROM people_standing s WHERE s.user_id = d.user_id AND {GROUP} AND {SO_ALREADY}",
        params,
    )
    sql.execute(f"UPDATE lifecycle_dated d SET state = 'held_back', note = {TOUCHED}::text WHERE {GROUP} AND {TOUCHED} IS NOT NULL", params)
    claimed = sql.rows(
        f"""UPDATE lifecycle_dated d SET state = 'done' FROM (SELECT d.id FROM lifecycle_dated d WHERE {GROUP} ORDER BY d.user_id LIMIT %(most)s) c
            WHERE d.id = c.id AND d.state = 'waiting' RETURNING d.id, d.user_id, d.params""",
        params,
    )
    if claimed:
        start(group, claimed)


def start(group: Mapping[str, Any], claimed: list[dict[str, Any]]) -> None:
    """The parameters were checked when the date was set. Who is not done is told with the reason: it stands on Home until somebody decides."""
    ids = [c["id"] for c in claimed]
    wish = {**claimed[0]["params"], "subjects": {"ids": sorted(str(c["user_id"]) for c in claimed)}}
    try:
        started = engine.start(
            Plan(system(group["account_id"]), VERBS[DOES[group["what"]]], wish, cause=group["scheduled"]),
            f"dated:{min(ids)}",
            short="first",
        )
    except Refused as no:
        sql.execute("UPDATE lifecycle_dated SET state = 'failed', note = %(code)s WHERE id = ANY(%(ids)s)", {"code": no.code, "ids": ids})
        return
    sql.execute(
        """UPDATE lifecycle_dated d SET done_by = %(change)s, state = CASE WHEN e.obj IS NULL THEN 'done' ELSE 'failed' END, note = coalesce(e.reason, '')
           FROM lifecycle_dated x LEFT JOIN journal_effect e ON e.change_id = %(change)s AND e.phase = 0 AND e.obj = x.user_id AND e.result <> 'done'
           WHERE x.id = d.id AND d.id = ANY(%(ids)s)""",
        {"change": started.change_id, "ids": ids},
    )


OPEN_DATES = f"""FROM lifecycle_dated d JOIN people_user u ON u.id = d.user_id JOIN people_standing s ON s.user_id = d.user_id
  WHERE d.account_id = %(account)s AND u.left_at IS NULL AND {WAITING} AND NOT {SO_ALREADY}"""
OPEN = f"""SELECT d.id, d.user_id, d.what, d.product, d.day, d.due, d.state, d.note, d.params, u.email, u.first_name, u.last_name, u.display_name,
  (SELECT c.number FROM journal_change c WHERE c.id = d.change_id) AS number {OPEN_DATES}"""


def dates_of(actor: Actor, user: UUID) -> list[dict[str, Any]]:
    """What will happen to one person, or was held back or failed, the next first."""
    actor.require("people:user:view")
    return sql.rows(f"{OPEN} AND d.user_id = %(u)s{within(actor)} ORDER BY d.due, d.id", {"account": actor.account_id, "u": user})


def dates_of_addresses(actor: Actor, addresses: list[str], ends: str | None) -> list[UUID]:
    """What will happen to the people with these addresses, as ids of dates: everything, or only when this product ends. Refused (missing) for one to whom
    nothing such will."""
    actor.require("people:user:view")
    wanted = {looked_up(address): address for address in addresses}
    found = sql.rows(
        f"SELECT d.id, u.canonical {OPEN_DATES} AND u.canonical = ANY(%(e)s) AND (%(p)s::text IS NULL OR d.product = %(p)s::text){within(actor)}",
        {"account": actor.account_id, "e": list(wanted), "p": ends},
    )
    for missing in wanted.keys() - {f["canonical"] for f in found}:
        words = _("Nobody with the address %(email)s has such a date.") % {"email": wanted[missing]}
        raise Refused("missing", "not_found", words, field="email")
    return [f["id"] for f in found]


def everybodys_dates(actor: Actor, search: str, limit: int) -> list[dict[str, Any]]:
    """What will happen to anybody, or to who is found by a search, or was held back or failed; the next first."""
    actor.require("people:user:view")
    clause, params = where({"q": search})
    return sql.rows(
        f"{OPEN} AND {clause}{within(actor)} ORDER BY d.due, d.id LIMIT %(limit)s", {**params, "account": actor.account_id, "limit": limit}
    )


def undecided(actor: Actor, limit: int) -> list[dict[str, Any]]:
    """Dates that came and were not done: held back, or failed."""
    actor.require("people:user:view")
    return sql.rows(
        f"{OPEN} AND d.state IN ('held_back', 'failed'){within(actor)} ORDER BY d.due, d.id LIMIT %(n)s",
        {"account": actor.account_id, "n": limit},
    )


def leaving_soon(actor: Actor, days: int) -> int:
    """How many people are to be deactivated within so many days."""
    actor.require("people:user:view")
    found: int = sql.value(
        f"SELECT count(*) FROM ({OPEN} AND d.what = 'deactivate'{within(actor)} AND d.state = 'waiting' AND d.due <= %(now)s::timestamptz + make_interval(days => %(days)s)) x",
        {"account": actor.account_id, "now": clock.now(), "days": days},
    )
    return found
