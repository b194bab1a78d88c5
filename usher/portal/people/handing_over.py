"""What becomes of the content of people who leave: the choice on the plan, what moves to whom, and what cannot (S4-13 … S4-17)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.content.parts import MOVABLE
from usher.content.reads import Moving, what_moves
from usher.content.verbs.hand_over import MANAGER
from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.refusals import Refused
from usher.journal.names import listed
from usher.journal.plan import words_of
from usher.journal.verb import Plan, plan
from usher.lifecycle.reads import moves_of
from usher.portal.content.moving import MOVES
from usher.portal.page import SignedIn
from usher.portal.query import PASSING, pairs_without
from usher.portal.templatetags.usher import number
from usher.portal.wish import clean

STAY, PERSON = "", "person"
KEYS = ("content", "heir", "kinds", "asked")
COUNTED: dict[str, Callable[[int], str]] = {
    "meeting": lambda n: ngettext("%(n)s meeting", "%(n)s meetings", n),
    "recording": lambda n: ngettext("%(n)s cloud recording", "%(n)s cloud recordings", n),
    "webinar": lambda n: ngettext("%(n)s webinar", "%(n)s webinars", n),
    "whiteboard": lambda n: ngettext("%(n)s whiteboard", "%(n)s whiteboards", n),
    "note": lambda n: ngettext("%(n)s note", "%(n)s notes", n),
}


@dataclass(frozen=True)
class Wanted:
    """What an address wants done with the content: `to` nobody, a person (`heir`, as typed) or each one's manager; `kinds` are names of MOVABLE."""

    to: str
    heir: str
    kinds: list[str]


def wanted(data: QueryDict) -> Wanted:
    """Everything moves unless a form says otherwise; a choice that makes no sense leaves everything as it is (R1)."""
    to = data.get("content", "")
    kinds = [k for k in MOVABLE if k in data.getlist("kinds")] if "asked" in data else list(MOVABLE)
    return Wanted(to if to in (PERSON, MANAGER) else STAY, clean(data.get("heir", "")), kinds)


def plan_with(actor: Actor, verb: str, subjects: dict[str, Any], want: Wanted) -> tuple[Plan, str]:
    """The plan, and why the content cannot go as wished: then it is planned as if everything stayed, and must not be done."""
    trouble = ""
    if want.to and not want.kinds:
        trouble = _("Tick what shall move, or leave everything as it is.")
    elif want.to == PERSON and not want.heir:
        trouble = _("Type the name or the address of who shall have it, and choose.")
    elif want.to:
        content = {"kinds": want.kinds, "heir": MANAGER if want.to == MANAGER else want.heir}
        try:
            return plan(actor, verb, {"subjects": subjects, "content": content}), ""
        except Refused as refused:
            if refused.field != "heir":
                raise
            trouble = refused.words
    return plan(actor, verb, {"subjects": subjects}), trouble


def panel(request: SignedIn, planned: Plan, want: Wanted, trouble: str, person: dict[str, Any] | None) -> dict[str, Any]:
    """What people/leaving_content.html shows: the cards, the ticks with their numbers, and what cannot move."""
    content = planned.params["content"]
    moving = {m.kind: m for m in what_moves(replace(planned, params={**planned.params, "content": {**content, "kinds": list(MOVABLE)}}))}
    chosen = [moving[kind] for name in content.get("kinds", ()) for kind in MOVABLE[name] if kind in moving]
    return {
        "want": want,
        "trouble": trouble,
        "kept": pairs_without(request.GET, *KEYS, *PASSING),
        "person": person,
        "one_manager": (person or {}).get("manager") or "",
        "heir_name": content.get("heir_name", ""),
        "ticks": [tick(name, moving, want, bool(content)) for name in MOVABLE],
        "stays": stays(chosen),
        "why": whys(chosen),
        "mend": mend(content.get("heir", ""), content.get("heir_name", ""), chosen),
        "nothing": not moving,
    }


def tick(name: str, moving: dict[str, Moving], want: Wanted, planned: bool) -> dict[str, Any]:
    """One kind of content to tick: what there is of it, and how much can move."""
    found = [moving[kind] for kind in MOVABLE[name] if kind in moving]
    size = sum(m.size for m in found)
    told = [_("%(n)s can move") % {"n": number(sum(m.moves for m in found))}, *([filesizeformat(size)] if size else [])]
    return {
        "value": name,
        "words": listed([COUNTED[m.kind](m.n) % {"n": number(m.n)} for m in found]) or MOVES[name],
        "note": (", ".join(told) if planned else "") if found else _("none"),
        "on": name in want.kinds,
    }


def stays(chosen: list[Moving]) -> str:
    """How many of the chosen items cannot move, as a sentence; empty when all can."""
    n = sum(m.n - m.moves for m in chosen)
    told = ngettext("%(n)s item cannot move and stays where it is.", "%(n)s items cannot move and stay where they are.", n)
    return told % {"n": number(n)} if n else ""


def whys(chosen: list[Moving]) -> list[str]:
    """Kind by kind why some of it stays: "2 webinars: the new owner holds no Webinar seat"."""
    return [
        _("%(items)s: %(why)s.") % {"items": COUNTED[m.kind](n) % {"n": number(n)}, "why": words_of(code)}
        for m in chosen
        for code, n in m.stays.items()
    ]


def mend(heir: str, name: str, chosen: list[Moving]) -> tuple[str, str] | None:
    """Where one heir gets the seat that lacks, as (words, address)."""
    if not heir or heir == MANAGER:
        return None
    lacks, ids = {code for m in chosen for code in m.stays}, short(UUID(heir))
    if lacks & {"heir_cannot_host", "heir_not_licensed"}:
        query = urlencode({"ids": ids, "license_to": "meetings:licensed"})
        return _("Make %(name)s Licensed") % {"name": name}, f"/people/license-changes?{query}"
    if "heir_no_webinar" in lacks:
        return _("Give %(name)s a Webinar seat") % {"name": name}, f"/people/add-on-changes?{urlencode({'ids': ids})}"
    return None


def goes(planned: Plan, items: int) -> str:
    """The second half of the headline: how much goes to whom."""
    content = planned.params["content"]
    if not items or not content:
        return ""
    if content["heir"] == MANAGER:
        told = ngettext("%(n)s item goes to its owner’s manager.", "%(n)s items go to their owners’ managers.", items)
        return told % {"n": number(items)}
    told = ngettext("%(n)s item goes to %(heir)s.", "%(n)s items go to %(heir)s.", items)
    return told % {"n": number(items), "heir": content["heir_name"]}


def lines_of(planned: Plan) -> Callable[[list[UUID]], dict[UUID, list[dict[str, Any]]]]:
    """For the table of the plan: what becomes of each one's content, in one line."""
    content = planned.params["content"]
    kinds = content.get("kinds") or list(MOVABLE)
    wide = replace(planned, params={**planned.params, "content": {**content, "kinds": kinds}})

    def told(people: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
        return {id: [{"key": "content", "label": _("Content"), "old": "", "new": line(m)}] for id, m in moves_of(wide, people).items()}

    return told


def line(m: dict[str, Any]) -> str:
    if not m["moves"]:
        return ngettext("%(n)s item stays", "%(n)s items stay", m["n"]) % {"n": number(m["n"])}
    told = ngettext("%(moves)s of %(n)s item to %(heir)s", "%(moves)s of %(n)s items to %(heir)s", m["n"])
    return told % {"moves": number(m["moves"]), "n": number(m["n"]), "heir": m["heir"]}
