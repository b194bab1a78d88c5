"""The ledger: bought, used, pending, held, free, in one row per account and product, with a CHECK (I1). The only place that counts a seat."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.ledger import Moves
from usher.journal.names import figure

from . import waiting
from .catalog import PRODUCTS

FREE = "l.bought - l.used - l.pending - l.held"


# Of one product, as of nearly every change of one person: whoever waited for the row is looked at once more, not twice.
SETTLE_ONE = f"""UPDATE licenses_license l SET used = l.used + %(u)s::int, pending = l.pending + %(w)s::int, held = l.held + %(h)s::int
  WHERE l.account_id = %(a)s AND l.product = %(p)s AND {FREE} >= %(u)s::int + %(w)s::int + %(h)s::int RETURNING l.product"""
SETTLE = f"""WITH v AS (SELECT * FROM unnest(%(p)s::text[], %(u)s::int[], %(w)s::int[], %(h)s::int[]) AS v(product, used, pending, held)),
  locked AS (SELECT t.id, t.product FROM licenses_license t JOIN v USING (product) WHERE t.account_id = %(a)s
             ORDER BY t.product FOR NO KEY UPDATE OF t)
  UPDATE licenses_license l SET used = l.used + v.used, pending = l.pending + v.pending, held = l.held + v.held
  FROM locked JOIN v USING (product) WHERE l.id = locked.id AND {FREE} >= v.used + v.pending + v.held RETURNING l.product"""


class SeatLedger:
    """What the engine counts through (journal/ledger.py). Rows are locked in product order, taken and given in one statement."""

    def hold(self, account: UUID, wants: Mapping[str, int], gives: frozenset[str], *, all_or_nothing: bool) -> dict[str, int]:
        products = sorted(set(wants) | gives)
        if not products:
            return {}
        free = {
            r["product"]: r["free"]
            for r in sql.rows(
                f"SELECT l.product, {FREE} AS free FROM licenses_license l WHERE account_id = %(a)s AND product = ANY(%(p)s) ORDER BY product FOR NO KEY UPDATE",
                {"a": account, "p": products},
            )
        }
        held = {p: min(n, max(0, free.get(p, 0))) for p, n in wants.items()}
        short = {p: n - held[p] for p, n in wants.items() if held[p] < n}
        if short and all_or_nothing:
            raise no_seat(wants, free)
        for product in sorted(p for p, n in held.items() if n):
            sql.execute(
                "UPDATE licenses_license SET held = held + %(n)s WHERE account_id = %(a)s AND product = %(p)s",
                {"n": held[product], "a": account, "p": product},
            )
        return held

    def settle(self, account: UUID, moves: Moves, *, held: Mapping[str, int]) -> None:
        if not moves:
            return
        change: dict[str, dict[str, int]] = {}
        for seat, (taken, given) in moves.items():
            product, _, bucket = seat.partition("@")
            line = change.setdefault(product, {"used": 0, "pending": 0, "held": 0})
            line["pending" if bucket == "pending" else "used"] += taken - given
            line["held"] = -held.get(product, 0)
        products = sorted(change)
        lines = [(p, change[p]["used"], change[p]["pending"], change[p]["held"]) for p in products]
        one = len(lines) == 1
        p, u, w, h = lines[0] if one else map(list, zip(*lines, strict=True))
        touched = sql.prepared(SETTLE_ONE if one else SETTLE, {"a": account, "p": p, "u": u, "w": w, "h": h})
        if len(touched) < len(products):
            wants = {p: change[p]["used"] + change[p]["pending"] for p in products if change[p]["used"] + change[p]["pending"] > 0}
            raise no_seat(wants, {p: s["free"] for p, s in self.standing(account, frozenset(wants)).items()})

    def queue(self, account: UUID, change: UUID, actor: UUID | None) -> None:
        waiting.queue(account, change, actor)

    def unqueue(self, account: UUID, change: UUID) -> int:
        return waiting.unqueue(account, change)

    def release(self, account: UUID, held: Mapping[str, int]) -> None:
        for product in sorted(p for p, n in held.items() if n):
            sql.execute(
                "UPDATE licenses_license SET held = held - %(n)s WHERE account_id = %(a)s AND product = %(p)s",
                {"n": held[product], "a": account, "p": product},
            )

    def standing(self, account: UUID, products: frozenset[str]) -> dict[str, dict[str, int]]:
        return {
            r.pop("product"): r
            for r in sql.rows(
                f"SELECT l.product, l.bought, l.used, l.pending, l.held, {FREE} AS free FROM licenses_license l WHERE account_id = %(a)s AND product = ANY(%(p)s)",
                {"a": account, "p": sorted(products)},
            )
        }


def no_seat(wants: Mapping[str, int], free: Mapping[str, int]) -> Refused:
    """No seat is free: which product, how many are needed and free."""
    product = next((p for p in sorted(wants) if wants[p] > free.get(p, 0)), sorted(wants)[0])
    name, there = PRODUCTS[product].name if product in PRODUCTS else product, max(0, free.get(product, 0))
    needed = ngettext("%(n)s %(name)s seat is needed.", "%(n)s %(name)s seats are needed.", wants[product])
    words = f"{needed % {'n': figure(wants[product]), 'name': name}} {only(there, name)}"
    return Refused("conflict", "no_seat", words, details={"product": product, "needed": wants[product], "free": there})


def only(free: int, name: str) -> str:
    """How few seats of a product are free, as a sentence."""
    if not free:
        return _("No %(name)s seat is free.") % {"name": name}
    told = ngettext("Only %(n)s %(name)s seat is free.", "Only %(n)s %(name)s seats are free.", free)
    return told % {"n": figure(free), "name": name}


def seats(actor: Actor) -> list[dict[str, Any]]:
    """The account's ledger in catalog order: product, name, kind, bought, used, pending, held, free. Products never bought are left out."""
    found = {
        r["product"]: r
        for r in sql.rows(
            f"SELECT l.product, l.bought, l.used, l.pending, l.held, {FREE} AS free FROM licenses_license l WHERE account_id = %(a)s",
            {"a": actor.account_id},
        )
    }
    return [{**found[p.code], "name": p.name, "kind": p.kind} for p in PRODUCTS.values() if p.code in found]


def free(actor: Actor) -> dict[str, int]:
    """product -> free seats; a product never bought is 0."""
    return {s["product"]: s["free"] for s in seats(actor)}
