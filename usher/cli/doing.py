"""How a command does a plan: start it, follow it to its end, print what came of it."""

import time
from typing import Any

from usher.core.actor import Actor
from usher.core.jobs import workers_alive
from usher.journal import engine, reads
from usher.journal.plan import preview
from usher.journal.verb import Plan
from usher.licenses.ledger import free

from .door import DONE, progress
from .options import nothing
from .result import Result, of_change, of_plan, planned_counts, tell

POLL_SECONDS = 0.3
PATIENCE_SECONDS = 5.0
TOLD_EVERY_SECONDS = 1.0


def do(planned: Plan, key: str, *, short: str = "refuse", refusals: str | None = None) -> int:
    """Do a plan to its end and print the public object; the exit code. Refuses what engine.start refuses."""
    before = free(planned.actor)
    started = engine.start(planned, key, short=short)
    if started.number is None:
        return tell(
            Result({**nothing("unchanged"), "counts": planned_counts(planned, preview(planned))}, "Nothing to do: it is so already.")
        )
    return finish(planned.actor, started.number, before, refusals)


def finish(actor: Actor, number: int, before: dict[str, int], refusals: str | None = None) -> int:
    """Follow a Change to its end and print the public object; the exit code."""
    found = follow(actor, number)
    return tell(of_change(actor, found, before, refusals))


def show(planned: Plan, refusals: str | None = None) -> int:
    """Print the plan as the public object, with state planned. Nothing is written."""
    tell(of_plan(planned, refusals))
    return DONE


def follow(actor: Actor, number: int) -> dict[str, Any]:
    """The Change once its run has ended. A worker moves it; when none is alive, or nobody moves it, this process does.

    Ctrl-C ends the waiting, not the run.
    """
    place, since, told, mine = None, time.monotonic(), time.monotonic(), False
    found = reads.change(actor, number)
    try:
        while found["state"] == "running":
            if (found["phase"], found["ord"]) != place:
                place, since = (found["phase"], found["ord"]), time.monotonic()
            if time.monotonic() - told > TOLD_EVERY_SECONDS:
                told = time.monotonic()
                progress(f"{sum(found['totals'][: found['phase']]) + found['ord']:,} of {sum(found['totals']):,}")
            mine = mine or time.monotonic() - since > PATIENCE_SECONDS or not workers_alive()
            if not mine or not engine.step(found["id"]):
                time.sleep(POLL_SECONDS if reads.change(actor, number)["state"] == "running" else 0)
            found = reads.change(actor, number)
    except KeyboardInterrupt:
        progress(f"C-{number} is not over. A worker goes on with it, or the same command does; `usher undo C-{number}` stops it.")
        found = reads.change(actor, number)
    return found
