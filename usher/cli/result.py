"""What a write tells: one public object, the same for every command (docs/guide/command-line.md), its text, and the file of refusals."""

import contextlib
import csv
import itertools
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from usher.core import sql
from usher.core.actor import Actor
from usher.core.csv_cells import neutral
from usher.core.data_dir import DataDir
from usher.journal import reads
from usher.journal.plan import Preview, preview, words_of
from usher.journal.rows import sample
from usher.journal.verb import REASONS, VERBS, Plan, main_phase
from usher.licenses.catalog import PRODUCTS
from usher.licenses.ledger import free
from usher.lifecycle.addresses import ChangeAddress
from usher.lifecycle.join import Invite, lines_left
from usher.lifecycle.lines import TITLES
from usher.lifecycle.more_columns import TITLES as MORE
from usher.lifecycle.more_columns import cell_of
from usher.lifecycle.phone_lines import AddPhones
from usher.lifecycle.update_people import UpdatePeople

from .door import DONE, IN_PART, REFUSED, emit, progress
from .options import COUNTS, nothing

BY_LINE = {Invite.name, UpdatePeople.name, ChangeAddress.name, AddPhones.name}  # what they leave out are lines of a file
MOST_REFUSALS = 1_000
MOST_ON_SCREEN = 10
PAGE = 1_000


@dataclass(frozen=True)
class Result:
    """The public object of a write, and the sentence a person reads above it."""

    answer: dict[str, Any]
    sentence: str

    @property
    def exit_code(self) -> int:
        """0 done, 3 refused and nothing done, 4 done in part, or not yet over."""
        counts = self.answer["counts"]
        did = counts["new"] + counts["updated"]
        left = counts["skipped"] + counts["failed"] + counts["refused"]
        if self.answer["state"] == "running":
            return IN_PART
        if left or self.answer["state"] == "cancelled":
            return IN_PART if did else REFUSED
        return DONE


def of_change(actor: Actor, found: Mapping[str, Any], before: Mapping[str, int], refusals: str | None) -> Result:
    """The result of a Change row of the journal's reads. `before` are the free seats by product before it was started."""
    row = dict(found)
    outcome = reads.outcome(row)
    verb = VERBS[row["verb"]]
    counts = outcome.as_counts(makes_new=verb.makes_new and row["undoes"] is None)
    left = outcome.skipped + outcome.failed + outcome.refused
    answer = {
        **nothing("refused" if left and not outcome.done else outcome.state),
        "change_id": f"C-{row['number']}",
        "counts": counts,
        "seats": _moved(before, free(actor), products_of(row["params"])),
    }
    if left:
        shown, path = keep(left_of(actor, row), refusals, answer["change_id"], row["params"].get("stage"))
        answer.update(refusals=shown, refusals_file=path)
    return Result(answer, f"{reads.sentence(row, outcome.done)}.")


def of_plan(planned: Plan, refusals: str | None) -> Result:
    """What a plan would do. The file of refusals is written only where --refusals asks for it."""
    seen = preview(planned)
    answer = {
        **nothing("planned"),
        "counts": planned_counts(planned, seen),
        "seats": {p: {"before": s["free"], "after": max(0, s["after"])} for p, s in sorted(seen.seats.items())},
        "missing": seen.missing,
    }
    if seen.skipped(unchanged=planned.verb.unchanged):
        left = left_of_plan(planned, seen)
        if refusals:
            shown, path = keep(left, refusals, "", planned.params.get("stage"))
            answer.update(refusals=shown, refusals_file=path)
        else:
            answer["refusals"] = list(itertools.islice(left, MOST_REFUSALS))
    return Result(answer, f"{planned.verb.headline(planned.params, seen.will)} Nothing has happened yet.")


def planned_counts(planned: Plan, seen: Preview) -> dict[str, int]:
    """The `counts` of a plan."""
    skipped = seen.skipped(unchanged=planned.verb.unchanged)
    refused = sum(n for code, n in skipped.items() if code in REASONS and REASONS[code].refused)
    makes_new = planned.verb.makes_new and planned.undoes is None
    return {
        **dict.fromkeys(COUNTS, 0),
        "new" if makes_new else "updated": seen.will,
        "unchanged": seen.unchanged(planned.verb.unchanged),
        "skipped": sum(skipped.values()) - refused,
        "refused": refused,
    }


def products_of(params: Mapping[str, Any]) -> list[str]:
    """The products a verb's parameters name."""
    named = [params.get("product"), params.get("license"), params.get("add_on"), *params.get("add_ons", ())]
    return [p for p in named if p]


def _moved(before: Mapping[str, int], after: Mapping[str, int], named: Iterable[str]) -> dict[str, dict[str, int]]:
    """Free seats before and after, of the products that were named or have moved."""
    moved = {p for p in {*before, *after} if before.get(p, 0) != after.get(p, 0)}
    return {p: {"before": before.get(p, 0), "after": after.get(p, 0)} for p in sorted(moved | set(named))}


