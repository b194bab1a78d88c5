"""Undo: the reverse of a Change is planned from its done effects, phases backwards, and started like any plan. One that was stopped is gone on with."""

from typing import Any

from django.utils.translation import gettext as _

from usher.core.actor import Actor
from usher.core.refusals import Refused

from . import engine, reads
from .verb import VERBS, Plan, require_undo


def why_not(found: dict[str, Any]) -> str:
    """Why a Change cannot be undone, as a sentence; empty when it can."""
    verb = VERBS.get(found["verb"])
    if verb is None or not verb.undoable:
        return _("This kind of change cannot be undone.")
    if found["undoes"]:
        return _("This is an undo itself. Do the change again instead.")
    if found["undone_by"] and not reads.stopped_undo(found):
        return _("It is undone already, by C-%(number)s.") % {"number": found["undone_by"]}
    return "" if found["state"] == "running" else verb.why_no_undo(found)


def plan_undo(actor: Actor, found: dict[str, Any]) -> Plan:
    """The reverse of a Change row of reads.change; of one whose undo was stopped, the rest of that. A run that still goes on is stopped first; refused
    (later) until it has ended."""
    verb = VERBS.get(found["verb"])
    if verb is None or why_not(found):
        raise Refused("conflict", "not_undoable", why_not(found))
    require_undo(actor, verb)
    verb.check_undo(actor, found)
    if found["state"] == "running":
        engine.cancel(actor.account_id, found["id"])
        raise Refused("later", "still_running", _("It is being stopped first. Undo it as soon as it has ended."))
    return Plan(actor, verb, found["params"], undoes=found["id"], cause=reads.stopped_undo(found) if found["undone_by"] else None)


def key_of(planned: Plan) -> str:
    """One undo of a Change, and one that goes on with each that was stopped."""
    return f"undo:{planned.cause or planned.undoes}"


def start_undo(actor: Actor, number: int, *, digest: str | None = None) -> engine.Started:
    """Undo a Change by its number. What was changed since is listed and left alone; seats are checked again, the first N fit."""
    found = reads.change(actor, number)
    planned = plan_undo(actor, found)
    return engine.start(planned, key_of(planned), digest=digest, short="first")
