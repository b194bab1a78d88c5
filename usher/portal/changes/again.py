"""Once more: the rest of a change that was stopped, and those it could not do for a reason that may have passed (portal.md 5.13)."""

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.core.ids import short
from usher.core.refusals import Refused
from usher.journal import reads
from usher.journal.verb import plan
from usher.people.selection import passing
from usher.portal.page import SignedIn, page
from usher.portal.plan_page import Look, plan_page
from usher.portal.templatetags.usher import number as figure

WAYS = ("rest", "failed")


@page("journal:change:view", ("GET", "POST"))
def again(request: SignedIn, number: int) -> HttpResponseBase:
    """A fresh plan of the same verb; its right is asked again. What is left of an undo is planned where it began."""
    found = reads.change(request.actor, number)
    what = request.GET.get("what", "rest")
    outcome = reads.outcome(found)
    if found["undoes"] or "subjects" not in found["params"] or what not in ways_of(found, outcome):
        raise Refused("missing", "nothing_left", _("Nothing of this change is left to be done."))
    order = {"order": found["params"]["subjects"].get("order", "")}
    subjects = {"rest_of" if what == "rest" else "left_by": str(found["id"]), **order}
    planned = plan(request.actor, found["verb"], {**found["params"], "subjects": subjects}, cause=found["id"])
    title = _("Go on") if what == "rest" else _("Try these again")
    later = reads.later_left(found) if planned.goes_on else 0
    look = Look(
        title=title,
        crumbs=[(_("Activity"), "/activity"), (f"C-{number}", f"/changes/{number}"), (title, "")],
        button=go_on,
        back=(_("Cancel"), f"/changes/{number}"),
        headline=later_words(later) if later and not outcome.left else "",
        more=lambda seen: later_words(later) if later and outcome.left else "",
        note=_("Who was done already stays as they are."),
    )
    return plan_page(request, planned, look)


def go_on(n: int) -> str:
    """The button. Nobody is left where only a later phase was."""
    return ngettext("Go on with %(n)s person", "Go on with %(n)s people", n) % {"n": figure(n)} if n else _("Go on")


def later_words(n: int) -> str:
    """What a stopped change had left of its later phases: content of people who had left already, numbers of people who had a package."""
    told = ngettext(
        "For those who were done already %(n)s thing more that goes with it will be done.",
        "For those who were done already %(n)s things more that go with it will be done.",
        n,
    )
    return told % {"n": figure(n)}


def ways_of(found: dict[str, Any], outcome: reads.Outcome) -> dict[str, str]:
    """rest or failed -> the address that does it once more; neither while it runs, and no rest of what was undone.
    A file goes on from its own plan, an undo from that of what it undoes."""
    if outcome.state == "running":
        return {}
    if found["undoes"]:
        undone = reads.undone(found)
        return {"rest": f"/changes/{undone['number']}/undo"} if reads.stopped_undo(undone) == found["id"] else {}
    may_pass = outcome.failed or any(code in passing() for code in outcome.reasons)
    by_selection = "subjects" in found["params"]
    rest = (reads.has_left(found) if by_selection and outcome.state == "cancelled" else outcome.left) and not found["undone_by"]
    ways = [way for way, there in zip(WAYS, (rest, may_pass), strict=True) if there]
    if by_selection:
        return {way: f"/changes/{found['number']}/again?what={way}" for way in ways}
    if found["verb"] == "lifecycle.invite" and found["params"].get("source") == "csv":
        return dict.fromkeys(ways, f"/people/imports/{short(UUID(found['params']['stage']))}")
    return {}
