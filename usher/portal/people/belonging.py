"""Where a set of people belongs: department, user groups, IM group, site. Each is a form, then a plan (S0-10, S0-27, S0-28)."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.refusals import Refused
from usher.journal.verb import plan
from usher.people import reads
from usher.portal.listing import Words
from usher.portal.page import SignedIn, page
from usher.portal.people.bulk import look_at, subjects_of
from usher.portal.plan_page import Look, Option, plan_page
from usher.portal.templatetags.usher import number
from usher.portal.wish import ids_of

MOST_OFFERED = 100  # with more groups than this a name is typed, and these are proposed
PROPOSALS = {"user": "/groups/close", "im": "/im-groups/close"}
NO_GROUP, DASH = "none", "-"
HOW = {"add": "people.add_to_group", "move": "people.move_group", "remove": "people.remove_from_group"}


@dataclass(frozen=True)
class Ask:
    """One question of the step before a plan. `kind` is text, date, select, radio or checkbox; the answer stands in the address under `name`.

    A text proposes its options, or what the page `proposals` finds while somebody types.
    """

    name: str
    words: Words
    kind: str
    answer: str | list[str]
    options: list[Option] = field(default_factory=list)
    hint: Words = ""
    proposals: str = ""


@dataclass(frozen=True)
class Step:
    """What a page of questions says beside them: what comes next, its button, and the way past it as (words, address)."""

    about: Words
    button: Words
    skip: tuple[Words, str] | None = None


BEFORE_THE_PLAN = Step(
    gettext_lazy("The next page shows what will change. Nothing happens before you say so."), gettext_lazy("See the plan")
)


@page("people:user:manage", ("GET", "POST"))
def department_change(request: SignedIn) -> HttpResponseBase:
    """One department for all of them, or none."""
    subjects = subjects_of(request)
    known = [Option(d, d) for d in reads.departments(request.actor, limit=200)]
    wanted = request.GET.get("department_to")
    ask = Ask("department_to", _("Department"), "text", wanted or "", known, _("Leave it empty to take the department away."))
    look = look_at(request, _("Change department"), lambda n: ngettext("Change %(n)s person", "Change %(n)s people", n) % {"n": number(n)})
    params = {"department": wanted, "subjects": subjects}
    return plan_or_ask(request, "people.set_department" if wanted is not None else "", params, look, [ask], _("Which department?"))


@page("people:group:manage", ("GET", "POST"))
def group_change(request: SignedIn) -> HttpResponseBase:
    """Add to a group, move to it from the primary one, or take out of it."""
    subjects = subjects_of(request)
    how, group = request.GET.get("how_to", ""), request.GET.get("group_to", "")
    ways = [
        Option("add", _("Add to a group"), _("they stay in theirs")),
        Option("move", _("Move to a group"), _("in place of their primary one")),
        Option("remove", _("Take out of a group"), _("they stay in the others")),
    ]
    asks = [
        Ask("how_to", _("What shall happen"), "radio", how if how in HOW else "add", ways),
        group_ask("group_to", _("User group"), group, "user", group_options(request.actor, "user")),
    ]
    look = look_at(request, _("Change groups"), lambda n: ngettext("Change %(n)s person", "Change %(n)s people", n) % {"n": number(n)})
    params = {"group": full_id(group), "subjects": subjects}
    return plan_or_ask(request, HOW.get(how, "") if group else "", params, look, asks, _("Which group?"))


@page("people:im_group:manage", ("GET", "POST"))
def im_group_change(request: SignedIn) -> HttpResponseBase:
    """One IM group for all of them, or none."""
    subjects = subjects_of(request)
    group = answered(request.GET.get("im_group_to", ""))
    ask = group_ask("im_group_to", _("IM group"), group, "im", group_options(request.actor, "im"), none=_("None"))
    look = look_at(request, _("Change IM group"), lambda n: ngettext("Change %(n)s person", "Change %(n)s people", n) % {"n": number(n)})
    params = {"group": "" if group == NO_GROUP else full_id(group), "subjects": subjects}
    return plan_or_ask(request, "people.set_im_group" if group else "", params, look, [ask], _("Which IM group?"))


@page("people:user:manage", ("GET", "POST"))
def site_change(request: SignedIn) -> HttpResponseBase:
    """One site for all of them, or none."""
    subjects = subjects_of(request)
    site = request.GET.get("site_to")
    sites = [Option(short(s["id"]), s["name"]) for s in reads.sites(request.actor)]
    hint = "" if sites else _("There are no sites yet. They are added under Account, Places.")
    ask = Ask("site_to", _("Site"), "select", site or "", [Option("none", _("None")), *sites], hint)
    look = look_at(request, _("Change site"), lambda n: ngettext("Change %(n)s person", "Change %(n)s people", n) % {"n": number(n)})
    params = {"site": "" if site == "none" else full_id(site or ""), "subjects": subjects}
    return plan_or_ask(request, "people.set_site" if site else "", params, look, [ask], _("Which site?"))


def plan_or_ask(
    request: SignedIn, verb: str, params: dict[str, Any], look: Look, asks: list[Ask], heading: str, step: Step = BEFORE_THE_PLAN
) -> HttpResponseBase:
    """The plan once everything is answered, else the questions. An answer that cannot be is asked again with the reason."""
    trouble = ""
    if verb:
        try:
            planned = plan(request.actor, verb, params)
        except Refused as refused:
            if refused.kind != "invalid":
                raise
            trouble = refused.words
        else:
            return plan_page(request, planned, look)
    return ask_page(request, look, asks, heading, trouble, step)


def ask_page(request: SignedIn, look: Look, asks: list[Ask], heading: str, trouble: str = "", step: Step = BEFORE_THE_PLAN) -> HttpResponse:
    """The questions, with what stands in the address kept for the plan."""
    own = {ask.name for ask in asks}
    kept = [(k, v) for k in request.GET if k not in own for v in request.GET.getlist(k)]
    context = {"look": look, "asks": asks, "heading": heading, "step": step, "kept": kept, "trouble": trouble}
    return render(request, "people/ask.html", context, status=422 if trouble else 200)


def group_options(actor: Actor, kind: str) -> list[Option]:
    return [Option(short(g["id"]), g["name"]) for g in reads.groups(actor, kind, limit=MOST_OFFERED + 1)]


def group_ask(name: str, words: Words, answer: str, kind: str, groups: list[Option], *, none: Words = "", hint: Words = "") -> Ask:
    """Which group: one of a list, or typed by its name where the list would be too long, and proposed while somebody types.

    `none` is what no group at all is called, where that can be chosen; typed it is a dash.
    """
    if len(groups) <= MOST_OFFERED:
        return Ask(name, words, "select", answer, [*([Option(NO_GROUP, none)] if none else []), *groups], hint)
    told = _("The name of a group; a dash means none.") if none else _("The name of a group.")
    typed = next((str(g.words) for g in groups if g.value == answer), DASH if answer == NO_GROUP else answer)
    first = [Option(str(g.words), g.words) for g in groups[:MOST_OFFERED]]
    return Ask(name, words, "text", typed, first, f"{told} {hint}".strip(), PROPOSALS[kind])


def answered(text: str) -> str:
    """What was said of a group: no group at all where a dash was typed."""
    return NO_GROUP if text.strip() == DASH else text.strip()


def full_id(text: str) -> str:
    """The id an address means in the form verbs take; anything else stays, and is refused there as a group that is not here."""
    return next((str(i) for i in ids_of([text])), text)
