"""Users and Pending: the two lists of people and their exports (S0-7, S0-8, S0-13, S0-47)."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from usher.access.actors import name_of
from usher.core.actor import Actor
from usher.core.keyset import COUNT_TO
from usher.lifecycle import reads as leaving
from usher.people import reads
from usher.portal.listing_export import export
from usher.portal.listing_page import Act, Frame, list_page
from usher.portal.page import SignedIn, page
from usher.portal.people.acts import row_acts
from usher.portal.people.people_list import PENDING, USERS, person_path
from usher.portal.templatetags.usher import number

INVITING = ("/people/new", "/people/imports/new")  # where somebody new is added


def people_noun(n: int) -> str:
    return ngettext("person", "people", n)


def tabs(actor: Actor, counts: Mapping[str, int] | None = None) -> dict[str, Any]:
    """The tabs of User Management with their counts, which a page that tells them itself has read already."""
    counts, bin = counts or reads.totals(actor), leaving.trash(actor)
    every = [(_("Users"), "/people", number(counts["active"])), (_("Pending"), "/people/pending", number(counts["pending"]))]
    if bin.days or bin.n:
        every.append((_("Trash"), "/people/trash", number(bin.n) if bin.n <= COUNT_TO else f"{number(COUNT_TO)}+"))
    every.append((_("Dates"), "/people/dates", ""))
    if actor.may("people:advanced:view"):
        every.append((_("Advanced"), "/people/advanced", ""))
    return {"tabs": every, "may_add": may_invite(actor), "may_update": may_add(actor)}


def may_add(actor: Actor) -> bool:
    return actor.may("people:user:manage")


def may_invite(actor: Actor) -> bool:
    """Whether somebody new can be added: for that a role covers everybody."""
    return may_add(actor) and actor.scope is None


def list_frame(actor: Actor, **words: Any) -> Frame:
    return Frame(
        noun=people_noun, template="people/list.html", row_name=name_of, row_path=person_path, search_words=_("Name or e-mail"), **words
    )


@page("people:user:view")
def users(request: SignedIn) -> HttpResponse:
    """The Users tab."""
    manage = may_add(request.actor)
    frame = list_frame(
        request.actor,
        title=_("Users"),
        bulk=bulk_acts(request.actor) if manage else (),
        row_acts=partial(row_acts, request.actor) if manage else None,
        nothing_yet=_("Nobody here yet. Add people by e-mail, or import a file."),
    )
    return list_page(request, USERS, frame, export_path="/people/export", **tabs(request.actor))


def bulk_acts(actor: Actor) -> tuple[Act, ...]:
    """What is done to many of Users; what this actor may not do says why (S4-23)."""
    return (
        Act(_("Change license"), "/people/license-changes"),
        Act(_("Add-ons"), "/people/add-on-changes"),
        Act(_("Groups"), "/people/group-changes", why_not=actor.why_not("people:group:manage")),
        Act(_("Set role"), "/people/role-changes", why_not=actor.why_not("access:role:manage")),
        Act(_("Deactivate"), "/people/deactivations"),
        Act(_("Department"), "/people/department-changes"),
        Act(_("IM group"), "/people/im-group-changes", why_not=actor.why_not("people:im_group:manage")),
        Act(_("Site"), "/people/site-changes", why_not=actor.why_not_everybody()),
        Act(_("Reactivate"), "/people/reactivations"),
        *((Act(_("Never touch"), "/people/marks"),) if actor.may("people:mark:manage") else ()),
        Act(_("Unlink"), "/people/unlinkings", last=True),
        Act(_("Delete"), "/people/deletions"),
    )


@page("people:user:view", ("GET", "POST"))
def users_export(request: SignedIn) -> HttpResponseBase:
    return export(request, USERS, "users.csv")


@page("people:user:view")
def pending(request: SignedIn) -> HttpResponse:
    """The Pending tab: invited, not yet here."""
    bulk = (
        Act(_("Resend"), "/people/resends"),
        Act(_("Change license"), "/people/license-changes"),
        Act(_("Add-ons"), "/people/add-on-changes"),
        Act(_("Department"), "/people/department-changes"),
        Act(_("Groups"), "/people/group-changes", why_not=request.actor.why_not("people:group:manage")),
        Act(_("IM group"), "/people/im-group-changes", why_not=request.actor.why_not("people:im_group:manage")),
        Act(_("Site"), "/people/site-changes", why_not=request.actor.why_not_everybody()),
        Act(_("Delete"), "/people/withdrawals", last=True),
    )
    manage = may_add(request.actor)
    frame = list_frame(
        request.actor,
        title=_("Users"),
        bulk=bulk if manage else (),
        row_acts=partial(row_acts, request.actor) if manage else None,
        nothing_yet=_("Nobody is invited at the moment. An invitation stays here for 30 days, or until it is accepted."),
    )
    notice = without_sender(request.actor)
    return list_page(request, PENDING, frame, export_path="/people/pending/export", notice=notice, **tabs(request.actor))


def without_sender(actor: Actor) -> dict[str, str]:
    """How many invitations no longer work because whoever sent them has left, and the list of them (INVITE-09)."""
    n = leaving.invitations_without_sender(actor)
    words = ngettext(
        "%(n)s invitation no longer works: whoever sent it has left. Resend it, and it is yours.",
        "%(n)s invitations no longer work: whoever sent them has left. Resend them, and they are yours.",
        n,
    )
    return {"words": words % {"n": number(n)}, "path": "/people/pending?sender=gone"} if n else {}


@page("people:user:view", ("GET", "POST"))
def pending_export(request: SignedIn) -> HttpResponseBase:
    return export(request, PENDING, "pending.csv")
