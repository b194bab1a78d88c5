"""The one plan page protocol (portal.md section 5): every preview looks and works the same, and writes nothing.

GET shows the plan of a verb. POST of the same address does it, if the plan still holds, the number was typed where it must be,
and the seats are there; it answers 303 to the change. Whatever stands in the way comes back as the same page, fresh, and nothing was done.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.access.sessions import is_fresh
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.plan import Preview, preview, words_of
from usher.journal.rows import sample
from usher.journal.verb import REASONS, Plan
from usher.licenses.catalog import PRODUCTS
from usher.portal.csv_file import BOM, attached, csv_line
from usher.portal.effects import in_words
from usher.portal.listing import Words
from usher.portal.page import SignedIn
from usher.portal.sign_in.fresh import ask_first
from usher.portal.templatetags.usher import number

TYPE_FROM = 100  # more people than this, or anything for good, and the number is typed
ROWS = 50
FRESH = frozenset({"access.set_role", "access.remove_factors"})  # these and whatever is for good need a fresh sign-in (portal.md 5.8, SESSION-12)


@dataclass(frozen=True)
class Option:
    value: str
    words: Words
    note: Words = ""
    disabled: bool = False


@dataclass(frozen=True)
class Choice:
    """Something that alters the plan, as radio cards; choosing plans anew."""

    name: str
    words: Words
    options: list[Option]
    chosen: str = ""


@dataclass(frozen=True)
class Look:
    """The words a page adds to a plan. `button` takes the number; `back` is where Cancel leads; `more` goes on after the headline."""

    title: Words
    crumbs: list[tuple[Words, str]]
    button: Callable[[int], str]
    back: tuple[Words, str]
    tally: dict[str, Words] = field(default_factory=dict)
    more: Callable[[Preview], str] = lambda seen: ""
    note: Words = ""
    facts: list[tuple[Words, Words]] = field(default_factory=list)
    refused_file: str = ""
    choices: list[Choice] = field(default_factory=list)
    key: str = ""
    for_good: bool = False
    headline: str = ""


def plan_page(request: SignedIn, planned: Plan, look: Look) -> HttpResponseBase:
    """Show a plan, do it, or hand it out as a file."""
    if request.method == "POST":
        if (look.for_good or planned.verb.name in FRESH) and not is_fresh(request.session):
            return ask_first(request)
        return _do(request, planned, look)
    if request.GET.get("as") == "csv":
        return StreamingHttpResponse(plan_csv(planned), content_type="text/csv; charset=utf-8", headers=attached("plan.csv"))
    return _show(request, planned, look)


def choice_page(request: SignedIn, look: Look, heading: str) -> HttpResponse:
    """The step before a plan: what shall it be? Nothing is planned yet."""
    return render(request, "plan_choice.html", {"look": look, "heading": heading, "kept": kept_pairs(request.GET, look)})


def _do(request: SignedIn, planned: Plan, look: Look) -> HttpResponse:
    seen = preview(planned)
    will = seen.fits if request.POST.get("how") == "first" else seen.will
    if needs_number(look, will) and "".join(c for c in request.POST.get("typed", "") if c.isdigit()) != str(will):
        words = _("Type %(n)s to go on. Nothing was done.") % {"n": number(will)}
        return _show(request, planned, look, trouble=words, status=422)
    key = look.key or "portal:" + "".join(c for c in request.POST.get("key", "") if c.isalnum())[:64]
    short = "first" if request.POST.get("how") == "first" else "refuse"
    try:
        started = engine.start(planned, key, digest=request.POST.get("digest", ""), short=short)
    except Refused as refused:
        return _show(request, planned, look, trouble=refused.words, status=409 if refused.kind == "conflict" else 422)
    if started.number is None:
        messages.info(request, _("There was nothing to change."))
        return HttpResponseRedirect(str(look.back[1]))
    return HttpResponseRedirect(f"/changes/{started.number}", status=303)


def _show(request: SignedIn, planned: Plan, look: Look, *, trouble: str = "", status: int = 200) -> HttpResponse:
    seen = preview(planned)
    first = request.GET.get("how") == "first" and bool(seen.missing)
    will = seen.fits if first else seen.will
    parts = parts_of(planned, seen, look, seen.fits)
    now = part_now(parts, request.GET.get("part", ""))
    lines = lines_of(planned, now, request.GET)
    context = {
        "look": look,
        "headline": headline_of(planned, seen, look),
        "shortage": shortage(seen),
        "first": first,
        "first_n": seen.fits,
        "will": will,
        "may_do": will > 0 and (first or not seen.missing),
        "button": look.button(will),
        "must_type": needs_number(look, will),
        "parts": [{**p, "now": p is now, "path": with_query(request, part=p["key"], after=None)} for p in parts],
        "part": now,
        "lines": lines,
        "next": with_query(request, after=str(lines[-1]["ord"])) if len(lines) == ROWS else "",
        "seats": seats_of(seen),
        "skipped": [{"n": n, "words": words_of(code)} for code, n in seen.skipped(unchanged=planned.verb.unchanged).items()],
        "undo": (_("Can be undone"), planned.verb.undo_words(will)) if planned.verb.undoable and not planned.undoes else None,
        "lost": planned.verb.lost,
        "digest": seen.digest,
        "key": uuid4().hex,
        "trouble": trouble,
        "kept": kept_pairs(request.GET, look),
        "address": with_query(request, part=None, after=None, find=None),
        "csv": with_query(request, part=None, after=None, find=None, **{"as": "csv"}),
        "find": request.GET.get("find", ""),
        "how": request.GET.get("how", ""),
    }
    return render(request, "plan.html", context, status=status)


def headline_of(planned: Plan, seen: Preview, look: Look) -> str:
    """One sentence that would be true tomorrow; where seats lack, a second one that says how many there are."""
    told = [look.headline or planned.verb.headline(planned.params, seen.will), look.more(seen)]
    told += [_("Only %(n)s %(name)s seats are free.") % {"n": number(s["free"]), "name": s["name"]} for s in shortage(seen)]
    return " ".join(t for t in told if t)


def needs_number(look: Look, will: int) -> bool:
    return will > TYPE_FROM or (look.for_good and will > 0)


def parts_of(planned: Plan, seen: Preview, look: Look, will: int) -> list[dict[str, Any]]:
    """The tally: what will be, what is so already, who finds no seat, is skipped, refused. Empty parts are left out, but not the first."""
    left = seen.skipped(unchanged=planned.verb.unchanged)
    refused = {code: n for code, n in left.items() if code in REASONS and REASONS[code].refused}
    skipped = {code: n for code, n in left.items() if code not in refused}
    already = [t.skip for t in seen.tallies if t.phase == seen.main and t.skip in planned.verb.unchanged]
    words = {
        "will": _("will change"),
        "same": _("already so"),
        "short": _("find no seat"),
        "skipped": _("are skipped"),
        "refused": _("refused"),
    }
    words |= {k: str(v) for k, v in look.tally.items()}
    if seen.missing:
        words["will"] = _("would change with the seats there are")
    parts: list[dict[str, Any]] = [
        {"key": "will", "n": will, "codes": None, "css": ""},
        {"key": "same", "n": seen.unchanged(planned.verb.unchanged), "codes": sorted(set(already)), "css": ""},
        {"key": "short", "n": seen.will - seen.fits, "codes": None, "css": "warn"},
        {"key": "skipped", "n": sum(skipped.values()), "codes": sorted(skipped), "css": ""},
        {"key": "refused", "n": sum(refused.values()), "codes": sorted(refused), "css": "bad"},
    ]
    return [{**p, "words": words[p["key"]]} for p in parts if p["n"] or p["key"] == "will"]


def part_now(parts: list[dict[str, Any]], asked: str) -> dict[str, Any]:
    """The part the table shows: the one asked for, else refusals first, else what will change."""
    by_key = {p["key"]: p for p in parts}
    return by_key.get(asked) or by_key.get("refused") or by_key["will"]


def lines_of(planned: Plan, part: dict[str, Any], data: QueryDict) -> list[dict[str, Any]]:
    """The rows of one part of the tally, in the plan's order, from the cursor on."""
    text = data.get("after", "")
    after = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    codes = part["codes"]
    find = data.get("find", "")[:200].replace("\0", "")
    rows = [] if codes == [] else sample(planned, skipped=codes is not None, skip=codes, search=find, after=after, limit=ROWS)
    return in_words(planned.actor, rows)


