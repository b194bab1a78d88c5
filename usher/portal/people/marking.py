"""Marking people so that nothing done to many touches them: put on the never-touch list, a service account, and taken off again."""

from dataclasses import replace
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.core.refusals import Refused
from usher.journal.verb import plan
from usher.people import marks, reads
from usher.portal.listing import Words
from usher.portal.page import SignedIn, page
from usher.portal.people.belonging import Ask, ask_page, plan_or_ask
from usher.portal.people.bulk import look_at, subjects_of
from usher.portal.plan_page import Look, Option, plan_page
from usher.portal.templatetags.usher import number

LIST = "/account/never-touch"


@page("people:mark:manage", ("GET", "POST"))
def new_marks(request: SignedIn) -> HttpResponseBase:
    """Who, where no list of people led here; which mark, and why; then the plan."""
    kind, why, who = (request.GET.get(name, "").strip() for name in ("mark_kind", "mark_why", "mark_who"))
    named = {"ids", "selection", "all"} & set(request.GET)
    look = look_of(request, _("Mark people"), lambda n: ngettext("Mark %(n)s person", "Mark %(n)s people", n) % {"n": number(n)})
    asks = asks_for(kind, why)
    if not named:
        words = _("The e-mail address of somebody here.")
        asks.insert(0, Ask("mark_who", _("Who"), "text", who, hint=words, proposals="/people/close"))
    try:
        subjects = subjects_of(request) if named or not who else {"ids": [str(reads.person_by_address(request.actor, who)["id"])]}
    except Refused as refused:
        return ask_page(request, look, asks, _("Who shall be left alone?"), refused.words if who else "")
    params = {"kind": kind, "why": why, "subjects": subjects}
    return plan_or_ask(request, "people.mark" if kind else "", params, look, asks, _("Who shall be left alone?"))


def asks_for(kind: str, why: str) -> list[Ask]:
    """Which mark, and a word for whoever wonders later."""
    kinds = [
        Option("never", _("Never touch"), _("touched only when chosen by hand")),
        Option("service", _("Service account"), _("a room, a mailbox, a script")),
    ]
    return [
        Ask("mark_kind", _("Mark"), "radio", kind if kind in marks.KINDS else "never", kinds),
        Ask("mark_why", _("Why"), "text", why, hint=_("For whoever wonders later; it may stay empty.")),
    ]


@page("people:mark:manage", ("GET", "POST"))
def mark_removals(request: SignedIn) -> HttpResponseBase:
    """What is done to many means them again."""
    look = look_of(request, _("Take the mark away"), lambda n: ngettext("Unmark %(n)s person", "Unmark %(n)s people", n) % {"n": number(n)})
    return plan_page(request, plan(request.actor, "people.unmark", {"subjects": subjects_of(request)}), look)


def look_of(request: SignedIn, title: str, button: Any) -> Look:
    look = look_at(request, title, button)
    facts: list[tuple[Words, Words]] = [
        (_("Something done to many"), _("passes over whoever is marked, and says so")),
        (_("The clock"), _("leaves them alone")),
        (_("One person chosen by hand"), _("is touched, marked or not")),
    ]
    back = look.back if look.back[1] != "/people" else (look.back[0], LIST)
    crumbs: list[tuple[Words, str]] = [(_("Never-touch list"), LIST), (title, "")]
    return replace(look, crumbs=crumbs, facts=facts, facts_words=_("What a mark does"), back=back, order=None)
