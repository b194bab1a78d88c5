"""The one plan page protocol (portal.md section 5): every preview looks and works the same, and writes nothing.

GET shows the plan of a verb. POST of the same address does it, if the plan still holds, the number was typed where it must be,
and the seats are there; it answers 303 to the change. Whatever stands in the way comes back as the same page, fresh, and nothing was done.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.access.sessions import is_fresh
from usher.core.refusals import Refused
from usher.journal import engine, reads
from usher.journal.plan import Preview, preview, too_many
from usher.journal.verb import Plan
from usher.portal.csv_file import attached, spoken
from usher.portal.listing import Words
from usher.portal.page import SignedIn, key_of
from usher.portal.plan_confirming import is_typed, nobody_left, to_type
from usher.portal.plan_marks import marked_words
from usher.portal.plan_parts import ROWS, lines_of, part_now, parts_of, plan_csv, reasons_of
from usher.portal.plan_seats import buying, only_words, seats_of, shortage, wait_words, ways_on
from usher.portal.query import PASSING, moment, pairs_without, with_query
from usher.portal.sign_in.fresh import ask_first
from usher.portal.templatetags.usher import number

LONGEST_READ = timedelta(days=1)  # what changed before that is not looked for; a session unused for 8 hours has ended anyway
GOING_ON = ("first", "wait")  # with fewer seats than it takes
FRESH = frozenset(
    {"access.set_role", "access.remove_factors", "access.hand_over_app", "access.offer_ownership"}
)  # these and whatever is for good need a fresh sign-in (portal.md 5.8, SESSION-12)


@dataclass(frozen=True)
class Option:
    value: str
    words: Words
    note: Words = ""
    disabled: bool = False
    warn: bool = False


@dataclass(frozen=True)
class Choice:
    """Something that alters the plan, as radio cards; choosing plans anew."""

    name: str
    words: Words
    options: list[Option]
    chosen: str = ""


@dataclass(frozen=True)
class Look:
    """The words a page adds to a plan. `button` takes the number; `back` is where Cancel leads, `then` where it leads when it is done, if not to the
    change itself; `more` goes on after the headline; `order` lets people choose who is first, `order_words` say it where nobody can.
    `inset` is a template above the table, which reads `told`; `also` has more lines for people of the table; `blocked` says why it cannot be done as chosen.
    `refused_words` say what becomes of refused lines where their file is none to be uploaded again.
    """

    title: Words
    crumbs: list[tuple[Words, str]]
    button: Callable[[int], str]
    back: tuple[Words, str]
    tally: dict[str, Words] = field(default_factory=dict)
    more: Callable[[Preview], str] = lambda seen: ""
    note: Words = ""
    facts: list[tuple[Words, Words]] = field(default_factory=list)
    refused_file: str = ""
    refused_words: Words = ""
    choices: list[Choice] = field(default_factory=list)
    order: Choice | None = None
    order_words: Words = ""
    key: str = ""
    for_good: bool = False
    headline: str = ""
    then: str = ""
    facts_words: Words = ""
    inset: str = ""
    told: dict[str, Any] = field(default_factory=dict)
    also: Callable[[list[UUID]], dict[UUID, list[dict[str, Any]]]] = lambda people: {}
    blocked: Words = ""
    lost: Words = ""


def plan_page(request: SignedIn, planned: Plan, look: Look) -> HttpResponseBase:
    """Show a plan, do it, or hand it out as a file."""
    look = replace(look, for_good=look.for_good or planned.verb.for_good)
    if request.method == "POST":
        if (look.for_good or planned.verb.name in FRESH) and not is_fresh(request.session):
            return ask_first(request)
        return _do(request, planned, look)
    if request.GET.get("as") == "csv":
        told = planned.waiting() if request.GET.get("how") == "wait" else planned
        return StreamingHttpResponse(spoken(plan_csv(told)), content_type="text/csv; charset=utf-8", headers=attached("plan.csv"))
    return _show(request, planned, look, preview(planned), since=moment(request.GET.get("since", "")))


def choice_page(request: SignedIn, look: Look, heading: str) -> HttpResponse:
    """The step before a plan: what shall it be? Nothing is planned yet."""
    kept = pairs_without(request.GET, *(c.name for c in look.choices), *PASSING)
    return render(request, "plan_choice.html", {"look": look, "heading": heading, "kept": kept})


def _do(request: SignedIn, planned: Plan, look: Look) -> HttpResponse:
    seen = preview(planned)
    if look.blocked:
        return _show(request, planned, look, seen, refused=Refused("invalid", "blocked", str(look.blocked)))
    short = next((way for way in GOING_ON if request.POST.get("how") == way), "refuse")
    digest = request.POST.get("digest", "")
    meant = seen_waiting(planned, seen) if short == "wait" else seen
    needed = to_type(planned, meant.will if short == "refuse" else meant.fits, for_good=look.for_good)
    if digest in ("", meant.digest) and needed and not is_typed(needed, request.POST.get("typed", "")):
        words = _("Type %(what)s to go on. Nothing was done.") % {"what": needed}
        return _show(request, planned, look, seen, refused=Refused("invalid", "not_typed", words))
    key = look.key or key_of(request)
    try:
        if digest == meant.digest and nobody_left(planned, meant, short):
            raise Refused("conflict", "nobody_left", _("There is nobody here whom it could be done to. Nothing was done."))
        started = engine.start(planned, key, digest=digest, short=short)
    except Refused as refused:
        since = moment(request.POST.get("seen_at", "")) if refused.code == "stale" else None
        return _show(request, planned, look, preview(planned), refused=refused, since=since)
    if started.number is None:
        messages.info(request, _("There was nothing to change."))
        return HttpResponseRedirect(str(look.back[1]))
    return led_on(request, look, started.number)


def led_on(request: SignedIn, look: Look, made: int) -> HttpResponse:
    """To the change; or to where the actor came from, with what was done and the way back as a notice."""
    if not look.then:
        return HttpResponseRedirect(f"/changes/{made}", status=303)
    found = reads.change(request.actor, made)
    told = reads.sentence(found, reads.outcome(found).done)
    messages.success(request, format_html('{} <a href="/changes/{}/undo">{}</a>', told, made, _("Undo")))
    return HttpResponseRedirect(look.then, status=303)


def _show(
    request: SignedIn,
    planned: Plan,
    look: Look,
    seen: Preview,
    *,
    refused: Refused | None = None,
    since: datetime | None = None,
) -> HttpResponse:
    since = max(since, seen.at - LONGEST_READ) if since else None
    how = request.GET.get("how", "nothing") if seen.missing else ""
    lacking = seen
    if how == "wait":
        seen, planned = seen_waiting(planned, seen), planned.waiting()
    will = seen.fits if how in GOING_ON else seen.will
    over = too_many(request.actor, will)
    context = {
        "look": look,
        "headline": headline_of(planned, lacking, look),
        "will": will,
        "may_do": (will > 0 or has_more(planned, seen)) and how in ("", "first") and not look.blocked and not over,
        "button": look.button(will),
        "by": by_words(request, planned, will),
        "undo": planned.verb.undo_words(will) if planned.verb.undoable and not planned.undoes else "",
        "lost": look.lost or planned.verb.lost,
        "digest": seen.digest,
        "seen_at": seen.at.isoformat(),
        "was": number(seen.will),
        "key": uuid4().hex,
        "choosing": pairs_without(request.GET, *(c.name for c in look.choices), *PASSING),
        **table_of(request, planned, look, seen, since),
        **ways_told(request, planned, look, lacking, how),
        "seats": seats_of(seen),
        **addresses_of(request),
    }
    only = context["lines"][0]["name"] if context["part"].key == "will" and will == 1 else ""
    context["must_type"] = to_type(planned, will, only, for_good=look.for_good)
    context["trouble"] = refused.words if refused else over
    context["marked"] = marked_words(request.actor, planned)
    if how == "wait":
        context |= {"may_do": not look.blocked, "button": wait_words(planned.verb, lacking)}
    if refused and refused.code == "stale":
        context["trouble"] = stale_words(context["changed"], request.POST.get("was", ""), number(seen.will)) or refused.words
    return render(request, "plan.html", context, status=(409 if refused.kind == "conflict" else 422) if refused else 200)


def seen_waiting(planned: Plan, seen: Preview) -> Preview:
    """The plan in which everybody waits who finds no seat: another one only where the verb gives them something else meanwhile."""
    return seen if planned.waiting() == planned else preview(planned.waiting())


def has_more(planned: Plan, seen: Preview) -> bool:
    """Something will be done, and to nobody: a group or a role goes that nobody has, or what goes with people who were done already is gone on with."""
    return seen.items > 0 and (planned.goes_on or not any(t.phase == seen.main for t in seen.tallies))


def table_of(request: SignedIn, planned: Plan, look: Look, seen: Preview, since: datetime | None) -> dict[str, Any]:
    """The tally, and the rows of the part that is open."""
    parts = parts_of(planned, seen, look.tally, since)
    now = part_now(parts, request.GET.get("part", ""))
    lines = lines_of(planned, seen, now, request.GET, since)
    also = look.also([line["id"] for line in lines if line["id"]]) if now.codes is None else {}
    lines = [{**line, "changes": line["changes"] + also.get(line["id"], [])} for line in lines]
    kept = since.isoformat() if since else None
    return {
        "changed": next((p.n for p in parts if p.key == "changed"), 0) if is_about_people(planned) else 0,
        "parts": [
            {
                "n": p.n,
                "words": p.words,
                "css": p.css,
                "now": p is now,
                "path": with_query(request, part=p.key, after=None, why=None, since=kept),
            }
            for p in parts
        ],
        "part": now,
        "lines": lines,
        "next": with_query(request, part=now.key, after=str(lines[-1]["ord"]), since=kept) if len(lines) == ROWS else "",
        "sorts": sorts_of(request, look),
        "skipped": [
            {**r, "path": with_query(request, part=r["part"], why=r["code"], after=None, find=None)} for r in reasons_of(planned, seen)
        ],
        "find": request.GET.get("find", ""),
        "searching": pairs_without(request.GET, "find", "after", "part"),
    }


def ways_told(request: SignedIn, planned: Plan, look: Look, seen: Preview, how: str) -> dict[str, Any]:
    """The ways on when there are too few seats."""
    order = [look.order.name] if look.order else []
    return {
        "ways": ways_on(request.actor, planned.verb, seen),
        "how": how,
        "buying": buying(seen, with_query(request, how=None, part=None, after=None, find=None)) if how == "add" else [],
        "going": pairs_without(request.GET, "how", *order, *PASSING),
    }


def addresses_of(request: SignedIn) -> dict[str, str]:
    """Where the button posts to, and the plan as a file."""
    bare = dict.fromkeys(PASSING)
    return {"address": with_query(request, **bare), "csv": with_query(request, **{**bare, "as": "csv"})}


def headline_of(planned: Plan, seen: Preview, look: Look) -> str:
    """One sentence that would be true tomorrow; where seats lack, a second one that says how many there are."""
    told = [look.headline or planned.verb.headline(planned.params, seen.will), look.more(seen)]
    return " ".join(t for t in [*told, *map(only_words, shortage(seen))] if t)


def is_about_people(planned: Plan) -> bool:
    return not {"subjects", "stage", "ids", "all"}.isdisjoint(planned.params)


def by_words(request: SignedIn, planned: Plan, will: int) -> str:
    """Beside the button: for how many, and in whose name."""
    if not is_about_people(planned):
        return _("By %(name)s") % {"name": request.actor.name}
    told = ngettext("%(n)s\u00a0person, by %(name)s", "%(n)s\u00a0people, by %(name)s", will)
    return told % {"n": number(will), "name": request.actor.name}


def stale_words(changed: int, was: str, now: str) -> str:
    """5.11: how many of the plan's people are not as they were; when they are no part of it any more, how many it was about then and now."""
    if not changed:
        told = _("While you were reading, %(was)s became %(now)s. Here is the plan as it is now; nothing was done.")
        return told % {"was": was, "now": now} if was and was != now else ""
    told = ngettext(
        "%(n)s\u00a0person changed while you were reading. Here is the plan as it is now; nothing was done.",
        "%(n)s\u00a0people changed while you were reading. Here is the plan as it is now; nothing was done.",
        changed,
    )
    return told % {"n": number(changed)}


def sorts_of(request: SignedIn, look: Look) -> dict[str, dict[str, str]]:
    """The headers that sort the table, where the order is the actor's to choose: upwards, downwards, and back to who was here first."""
    if not look.order:
        return {}
    now, steps = request.GET.get(look.order.name, ""), {"": "%s", "%s": "-%s", "-%s": ""}
    states = {"": "", "%s": "ascending", "-%s": "descending"}
    told = {}
    for key in ("name", "email"):
        at = next((shape for shape in ("%s", "-%s") if shape % key == now), "")
        following = steps[at] % key if steps[at] else None
        told[key] = {"state": states[at], "path": with_query(request, after=None, **{look.order.name: following})}
    return told
