"""Content changes hands, goes to the trash and comes back: each a plan page (S4-13 … S4-17)."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.content import reads
from usher.content.kinds import MANY
from usher.content.parts import MOVABLE
from usher.content.selection import FILTERS
from usher.content.verbs.hand_over import MANAGER
from usher.core.refusals import Refused
from usher.journal.verb import Plan, plan
from usher.portal.content.content_list import MEETINGS
from usher.portal.listing import Words
from usher.portal.page import SignedIn, page
from usher.portal.people.belonging import Ask, ask_page
from usher.portal.people.bulk import look_at, subjects_of
from usher.portal.plan_page import Look, Option, plan_page
from usher.portal.templatetags.usher import number
from usher.portal.wish import ANY, clean, ids_of, split

MOVES: dict[str, Words] = {
    "meetings": gettext_lazy("Scheduled meetings"),
    "recordings_and_webinars": gettext_lazy("Cloud recordings and webinars"),
    "whiteboards_and_notes": gettext_lazy("Whiteboards and notes"),
}


def items_of(request: HttpRequest) -> dict[str, Any]:
    """The items an address means. Refused when it means none."""
    data = request.GET
    kept = [str(i) for i in ids_of([data.get("selection", "")])]
    if "all" in data:
        query = {key: [clean(v) for v in data.getlist(key) if v and v != ANY] for key in FILTERS if key in data}
        but = [str(i) for i in ids_of(split(data, "except"))]
        return {"query": {k: v for k, v in query.items() if v}, "except": but, **({"except_kept": kept[0]} if kept else {})}
    ids = [str(i) for i in ids_of(split(data, "ids"))]
    if not kept and not ids:
        raise Refused("invalid", "no_selection", _("Nothing is chosen. Go back, tick items in the list, and choose again."))
    return {"kept": kept[0]} if kept else {"ids": ids}


@page("content:item:manage", ("GET", "POST"))
def hand_over(request: SignedIn) -> HttpResponseBase:
    """What people made goes to one person, or to each one's manager."""
    subjects = subjects_of(request)
    data = request.GET
    to, heir = data.get("to", "person"), data.get("heir_to", "")
    kinds = data.getlist("move") or ([] if "to" in data else list(MOVABLE))
    asks = [
        Ask("to", _("Who takes it over"), "radio", to, [Option("person", _("One person")), Option(MANAGER, _("Each one’s manager"))]),
        heir_ask(heir),
        Ask("move", _("What moves"), "checkbox", kinds, [Option(k, words) for k, words in MOVES.items()]),
    ]
    look = look_at(request, _("Transfer content"), move_words)
    named = MANAGER if to == MANAGER else heir
    params = {"owners": {k: v for k, v in subjects.items() if k != "order"}, "heir": named, "kinds": kinds}
    return plan_or_ask(request, "content.hand_over" if "to" in data else "", params, look, asks, _("Who takes the content over?"))


@page("content:item:manage", ("GET", "POST"))
def transfer(request: SignedIn) -> HttpResponseBase:
    """These items go to one person."""
    heir = request.GET.get("heir_to", "")
    params = {"items": items_of(request), "heir": heir}
    look = look_back(_("Transfer"), move_words)
    verb = "content.transfer" if "heir_to" in request.GET else ""
    return plan_or_ask(request, verb, params, look, [heir_ask(heir)], _("Who takes the items over?"))


def plan_or_ask(request: SignedIn, verb: str, params: dict[str, Any], look: Look, asks: list[Ask], heading: str) -> HttpResponseBase:
    """The plan with its numbers by kind once everything is answered, else the questions, with the reason why an answer cannot be."""
    if not verb:
        return ask_page(request, look, asks, heading)
    try:
        planned = plan(request.actor, verb, params)
    except Refused as refused:
        if refused.kind != "invalid" or not refused.field:
            raise
        return ask_page(request, look, asks, heading, refused.words)
    return plan_page(request, planned, replace(look, facts=facts_of(planned)))


def heir_ask(heir: str) -> Ask:
    return Ask("heir_to", _("Transfer to"), "text", heir, hint=_("The e-mail address of somebody here."), proposals="/people/close")


def move_words(n: int) -> str:
    return ngettext("Transfer %(n)s item", "Transfer %(n)s items", n) % {"n": number(n)}


def facts_of(planned: Plan) -> list[tuple[Words, Words]]:
    """Per kind: how many there are, how many can move, and how much they weigh."""
    told: list[tuple[Words, Words]] = []
    for m in reads.what_moves(planned):
        words = _("%(moves)s of %(n)s can move") % {"moves": number(m.moves), "n": number(m.n)}
        told.append((MANY[m.kind], f"{words}, {filesizeformat(m.size)}" if m.size else words))
    return told


def look_back(title: str, button: Any, **more: Any) -> Look:
    """The look of a plan about items: its way back is the first list."""
    return Look(title=title, crumbs=[(_("Content"), MEETINGS.path), (title, "")], button=button, back=(_("Cancel"), MEETINGS.path), **more)


@page("content:item:manage", ("GET", "POST"))
def deletion(request: SignedIn) -> HttpResponseBase:
    """Items go to the trash for 30 days."""
    look = look_back(_("Delete"), lambda n: ngettext("Delete %(n)s item", "Delete %(n)s items", n) % {"n": number(n)})
    return plan_page(request, plan(request.actor, "content.delete", {"items": items_of(request)}), look)


@page("content:item:manage", ("GET", "POST"))
def restoration(request: SignedIn) -> HttpResponseBase:
    """Items come out of the trash, to whoever had them."""
    look = look_back(_("Restore"), lambda n: ngettext("Restore %(n)s item", "Restore %(n)s items", n) % {"n": number(n)})
    return plan_page(request, plan(request.actor, "content.restore", {"items": items_of(request)}), look)