def left_of(actor: Actor, found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Everything a Change left alone or failed at, what was as wanted apart; page by page."""
    verb = VERBS[found["verb"]]
    phase = main_phase(verb, undoes=found["undoes"] is not None)
    after = 0
    while effects := reads.effects(found, result="left", phase=phase, after=(phase, after), limit=PAGE):
        left = [e for e in effects if e["reason"] not in verb.unchanged]
        yield from _in_words(actor, left, of_lines=found["verb"] in BY_LINE and found["undoes"] is None)
        after = effects[-1]["ord"]


def left_of_plan(planned: Plan, seen: Preview) -> Iterator[dict[str, Any]]:
    """The same of a plan."""
    codes = list(seen.skipped(unchanged=planned.verb.unchanged))
    after = 0
    while rows := sample(planned, skipped=True, skip=codes, after=after, limit=PAGE):
        left = [{**r, "reason": r["skip"], "result": "skipped"} for r in rows]
        yield from _in_words(planned.actor, left, of_lines=planned.verb.name in BY_LINE and planned.undoes is None)
        after = rows[-1]["ord"]


def _in_words(actor: Actor, left: list[dict[str, Any]], *, of_lines: bool) -> Iterator[dict[str, Any]]:
    if of_lines:
        for line in lines_left(actor, left):
            yield {"line": line["line"], "email": line["email"], "field": line["field"], "code": line["reason"], "reason": line["words"]}
        return
    for e in left:
        told = {**(e["before"] or {}), **(e["after"] or {})}
        code = e["reason"] or e["result"]
        yield {"line": told.get("line"), "email": told.get("email", ""), "field": "", "code": code, "reason": words_of(code)}


def keep(refusals: Iterator[dict[str, Any]], where: str | None, name: str, stage: str | None) -> tuple[list[dict[str, Any]], str | None]:
    """Write all refusals to a CSV file that can be corrected and imported again; the first of them, and the file's path.

    A file that cannot be written is said on stderr: the Change is done by then.
    """
    shown: list[dict[str, Any]] = []
    path = Path(where).absolute() if where else _beside_the_data(name)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if not where:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            columns = columns_of(stage)
            out.writerow([*(({**TITLES, **MORE})[c] for c in columns), "Line", "Field", "Code", "Reason"])
            while page := list(itertools.islice(refusals, PAGE)):
                shown += page[: MOST_REFUSALS - len(shown)]
                out.writerows(_as_cells(page, stage, columns))
        draft.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        progress(f"The refusals could not be written to {path}: {error.strerror}.")
        return shown or list(itertools.islice(refusals, MOST_REFUSALS)), None
    return shown, str(path)


def _beside_the_data(name: str) -> Path:
    data = DataDir.chosen(click.get_current_context().params.get("data"), os.environ)
    return data.path / "refusals" / f"{name or datetime.now(UTC).strftime('%Y%m%d-%H%M%S-%f')}.csv"


def columns_of(stage: str | None) -> list[str]:
    """The columns of what was given, so that the refusals can be given again; the first six of a list without any."""
    row = sql.row("SELECT choices FROM lifecycle_stage WHERE id = %(s)s", {"s": stage}) if stage else None
    found = row["choices"] if row else None
    if found and found.get("mode") == "addresses":
        return ["email", "new_email"]
    more = [c for c in (found or {}).get("columns", ()) if c in MORE]
    return [*TITLES, *more]


def _as_cells(page: list[dict[str, Any]], stage: str | None, columns: list[str]) -> Iterator[list[str]]:
    """The lines as they were read, as far as they are still there, with what was wrong."""
    read: dict[int, dict[str, Any]] = {}
    if stage:
        read = {
            r["line"]: r
            for r in sql.rows(
                "SELECT line, email, first_name, last_name, department, user_group, im_group, more FROM lifecycle_stagedline"
                " WHERE stage_id = %(s)s AND line = ANY(%(l)s)",
                {"s": stage, "l": [r["line"] for r in page if r["line"] is not None]},
            )
        }
    for refusal in page:
        line = read.get(refusal["line"], {"email": refusal["email"]})
        more = line.get("more") or {}
        cells = [line.get(column, "") if column in TITLES else cell_of(more.get(column)) for column in columns]
        yield [neutral(cell) for cell in [*cells, refusal["line"], refusal["field"], refusal["code"], refusal["reason"]]]


def tell(result: Result) -> int:
    """Print it; the exit code."""
    emit(result.answer, text="\n".join(_text(result)))
    return result.exit_code


def _text(result: Result) -> Iterator[str]:
    answer = result.answer
    yield result.sentence
    for name in COUNTS:
        if answer["counts"][name]:
            yield f"  {name:<10} {answer['counts'][name]:,}"
    for product, seats in answer["seats"].items():
        name = PRODUCTS[product].name if product in PRODUCTS else product
        yield f"  free seats of {name}: {seats['before']:,} → {seats['after']:,}"
    for product, n in answer.get("missing", {}).items():
        yield f"  {n:,} {'seat' if n == 1 else 'seats'} of {PRODUCTS[product].name} {'is' if n == 1 else 'are'} missing"
    for refusal in answer["refusals"][:MOST_ON_SCREEN]:
        where = " ".join(str(x) for x in (refusal["line"] and f"line {refusal['line']}", refusal["email"], refusal["field"]) if x)
        yield f"  {where or refusal['code']}: {refusal['reason']}"
    if answer["refusals_file"]:
        yield f"  all of them: {answer['refusals_file']}"
    if answer["change_id"]:
        yield f"  change {answer['change_id']}"
