"""The waiting list for seats: who was left without one and wants it, in order. Given by the clock (giving.py); never by itself beyond what is free.

A seat that somebody gives by hand is gone: the list is for what would stay free. Everybody waits for at most one product of a family.
"""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usher.core import sql
from usher.core.actor import Actor
from usher.core.address import looked_up
from usher.core.clock import now
from usher.core.refusals import Refused
from usher.people.verbs.profile import name_of

WAITS = "w.state = 'waiting'"
# With the person and what they stand on; whoever left is in no list, before the clock comes by.
OPEN = f"""FROM licenses_waiting w JOIN people_user u ON u.id = w.user_id JOIN people_standing s ON s.user_id = w.user_id
  WHERE w.account_id = %(account)s AND u.left_at IS NULL AND {WAITS}"""
# Behind those who wait already. `who` is a FROM item with obj, ord and product. Parameters: account, change, actor, now.
INTO = """INSERT INTO licenses_waiting AS w (id, account_id, user_id, product, family, place, since, change_id, actor_id, state)
  SELECT usher_uuid7(), %(account)s, p.obj, p.product, split_part(p.product, ':', 1),
    coalesce((SELECT max(x.place) FROM licenses_waiting x WHERE x.account_id = %(account)s AND x.product = p.product AND x.state = 'waiting'), 0) + p.ord,
    %(now)s, %(change)s, %(actor)s, 'waiting' FROM {who} p ORDER BY p.obj"""
PLACES = 1_000  # further back nobody counts
PLACE = f"""(SELECT count(*)::int FROM (SELECT 1 FROM licenses_waiting x WHERE x.account_id = w.account_id AND x.product = w.product
  AND x.state = 'waiting' AND (x.place, x.id) <= (w.place, w.id) LIMIT {PLACES}) before)"""


def queue(account: UUID, change: UUID, actor: UUID | None) -> None:
    """Whoever found no seat in a Change that begins, behind those who wait already. Who waits for the same product keeps their place; for another
    of the family, the newer wish counts. Somebody yet to be made is in no list."""
    lacking = """(SELECT r.obj, r.ord, split_part(r.takes, '@', 1) AS product FROM journal_planrow r JOIN people_user u ON u.id = r.obj
      WHERE r.change_id = %(change)s AND r.skip = 'no_seat')"""
    sql.execute(
        f"""{INTO.format(who=lacking)} ON CONFLICT (user_id, family) WHERE state = 'waiting' DO UPDATE SET product = excluded.product,
             place = excluded.place, since = excluded.since, change_id = excluded.change_id, actor_id = excluded.actor_id WHERE w.product <> excluded.product""",
        {"account": account, "change": change, "actor": actor, "now": now()},
    )


def unqueue(account: UUID, change: UUID) -> int:
    """Whom a Change put on the list, because it is undone; how many."""
    return sql.execute(
        "UPDATE licenses_waiting SET state = 'dropped', note = 'undone' WHERE account_id = %(a)s AND change_id = %(c)s AND state = 'waiting'",
        {"a": account, "c": change},
    )


def counts(actor: Actor) -> dict[str, int]:
    """product -> how many wait for it; who may see what was bought sees it beside the ledger."""
    actor.require("licenses:subscription:view")
    found = sql.rows(f"SELECT w.product, count(*)::int AS n {OPEN} GROUP BY 1", {"account": actor.account_id})
    return {f["product"]: f["n"] for f in found}


def of_change(actor: Actor, change: UUID) -> int:
    """How many still wait whom a Change put on the list."""
    actor.require("journal:change:view")
    found: int = sql.value(f"SELECT count(*)::int {OPEN} AND w.change_id = %(c)s", {"account": actor.account_id, "c": change})
    return found


def of_person(actor: Actor, user: UUID) -> list[dict[str, Any]]:
    """What one person waits for: id, product, since, place (1 is next), number of the Change."""
    actor.require("people:user:view")
    return sql.rows(
        f"""SELECT w.id, w.product, w.since, {PLACE} AS place, (SELECT c.number FROM journal_change c WHERE c.id = w.change_id) AS number
            {OPEN} AND w.user_id = %(u)s ORDER BY w.product""",
        {"account": actor.account_id, "u": user},
    )


def everybody(actor: Actor, product: str | None) -> list[dict[str, Any]]:
    """Who waits for this product, or for any: id, email, name, product, since, place (1 is next); product by product, in order."""
    actor.require("licenses:subscription:view")
    return sql.rows(
        f"""SELECT w.id, u.email, {name_of("u")} AS name, w.product, w.since, row_number() OVER (PARTITION BY w.product ORDER BY w.place, w.id)::int AS place
            {OPEN} AND (%(p)s::text IS NULL OR w.product = %(p)s::text) ORDER BY w.product, w.place, w.id""",
        {"account": actor.account_id, "p": product},
    )


def of_addresses(actor: Actor, addresses: list[str], product: str | None) -> list[UUID]:
    """The lines of the people with these addresses, for this product or any. Refused (missing) for one who does not wait for it."""
    actor.require("people:user:view")
    wanted = {looked_up(address): address for address in addresses}
    found = sql.rows(
        f"SELECT w.id, u.canonical {OPEN} AND u.canonical = ANY(%(e)s) AND (%(p)s::text IS NULL OR w.product = %(p)s::text)",
        {"account": actor.account_id, "e": list(wanted), "p": product},
    )
    for missing in wanted.keys() - {f["canonical"] for f in found}:
        raise Refused(
            "missing", "not_found", _("Nobody with the address %(email)s waits for it.") % {"email": wanted[missing]}, field="email"
        )
    return [f["id"] for f in found]
