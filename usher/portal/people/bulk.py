"""What is done to a set of people from the lists: each is a plan page over `ids=…` or the list's own query (S0-9, S0-14, S0-48, S0-49)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.core.ids import short
from usher.core.refusals import Refused
from usher.journal.verb import plan
from usher.licenses.catalog import LICENSED
from usher.people import reads, selection
from usher.people.filters import FILTERS
from usher.portal.page import SignedIn, page
from usher.portal.plan_page import Choice, Look, Option, choice_page, plan_page
from usher.portal.seat_choices import add_on_options, fitting_add_ons, license_options, phone_comes_too
from usher.portal.templatetags.usher import number
from usher.portal.wish import ANY, clean, ids_of, split


def set_of(request: HttpRequest) -> dict[str, Any]:
    """The same, or whoever an uploaded file names (leavers.py): for verbs that tell which lines of it name nobody."""
    stage = ids_of([request.GET.get("stage", "")])
    return {"stage": str(stage[0])} if stage else subjects_of(request)


def subjects_of(request: HttpRequest) -> dict[str, Any]:
    """The set an address means. Refused when it means nobody."""
    data, order = request.GET, order_of(request)
    kept = [str(i) for i in ids_of([data.get("selection", "")])]
    if "all" in data:
        query = {key: [clean(v) for v in data.getlist(key) if v and v != ANY] for key in FILTERS if key in data}
        return {
            "query": {k: v[0] if k == "q" else v for k, v in query.items() if v},
            "except": [str(i) for i in ids_of(split(data, "except"))],
            "order": order,
            **({"except_kept": kept[0]} if kept else {}),
        }
    if kept:
        return {"kept": kept[0], "order": order}
    ids = [str(i) for i in ids_of(split(data, "ids"))]
    if not ids:
        raise Refused("invalid", "no_selection", _("Nobody is chosen. Go back, tick the people in the list, and choose again."))
    return {"ids": ids, "order": order}


def order_of(request: HttpRequest) -> str:
    """The chosen order, else that of the list they were ticked in; empty for who was here first."""
    wanted = request.GET.get("order", request.GET.get("sort", ""))
    return wanted if wanted.removeprefix("-") in selection.ORDERS else ""


def order_choice(request: HttpRequest) -> Choice | None:
    """Who comes first, where it matters: with too few seats, and as the sort of the plan's table. One person has no order."""
    if "all" not in request.GET and len(ids_of(split(request.GET, "ids"))) == 1:
        return None
    options = [
        Option("", _("longest in the account")),
        Option("-created", _("newest first")),
        Option("name", _("by name")),
        Option("email", _("by e-mail")),
        Option("-last_sign_in", _("last signed in first")),
    ]
    chosen = order_of(request)
    listed = [] if chosen in {o.value for o in options} else [Option(chosen, _("as listed"))]
    return Choice("order", _("Order"), listed + options, chosen)


def look_at(request: HttpRequest, title: str, button: Callable[[int], str], choices: list[Choice] | None = None) -> Look:
    """The look of a plan about people: its way back is the one person it is about, else the list."""
    ids = ids_of(split(request.GET, "ids"))
    back = f"/people/{short(ids[0])}" if len(ids) == 1 and "all" not in request.GET else "/people"
    return Look(
        title=title,
        crumbs=[(_("Users"), "/people"), (title, "")],
        button=button,
        back=(_("Cancel"), back),
        choices=choices or [],
        order=order_choice(request),
    )


@page("people:user:manage", ("GET", "POST"))
def license_change(request: SignedIn) -> HttpResponseBase:
    """Change the Workplace license of a set of people."""
    subjects = subjects_of(request)
    wanted = request.GET.get("license_to", "")
    choice = Choice("license_to", _("License"), license_options(request.actor), wanted)
    look = look_at(
        request, _("Change license"), lambda n: ngettext("Change %(n)s person", "Change %(n)s people", n) % {"n": number(n)}, [choice]
    )
    look = replace(look, note=phone_comes_too(request.actor, wanted or LICENSED))
    if not wanted:
        return choice_page(request, look, _("Which license shall they have?"))
    return plan_page(request, plan(request.actor, "licenses.change_license", {"license": wanted, "subjects": subjects}), look)


@page("people:user:manage", ("GET", "POST"))
def add_on_change(request: SignedIn) -> HttpResponseBase:
    """Give an add-on to a set of people, or take it back."""
    subjects = subjects_of(request)
    how, wanted = request.GET.get("add_on_how", "give"), request.GET.get("add_on_to", "")
    ways = [Option("give", _("Give"), _("takes a seat each")), Option("take", _("Take back"), _("their seats come free"))]
    choices = [
        Choice("add_on_how", _("What shall happen"), ways, how),
        Choice("add_on_to", _("Add-on"), add_on_options_of(request, how), wanted),
    ]
    look = look_at(request, _("Add-ons"), lambda n: ngettext("Change %(n)s person", "Change %(n)s people", n) % {"n": number(n)}, choices)
    if not wanted or how not in ("give", "take"):
        return choice_page(request, look, _("Which add-on?"))
    return plan_page(request, plan(request.actor, f"licenses.{how}_add_on", {"add_on": wanted, "subjects": subjects}), look)


def add_on_options_of(request: SignedIn, how: str) -> list[Option]:
    """The add-ons this account ever bought; beside the license of the one person they are for. To take one back needs no free seat (S0-24, S0-25)."""
    if how == "take":
        return [replace(o, disabled=False) for o in add_on_options(request.actor)]
    ids = ids_of(split(request.GET, "ids"))
    if len(ids) == 1 and "all" not in request.GET:
        license = reads.person(request.actor, ids[0])["license"]
        return fitting_add_ons(request.actor, license or "", [])
    return add_on_options(request.actor)


@page("people:user:manage", ("GET", "POST"))
def resend(request: SignedIn) -> HttpResponseBase:
    """Send invitations again (S0-48)."""
    look = Look(
        title=_("Resend invitations"),
        crumbs=[(_("Pending"), "/people/pending"), (_("Resend"), "")],
        button=lambda n: ngettext("Resend %(n)s invitation", "Resend %(n)s invitations", n) % {"n": number(n)},
        back=(_("Cancel"), "/people/pending"),
        tally={"will": _("get a new invitation")},
        note=_("The 30 days start again, and the links sent before stop working."),
    )
    return plan_page(request, plan(request.actor, "lifecycle.resend_invitation", {"subjects": subjects_of(request)}), look)


@page("people:user:manage", ("GET", "POST"))
def withdrawal(request: SignedIn) -> HttpResponseBase:
    """Delete pending entries before they are accepted (S0-49, S0-50)."""
    look = Look(
        title=_("Delete invitations"),
        crumbs=[(_("Pending"), "/people/pending"), (_("Delete"), "")],
        button=lambda n: ngettext("Delete %(n)s invitation", "Delete %(n)s invitations", n) % {"n": number(n)},
        back=(_("Cancel"), "/people/pending"),
        tally={"will": _("will be withdrawn")},
        note=_("The links stop working at once, and the seats come free."),
    )
    return plan_page(request, plan(request.actor, "lifecycle.withdraw_invitation", {"subjects": subjects_of(request)}), look)
