"""The tray: the actor's own work in the background, at the corner of every page (portal.md section 8)."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import render

from usher.core.ids import short
from usher.journal import engine, reads
from usher.journal.undo import why_not
from usher.people import exports
from usher.portal.changes.progress import seconds_left
from usher.portal.changes.told import described
from usher.portal.changes.words import kind_of
from usher.portal.page import SignedIn, member_page

MOST = 3
DISMISSED = "usher_dismissed"  # in the session: the failed work that was seen
MOST_DISMISSED = 50


@member_page()
def tray(request: SignedIn) -> HttpResponse:
    """What runs, what has just ended, and what failed; asks again while something runs."""
    return _shown(request)


@member_page(("POST",))
def dismissal(request: SignedIn, number: int) -> HttpResponse:
    """Failed work was seen: it leaves the tray and stays in Activity. The number of anybody else's work changes nothing."""
    request.session[DISMISSED] = [*request.session.get(DISMISSED, []), number][-MOST_DISMISSED:]
    return _shown(request)


def _shown(request: SignedIn) -> HttpResponse:
    work = [line_of(c) for c in own_work(request) if f"/changes/{c['number']}" not in here(request)]
    files = [f for f in exports.now(request.actor) if f"/exports/{short(f['id'])}" not in here(request)]
    polls = any(one["state"] == "running" for one in [*work, *files])
    context = {"lines": work[:MOST], "more": len(work) - MOST, "files": files[:MOST], "polls": polls}
    return render(request, "changes/tray.html", context)


def own_work(request: SignedIn) -> list[dict[str, Any]]:
    """The runs that were more than a moment's work, but for the failed ones that were dismissed."""
    found = reads.own_work(request.actor) if request.actor.may("journal:change:view") else []
    long = [described(c) for c in found if sum(c["totals"]) > engine.INLINE]
    return [c for c in long if c["state"] == "running" or not (c["outcome"].failed and c["number"] in request.session.get(DISMISSED, []))]


def here(request: SignedIn) -> tuple[str, ...]:
    """The path of the page the tray stands on: it does not repeat what that page shows."""
    return (urlsplit(request.headers.get("HX-Current-URL", "")).path,)


def line_of(change: dict[str, Any]) -> dict[str, Any]:
    """One entry: what it is, how far it came, how long it takes, and whether it can be taken back."""
    outcome = change["outcome"]
    return {
        **change,
        "kind": kind_of(change["verb"]),
        "total": outcome.done + outcome.left + outcome.failed,
        "left": seconds_left(change, outcome),
        "undo": change["state"] != "running" and outcome.done > 0 and not why_not(change),
    }
