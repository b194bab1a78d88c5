"""The commands about what was done: change list and show, undo, verify."""

import re
import time
from typing import Any

import click

from usher.core.actor import Actor
from usher.core.refusals import Refused

from .door import BREACHED, DONE, beside_server, emit, progress
from .options import as_operator, dry_run_option, nothing, refusing

NUMBER = re.compile(r"^(?:[Cc]-)?([0-9]{1,18})$")


class ChangeNumber(click.ParamType[int]):
    """C-123, c-123 or 123."""

    name = "ID"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        found = NUMBER.match(str(value))
        return int(found[1]) if found else self.fail(f"{value!r} is no change. One looks like C-123.", param, ctx)


@click.group()
def change() -> None:
    """List changes and show one."""


@change.command("list")
@click.option("--limit", type=click.IntRange(1, 1_000), default=20, show_default=True)
@click.option("--before", type=ChangeNumber(), help="Only older ones; the `next` of a page.")
@as_operator
def list_changes(actor: Actor, limit: int, before: int | None) -> None:
    """List changes, the newest first."""
    from usher.journal import reads

    from .columns import lined_up

    found = [_public(c) for c in reads.changes(actor, before=before, limit=limit + 1)]
    more = found[limit - 1]["change_id"] if len(found) > limit else None
    columns = ("change_id", "at", "by", "door", "state", "what")
    lines = [[c[k] if k != "at" else f"{c[k]:%Y-%m-%d %H:%M}" for k in columns] for c in found[:limit]]
    emit({"changes": found[:limit], "next": more}, text=lined_up(columns, lines) or "Nothing was done yet.")


def _public(found: dict[str, Any]) -> dict[str, Any]:
    """A Change as the command line tells it (docs/guide/command-line.md)."""
    from usher.journal import reads
    from usher.journal.verb import VERBS

    outcome = reads.outcome(found)
    verb = VERBS.get(found["verb"])
    return {
        "change_id": f"C-{found['number']}",
        "state": outcome.state,
        "what": reads.sentence(found, outcome.done),
        "verb": found["verb"],
        "params": found["params"],
        "by": found["actor_name"],
        "actor_kind": found["actor_kind"],
        "actor_id": found["actor_id"],
        "door": found["door"],
        "ip": found["ip"],
        "request_id": found["request_id"],
        "at": found["at"],
        "ended_at": found["ended_at"],
        "counts": outcome.as_counts(makes_new=bool(verb and verb.makes_new and found["undoes"] is None)),
        "left": outcome.left,
        "reasons": outcome.reasons,
        "undone_by": f"C-{found['undone_by']}" if found["undone_by"] else None,
    }


@change.command("show")
@click.argument("number", type=ChangeNumber(), metavar="ID")
@click.option("--limit", type=click.IntRange(0, 10_000), default=50, show_default=True, help="How many effects.")
@as_operator
def show_change(actor: Actor, number: int, limit: int) -> None:
    """Show one change, and the first of what it did to whom."""
    from usher.journal import reads, undo
    from usher.journal.verb import words_of

    from .columns import lined_up

    found = reads.change(actor, number)
    effects = [{k: e[k] for k in ("obj", "result", "reason", "before", "after")} for e in reads.effects(found, limit=limit)]
    answer = {**_public(found), "why_not_undo": undo.why_not(found), "effects": effects}
    head = [f"{k + ':':<14}{answer[k]}" for k in ("change_id", "what", "state", "by", "door", "at", "ended_at", "undone_by") if answer[k]]
    counts = [f"{k + ':':<14}{n:,}" for k, n in {**answer["counts"], "left": answer["left"]}.items() if n]
    told = lined_up(
        ("what it is", "result", "reason"),
        [(_who(e), e["result"], words_of(e["reason"]) if e["reason"] else "") for e in effects],
    )
    emit(answer, text="\n".join([*head, *counts, told]))


def _who(effect: dict[str, Any]) -> str:
    told = {**(effect["before"] or {}), **(effect["after"] or {})}
    return str(told.get("email") or told.get("name") or told.get("product") or effect["obj"])


@click.command()
@click.argument("number", type=ChangeNumber(), metavar="ID")
@click.option("--refusals", type=click.Path(dir_okay=False), metavar="FILE", help="Where all that stays as it is goes.")
@dry_run_option
@as_operator
def undo(actor: Actor, number: int, refusals: str | None, dry_run: bool) -> int:
    """Take a change back. What was changed since stays as it is and is listed."""
    return refusing(_undo, actor, number, refusals, dry_run) or DONE


def _undo(actor: Actor, number: int, refusals: str | None, dry_run: bool) -> int:
    from usher.journal import engine, reads
    from usher.journal.undo import plan_undo, start_undo
    from usher.licenses.ledger import free

    from .doing import finish, follow, show
    from .result import Result, tell

    found = reads.change(actor, number)
    if dry_run and found["state"] == "running":
        raise Refused(
            "later", "still_running", "It still goes on. What an undo would do can be told once it has ended; `usher undo` stops it."
        )
    if dry_run:
        return show(plan_undo(actor, found), refusals)
    if found["state"] == "running" and engine.cancel(actor.account_id, found["id"]):
        progress(f"Stopping C-{number} first.")
        follow(actor, number)
    before = free(actor)
    started = start_undo(actor, number)
    if started.number is None:
        return tell(Result(nothing("unchanged"), "Nothing to do: it is as it was before already."))
    return finish(actor, started.number, before, refusals)


@click.command()
@beside_server
def verify() -> int:
    """Prove every invariant from the tables; exit 1 when one is breached."""
    from usher.journal.verify import verify as ask

    began = time.monotonic()
    found = ask()
    lines = []
    for invariant, breaches in found:
        lines.append(f"{'BREACHED' if breaches else 'ok      '}  {invariant.id}: {invariant.words}")
        lines += [f"            {' '.join(f'{k}={v}' for k, v in row.items())}" for row in breaches]
    ok = not any(breaches for _, breaches in found)
    told = [{"id": i.id, "words": i.words, "ok": not breaches, "breaches": breaches} for i, breaches in found]
    emit({"ok": ok, "seconds": round(time.monotonic() - began, 3), "invariants": told}, text="\n".join(lines))
    return DONE if ok else BREACHED
