"""The numbers of a change: the parts of its tally, the rows of its table, and how long it will still take."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from usher.core import sql
from usher.core.actor import Actor
from usher.journal import reads
from usher.journal.run import CHUNK_MIN
from usher.journal.verb import VERBS, main_phase
from usher.portal.changes.filters import people_named
from usher.portal.effects import in_words
from usher.portal.page import SignedIn
from usher.portal.plan_parts import ROWS, with_the_rest
from usher.portal.query import with_query
from usher.portal.seat_choices import seat_lines
from usher.portal.wish import clean


def parts_of(request: SignedIn, outcome: reads.Outcome) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """done · still to do · already so · skipped · refused · failed, and the one the table shows. Those of nothing are left out."""
    rest = outcome.skipped + outcome.refused
    running = outcome.state == "running"
    parts: list[dict[str, Any]] = [
        {"key": "done", "n": outcome.done, "words": _("done"), "css": ""},
        {
            "key": "todo",
            "n": outcome.left,
            "words": _("still to do") if running else _("not done, stopped"),
            "css": "" if running else "warn",
        },
        {"key": "same", "n": outcome.unchanged, "words": _("already so"), "css": ""},
        {"key": "left", "n": rest, "words": _("left out"), "css": "bad" if outcome.refused else ""},
        {"key": "failed", "n": outcome.failed, "words": _("failed"), "css": "bad"},
    ]
    parts = [{**p, "path": with_query(request, part=p["key"], after=None, why=None)} for p in parts if p["n"] or p["key"] == "done"]
    asked = {p["key"]: p for p in parts}.get(request.GET.get("part", ""), parts[0])
    return [{**p, "now": p["key"] == asked["key"]} for p in parts], asked


def table_of(request: SignedIn, found: dict[str, Any], part: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """The rows of one part that match the search, and the address of the next page."""
    result = {"done": "done", "failed": "failed", "left": "skipped", "same": "skipped"}.get(part["key"])
    if result is None:
        return [], ""
    verb = VERBS.get(found["verb"])
    main = main_phase(verb, undoes=found["undoes"] is not None) if verb else 0
    rows = matching(request.actor, found, clean(request.GET.get("find", "")), result=result, phase=main, after=(main, _after(request)))
    unchanged = verb.unchanged if verb else frozenset()
    why = request.GET.getlist("why")
    shown = [
        r
        for r in rows
        if result != "skipped" or ((r["reason"] in unchanged) == (part["key"] == "same") and (not why or r["reason"] in why))
    ]
    if result == "done":
        shown = with_the_rest(shown, reads.beside(found, [r["obj"] for r in shown], main))
    following = with_query(request, after=str(rows[-1]["ord"]), part=part["key"]) if len(rows) == ROWS else ""
    return in_words(request.actor, shown), following


def matching(actor: Actor, found: dict[str, Any], text: str, *, result: str, phase: int, after: tuple[int, int]) -> list[dict[str, Any]]:
    """One page of effects on people of this name or address; when there are none, of what a line or a value says."""
    if not text:
        return reads.effects(found, result=result, phase=phase, after=after, limit=ROWS)
    people, params = people_named(text)
    ids = [p["id"] for p in sql.rows(people, {"account": actor.account_id, **params})]
    of_them = reads.effects(found, result=result, phase=phase, after=after, limit=ROWS, of=ids) if ids else []
    return of_them or reads.effects(found, result=result, phase=phase, after=after, limit=ROWS, saying=text)


def _after(request: HttpRequest) -> int:
    text = request.GET.get("after", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def seconds_left(found: dict[str, Any], outcome: reads.Outcome) -> str:
    """A rounded guess in words, from the second chunk on; empty before."""
    done = sum((found["counts"] or {}).get("0", {}).values()) if found["counts"] else 0
    if outcome.state != "running" or not done or not outcome.left:
        return ""
    gone = (datetime.now(UTC) - found["started_at"]).total_seconds()
    seconds = gone / done * outcome.left
    if gone < 1 or done <= CHUNK_MIN:
        return ""
    return (
        _("about %(n)s s left") % {"n": max(1, round(seconds))} if seconds < 90 else _("about %(n)s min left") % {"n": round(seconds / 60)}
    )


def every(found: dict[str, Any]) -> str:
    """How often a page asks for the progress of a change: each second, after a minute each five."""
    return "every 1s" if datetime.now(UTC) - found["started_at"] < timedelta(minutes=1) else "every 5s"


def seats_beside(actor: Actor, found: dict[str, Any]) -> list[dict[str, Any]]:
    """The ledger, as it is now, of the products a change is about."""
    told = {found["params"].get("license"), found["params"].get("add_on"), *found["params"].get("add_ons", ()), *(found["held"] or {})}
    return seat_lines(actor, [code for code in told if code])
