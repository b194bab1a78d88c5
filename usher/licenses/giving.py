"""Seats that came free go to whoever waits, in order, by the ordinary verbs: every minute, in the name of who queued them.

1. who cannot have it any more drops off, with the reason
2. as many as seats are free, the first of the list, are given theirs by one Change for each that queued them, which is its cause
3. what was done is written down by its effects; a list that was given twice by a crash finds everybody served already
"""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from usher.access.actors import person, system
from usher.core import jobs, sql
from usher.core.actor import Actor
from usher.core.clock import now
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import NO_SEAT, plan, reason
from usher.people.marks import why_spared

from .catalog import PRODUCTS
from .verbs import GiveAddOn

AT_ONCE = 400  # done within the transaction of their start
GONE = reason("gone", _("is not here any more"))
UNDONE = reason("undone", _("the change that queued them was undone"))
TAKEN_OFF = reason("taken_off", _("was taken off the waiting list"))

FREE = "l.bought - l.used - l.pending - l.held"
HOLDS = "(s.license = w.product OR EXISTS (SELECT 1 FROM licenses_seat h WHERE h.user_id = w.user_id AND h.product = w.product))"
WHY_NOT = f"""CASE WHEN s.status = 'gone' THEN 'gone' WHEN s.status = 'inactive' THEN 'inactive' WHEN {HOLDS} THEN 'already' ELSE {why_spared("w.user_id")} END"""
# Who waits for the license that this add-on needs waits on.
NOT_YET = """(cardinality(%(bases)s::text[]) > 0 AND NOT s.license = ANY(%(bases)s) AND EXISTS (SELECT 1 FROM licenses_waiting b
  WHERE b.user_id = w.user_id AND b.state = 'waiting' AND b.product = ANY(%(bases)s)))"""
NEXT = f"""SELECT w.id, w.user_id, w.change_id, w.actor_id FROM licenses_waiting w JOIN people_standing s ON s.user_id = w.user_id
  JOIN licenses_license l ON l.account_id = w.account_id AND l.product = w.product
  WHERE w.account_id = %(account)s AND w.product = %(product)s AND w.state = 'waiting' AND NOT {NOT_YET}
  ORDER BY w.place, w.id LIMIT (SELECT least({AT_ONCE}, greatest(0, {FREE})) FROM licenses_license l WHERE l.account_id = %(account)s AND l.product = %(product)s)"""


def give() -> int:
    """Go through every list; how many people got a seat. A list that makes trouble does not keep the others waiting."""
    lists = sql.rows("SELECT DISTINCT account_id AS account, product FROM licenses_waiting WHERE state = 'waiting' ORDER BY 1, 2")
    lists.sort(key=lambda x: PRODUCTS[x["product"]].kind != "workplace")  # an add-on may need the license
    return sum(jobs.each(lists, give_list))


def give_list(found: Mapping[str, Any]) -> int:
    """One list, until no seat is free or nobody waits; how many got a seat."""
    account, product = found["account"], found["product"]
    bases = sorted(PRODUCTS[product].needs)
    params = {"account": account, "product": product, "bases": bases}
    given = 0
    while True:
        drop(account, product)
        rows = sql.rows(NEXT, params)
        got = sum(give_some(account, product, list(some)) for _cause, some in groupby(rows, key=lambda r: r["change_id"]))
        given += got
        if not got:
            return given


def drop(account: UUID, product: str) -> int:
    """Whoever is not here any more, is deactivated or marked, or holds it by now; how many."""
    return sql.execute(
        f"""UPDATE licenses_waiting t SET state = 'dropped', note = x.why
            FROM (SELECT w.id, {WHY_NOT} AS why FROM licenses_waiting w JOIN people_standing s ON s.user_id = w.user_id
                  WHERE w.account_id = %(account)s AND w.product = %(product)s AND w.state = 'waiting') x
            WHERE t.id = x.id AND x.why IS NOT NULL AND t.state = 'waiting'""",
        {"account": account, "product": product},
    )


def give_some(account: UUID, product: str, rows: list[dict[str, Any]]) -> int:
    """The next ones whom one Change queued; how many got their seat. Who cannot have it drops off with the reason, who finds none waits on."""
    workplace = PRODUCTS[product].kind == "workplace"
    verb, wish = ("licenses.change_license", {"license": product}) if workplace else (GiveAddOn.name, {"add_on": product})
    params = {**wish, "subjects": {"ids": [str(r["user_id"]) for r in rows]}}
    no = None
    for actor in givers(account, rows[0]["actor_id"]):
        key = f"waiting:{rows[0]['id']}:{len(rows)}:{actor.kind}:{now():%Y%m%d%H%M%S%f}"
        try:
            started = engine.start(plan(actor, verb, params, cause=rows[0]["change_id"]), key, short="first")
            return settle(rows, started.change_id) if started.state != "running" else 0  # the next strike finds them served
        except Refused as refused:
            no = refused
    if no and no.code != NO_SEAT:
        _drop_all(rows, no.code)
    return 0


def givers(account: UUID, queued_by: UUID | None) -> Iterator[Actor]:
    """Who queued them, while they are here and may for everybody; else, or when they are refused, the clock itself."""
    if queued_by:
        try:
            actor = person(queued_by, "clock")
            if actor.may(GiveAddOn.privilege) and actor.scope is None:
                yield actor
        except Refused:
            pass
    yield system(account)


def settle(rows: list[dict[str, Any]], change: UUID | None) -> int:
    """Write down who got it, by the effects. Without a Change everybody had it already."""
    fates: Mapping[UUID, tuple[str, str]] = {
        e["obj"]: (e["result"], e["reason"])
        for e in sql.rows("SELECT obj, result, reason FROM journal_effect WHERE change_id = %(c)s AND phase = 0", {"c": change})
    }
    done = [r["id"] for r in rows if fates.get(r["user_id"], ("", ""))[0] == "done"]
    sql.execute(
        "UPDATE licenses_waiting SET state = 'given', done_by = %(c)s WHERE id = ANY(%(ids)s) AND state = 'waiting'",
        {"c": change, "ids": done},
    )
    left: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        result, why = fates.get(row["user_id"], ("skipped", "already"))
        if result != "done" and why not in (NO_SEAT, "changed"):
            left.setdefault(why or result, []).append(row)
    for why, some in left.items():
        _drop_all(some, why)
    return len(done)


def _drop_all(rows: list[dict[str, Any]], why: str) -> None:
    sql.execute(
        "UPDATE licenses_waiting SET state = 'dropped', note = %(why)s WHERE id = ANY(%(ids)s) AND state = 'waiting'",
        {"why": why, "ids": [r["id"] for r in rows]},
    )
