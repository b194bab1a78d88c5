"""Groups and IM groups: the two lists with their exports, and one group with the people in it."""

from functools import partial
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.access.actors import name_of
from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.keyset import Row
from usher.people import groups
from usher.portal.groups.group_list import IM, LISTS, USER, GroupKind, members_list, path_of
from usher.portal.listing_export import export
from usher.portal.listing_page import Act, Frame, list_page
from usher.portal.page import SignedIn, page
from usher.portal.people.acts import row_acts as acts_of_person
from usher.portal.people.pages import people_noun
from usher.portal.people.people_list import person_path
from usher.portal.wish import clean


def group_noun(n: int) -> str:
    return ngettext("group", "groups", n)


def list_of(request: SignedIn, kind: GroupKind) -> HttpResponse:
    """One of the two lists."""
    manage = request.actor.may(kind.manage)
    frame = Frame(
        title=kind.plural,
        noun=group_noun,
        template="groups/list.html",
        row_acts=partial(row_acts, kind) if manage else None,
        row_path=path_of,
        search_words=_("Name"),
        nothing_found=kind.unknown,
        nothing_yet=kind.nothing_yet,
    )
    context = {"kind": kind, "may_manage": manage, "export_path": f"{kind.path}/export"}
    return list_page(request, LISTS[kind.key], frame, **context)


def row_acts(kind: GroupKind, row: Row) -> list[Act]:
    """The menu of a row, and the buttons of its page."""
    return [Act(_("Open"), path_of(row)), *acts_of(kind, row)]


def acts_of(kind: GroupKind, row: Row) -> list[Act]:
    """Everything that can be done to a group, in one order."""
    id = short(row["id"])
    settings = [Act(_("Settings"), f"{path_of(row)}/settings")] if kind is USER else []
    mark = Act(_("No default any more"), f"{kind.path}/default?default_to=none")
    return [
        Act(_("Add people"), f"{path_of(row)}/additions"),
        Act(_("Rename"), f"{path_of(row)}/name"),
        *settings,
        mark if row["is_default"] else Act(_("Make it the default"), f"{kind.path}/default?default_to={id}"),
        Act(_("Move all people"), f"{kind.path}/moves?group_from={id}", why_not="" if row["members"] else _("Nobody is in it.")),
        Act(_("Delete"), f"{path_of(row)}/deletion", last=True),
    ]


@page("people:group:view")
def user_groups(request: SignedIn) -> HttpResponse:
    return list_of(request, USER)


@page("people:im_group:view")
def im_groups(request: SignedIn) -> HttpResponse:
    return list_of(request, IM)


@page("people:group:view", ("GET", "POST"))
def user_groups_export(request: SignedIn) -> HttpResponseBase:
    return export(request, LISTS["user"], "groups.csv")


@page("people:im_group:view", ("GET", "POST"))
def im_groups_export(request: SignedIn) -> HttpResponseBase:
    return export(request, LISTS["im"], "im-groups.csv")


def one(request: SignedIn, kind: GroupKind, id: UUID) -> HttpResponse:
    """One group and whoever is in it; the list is that of Users, so who may not see people sees none here."""
    request.actor.require("people:user:view")
    group = groups.group(request.actor, kind.key, id)
    manage = request.actor.may(kind.manage)
    bulk = (Act(_("Take out"), f"{path_of(group)}/removals"), Act(_("Move"), f"/people/{kind.filter.replace('_', '-')}-changes"))
    frame = Frame(
        title=group["name"],
        noun=people_noun,
        template="groups/group.html",
        bulk=bulk if manage else (),
        row_acts=partial(acts_of_member, request.actor, group) if manage else None,
        row_name=name_of,
        row_path=person_path,
        search_words=_("Name or e-mail"),
        nothing_yet=_("Nobody is in this group."),
    )
    acts = [a for a in acts_of(kind, group) if not a.why_not] if manage else []
    context = {"kind": kind, "group": group, "acts": acts[1:], "add": acts[0] if acts else None}
    return list_page(
        request, members_list(kind, group), frame, export_path=f"/people/export?status=any&{kind.filter}={group['id']}", **context
    )


def acts_of_member(actor: Actor, group: Row, person: Row) -> list[Act]:
    """Out of this group first, then what can be done to them anywhere."""
    out = Act(_("Take out of this group"), f"{path_of(group)}/removals?ids={short(person['id'])}")
    every = acts_of_person(actor, person)
    return [every[0], out, *every[1:]] if actor.may("people:user:manage") else [every[0], out]


@page("people:group:view")
def user_group(request: SignedIn, group_id: UUID) -> HttpResponse:
    return one(request, USER, group_id)


@page("people:im_group:view")
def im_group(request: SignedIn, im_group_id: UUID) -> HttpResponse:
    return one(request, IM, im_group_id)


@page("people:group:view")
def close_user_groups(request: SignedIn) -> HttpResponse:
    return proposed(request, USER)


@page("people:im_group:view")
def close_im_groups(request: SignedIn) -> HttpResponse:
    return proposed(request, IM)


def proposed(request: SignedIn, kind: GroupKind) -> HttpResponse:
    """Proposals for a field that takes a group, whatever it is called, as options of a datalist."""
    text = clean(str(next(iter(request.GET.values()), "")))
    return render(request, "groups/close.html", {"names": groups.close_to(request.actor, kind.key, text)})
