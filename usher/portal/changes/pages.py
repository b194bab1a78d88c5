"""One change with its progress and result, stop and undo (portal.md 5.12, 5.13)."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.core.refusals import Refused
from usher.journal import engine, reads
from usher.journal.plan import words_of
from usher.journal.undo import key_of, plan_undo, why_not
from usher.journal.verb import NO_SEAT
from usher.licenses import waiting
from usher.lifecycle.models import Stage
from usher.phone.verbs.calls import ImportCalls
from usher.portal.changes.again import ways_of
from usher.portal.changes.progress import every, parts_of, seats_beside, seconds_left, table_of
from usher.portal.changes.told import came_without
from usher.portal.changes.words import DOORS
from usher.portal.csv_file import BOM, attached, csv_line, spoken
from usher.portal.effects import in_words
from usher.portal.page import SignedIn, page
from usher.portal.people.import_columns import heading
from usher.portal.people.importing import cells_of, columns_of, staged
from usher.portal.plan_page import Look, is_about_people, plan_page
from usher.portal.query import with_query
from usher.portal.templatetags.usher import number as figure
from usher.portal.wish import clean


@page("journal:change:view")
def change(request: SignedIn, number: int) -> HttpResponse:
    """One change: its progress while it runs, its result after. htmx asks for the fragment again until it has ended."""
    found = reads.change(request.actor, number)
    outcome = reads.outcome(found)
    parts, now = parts_of(request, outcome)
    context = {
        "found": found,
        "outcome": outcome,
        "headline": reads.sentence(found, outcome.done),
        "total": outcome.done + outcome.left,
        "left": seconds_left(found, outcome),
        "parts": parts,
        "part": now,
        "lines": (table := table_of(request, found, now))[0],
        "next": table[1],
        "find": clean(request.GET.get("find", "")),
        "related": related_in_words(reads.related(found)),
        "door": DOORS.get(found["door"], found["door"]),
        "reasons": [
            {"n": n, "words": words_of(code), "path": with_query(request, part="left", why=code, after=None)}
            for code, n in outcome.reasons.items()
        ],
        "seats": seats_beside(request.actor, found),
        "every": every(found) if outcome.state == "running" else "",
        "undo": undo_title(found) if not why_not(found) and outcome.done > 0 else "",
        "why_no_undo": why_not(found),
        "again": ways_of(found, outcome),
        "without": came_without(found),
        "queued": waiting.of_change(request.actor, found["id"]) if NO_SEAT in outcome.reasons or found["params"].get("waits") else 0,
    }
    polls = request.headers.get("HX-Target") == "progress"
    return render(request, "changes/change.html#progress" if polls else "changes/change.html", context)


def undo_title(found: dict[str, Any]) -> str:
    """One that was stopped is gone on with."""
    return _("Go on with the undo") if found["undone_by"] else _("Undo")


def related_in_words(tied: list[dict[str, Any]]) -> list[tuple[Any, int]]:
    """Where else to look: what caused it, what it takes back, what it led to."""
    words = {"cause": _("Because of"), "undoes": _("Takes back"), "led_to": _("Led to")}
    return [(words[t["how"]], t["number"]) for t in tied]


@page("journal:change:view", ("POST",))
def stop(request: SignedIn, number: int) -> HttpResponse:
    """Stop a run after its chunk. What is done stays done."""
    found = reads.change(request.actor, number)
    request.actor.require(engine_privilege(found))
    engine.cancel(request.actor.account_id, found["id"])
    return HttpResponseRedirect(f"/changes/{number}", status=303)


def engine_privilege(found: dict[str, Any]) -> str:
    return reads.plan_of(found).verb.privilege


@page("journal:change:view", ("GET", "POST"))
def undo(request: SignedIn, number: int) -> HttpResponseBase:
    """The undo of a change, itself a plan. The verb of the change asks for its right."""
    found = reads.change(request.actor, number)
    if found["state"] == "running":
        raise Refused("conflict", "still_running", _("This change is still going on. Stop it first, then undo what was done."))
    done = reads.outcome(found).done
    planned = plan_undo(request.actor, found)
    title = undo_title(found)
    look = Look(
        title=title,
        crumbs=[(_("Activity"), "/activity"), (f"C-{number}", f"/changes/{number}"), (title, "")],
        button=undo_for if is_about_people(planned) else lambda n: _("Undo"),
        back=(_("Cancel"), f"/changes/{number}"),
        tally={"will": _("go back as they were"), "skipped": _("stay as they are now")},
        headline=_("Taken back: %(sentence)s.") % {"sentence": reads.sentence(found, done)},
        note=_("What was taken back already is not touched again.") if planned.cause else planned.verb.undo_words(done),
        key=key_of(planned),
    )
    return plan_page(request, planned, look)


def undo_for(n: int) -> str:
    return ngettext("Undo for %(n)s person", "Undo for %(n)s people", n) % {"n": figure(n)}


@page("journal:change:view")
def left_file(request: SignedIn, number: int) -> HttpResponseBase:
    """Everybody for whom it was not done, with the reason."""
    found = reads.change(request.actor, number)
    return StreamingHttpResponse(
        spoken(left_csv(request, found)), content_type="text/csv; charset=utf-8", headers=attached(f"C-{number}-left.csv")
    )


def left_csv(request: SignedIn, found: dict[str, Any]) -> Iterator[str]:
    """The file in pieces of 1,000 lines: what came from a file as it was read, as long as it is kept, so that it can be corrected and uploaded; else whom,
    what, or which call it was about."""
    stage = Stage.objects.filter(pk=found["params"].get("stage"), account_id=request.actor.account_id).first()
    columns = columns_of(stage) if stage else ["call_id", "user"] if found["verb"] == ImportCalls.name else ["email", "name"]
    yield BOM + csv_line([*(map(heading, columns) if stage else columns), "line", "field", "why"])
    after = (0, 0)
    while rows := reads.effects(found, result="left", after=after, limit=1_000):
        lines = in_words(request.actor, rows)
        said = {s["line"]: s for s in staged(stage, [x["line"] for x in lines if x["line"]])} if stage else {}
        whose = [(row["after"] or {}).get("whose", "") for row in rows]
        told = [
            (said.get(x["line"]) or {**x, "first_name": x["name"], "call_id": x["name"], "user": w}, x)
            for x, w in zip(lines, whose, strict=True)
        ]
        yield "".join(csv_line([*cells_of(cells, columns), x["line"], x["field"], x["why"]]) for cells, x in told)
        after = (rows[-1]["phase"], rows[-1]["ord"])