def plan_csv(planned: Plan) -> Iterator[str]:
    """The whole plan, everybody with what changes or why not, in pieces of 1,000 lines."""
    yield BOM + csv_line([_("Name"), _("E-mail"), _("What"), _("From"), _("To"), _("Why not")])
    for skipped in (False, True):
        after = 0
        while rows := sample(planned, skipped=skipped, after=after, limit=1_000):
            yield "".join(csv_line(cells) for line in in_words(planned.actor, rows) for cells in _cells(line))
            after = rows[-1]["ord"]


def _cells(line: dict[str, Any]) -> list[list[Any]]:
    if line["why"] or not line["changes"]:
        return [[line["name"], line["email"], "", "", "", line["why"]]]
    return [[line["name"], line["email"], c["label"], c["old"], c["new"], ""] for c in line["changes"]]


def shortage(seen: Preview) -> list[dict[str, Any]]:
    """Which seats lack: product, missing, free, and what would have to be bought."""
    return [
        {"name": PRODUCTS[p].name, "missing": n, "free": line["free"], "bought": line["bought"], "needed": line["bought"] + n}
        for p, n in seen.missing.items()
        if (line := seen.seats[p])
    ]


def seats_of(seen: Preview) -> list[dict[str, Any]]:
    """The ledger of every license this plan touches, before and after."""
    return [
        {**line, "name": PRODUCTS[p].name, "taken": line["free"] - max(0, line["after"]), "missing": seen.missing.get(p, 0)}
        for p, line in sorted(seen.seats.items())
        if p in PRODUCTS
    ]


def kept_pairs(data: QueryDict, look: Look) -> list[tuple[str, str]]:
    """The address without what the choices of this page set: hidden fields of the choosing form."""
    own = {c.name for c in look.choices} | {"how", "part", "after", "find"}
    return [(k, v) for k in data for v in data.getlist(k) if k not in own]


def with_query(request: SignedIn, **changes: str | None) -> str:
    """This page's address with some keys set or, for None, taken out."""
    pairs = [(k, v) for k in request.GET for v in request.GET.getlist(k) if k not in changes]
    pairs += [(k, v) for k, v in changes.items() if v is not None]
    return f"{request.path}?{urlencode(pairs)}" if pairs else request.path
