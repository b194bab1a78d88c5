"""What is done to a group and to whoever is in it: each is a question or two, then a plan page (S0-62 … S0-64, S0-66, S0-67)."""

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.core.actor import Actor
from usher.core.address import SEPARATORS
from usher.core.ids import short
from usher.core.keyset import Row
from usher.core.refusals import Refused
from usher.journal.plan import Preview
from usher.journal.verb import plan
from usher.people import groups
from usher.people.named import group_named
from usher.portal.groups.group_list import IM, USER, GroupKind, path_of
from usher.portal.listing import Words
from usher.portal.page import SignedIn, page
from usher.portal.people.belonging import (
    MOST_OFFERED,
    NO_GROUP,
    Ask,
    answered,
    ask_page,
    full_id,
    group_ask,
    group_options,
    plan_or_ask,
)
from usher.portal.people.bulk import subjects_of
from usher.portal.plan_page import Look, plan_page
from usher.portal.templatetags.usher import number


def look_of(kind: GroupKind, title: str, button: Any, group: Row | None = None, **more: Any) -> Look:
    """The look of a plan about a group, or about groups at large: its way back is where it was asked for."""
    crumbs: list[tuple[Words, str]] = [(kind.plural, kind.path), *([(group["name"], path_of(group))] if group else []), (title, "")]
    return Look(title=title, crumbs=crumbs, button=button, back=(_("Cancel"), path_of(group) if group else kind.path), **more)


def people_button(told: Any) -> Any:
    return lambda n: told(n) % {"n": number(n)}


@page("people:group:manage", ("GET", "POST"))
def user_group_deletion(request: SignedIn, group_id: UUID) -> HttpResponseBase:
    return deletion(request, USER, group_id)


@page("people:im_group:manage", ("GET", "POST"))
def im_group_deletion(request: SignedIn, im_group_id: UUID) -> HttpResponseBase:
    return deletion(request, IM, im_group_id)


def deletion(request: SignedIn, kind: GroupKind, id: UUID) -> HttpResponseBase:
    """Delete a group; where somebody is in it, it is asked first what becomes of them."""
    group = groups.group(request.actor, kind.key, id)
    to = answered(request.GET.get("members_to", "" if group["members"] else NO_GROUP))
    others = [o for o in group_options(request.actor, kind.key) if o.value != short(id)]
    stay = _("No IM group") if kind is IM else _("Their other groups, if they have any")
    ask = group_ask("members_to", _("Where the people in it go"), to or NO_GROUP, kind.key, others, none=stay)
    falls_back = kind is USER and group["members"] and to == NO_GROUP
    look = look_of(
        kind,
        _("Delete"),
        lambda n: _("Delete the group"),
        group,
        tally={"will": _("leave it")},
        more=lambda seen: becomes_words(kind, group, "" if to == NO_GROUP else name_of(request.actor, kind.key, full_id(to)), seen),
        facts=[(_("New primary group"), _("the one they have been in longest beside it"))] if falls_back else [],
    )
    params = {"group": str(id), "to": "" if to == NO_GROUP else full_id(to)}
    return plan_or_ask(request, kind.verbs["delete"] if to else "", params, look, [ask], _("What becomes of the people in it?"))


def name_of(actor: Actor, kind: str, group: str) -> str:
    """How a chosen group is called; the plan has found it already."""
    return str(group_named(actor, kind, group)["group_name"])


def becomes_words(kind: GroupKind, group: Row, to: str, seen: Preview) -> str:
    """What becomes of the members and of the default mark, after the headline. `to` is where they go, empty for nowhere."""
    if not group["members"]:
        told = _("Nobody is in it.")
    elif to:
        words = ngettext("%(n)s\u00a0person moves to %(to)s.", "%(n)s\u00a0people move to %(to)s.", seen.will)
        told = words % {"n": number(seen.will), "to": to}
    elif kind is IM:
        words = ngettext("%(n)s\u00a0person will have no IM group.", "%(n)s\u00a0people will have no IM group.", seen.will)
        told = words % {"n": number(seen.will)}
    else:
        words = ngettext("%(n)s\u00a0person leaves it.", "%(n)s\u00a0people leave it.", seen.will)
        told = words % {"n": number(seen.will)}
    if not group["is_default"]:
        return told
    mark = _("%(to)s becomes the default group.") % {"to": to} if to else _("There will be no default group.")
    return f"{told} {mark}"


@page("people:group:manage", ("GET", "POST"))
def user_group_moves(request: SignedIn) -> HttpResponseBase:
    return moves(request, USER)


@page("people:im_group:manage", ("GET", "POST"))
def im_group_moves(request: SignedIn) -> HttpResponseBase:
    return moves(request, IM)


def moves(request: SignedIn, kind: GroupKind) -> HttpResponseBase:
    """Everybody in one group to another (S0-64, S0-67)."""
    left, to = request.GET.get("group_from", ""), request.GET.get("group_to", "")
    options = group_options(request.actor, kind.key)
    second = next((o.value for o in options[1:]), "") if len(options) <= MOST_OFFERED else ""
    asks = [
        group_ask("group_from", _("Everybody in"), left, kind.key, options),
        group_ask("group_to", _("Move to"), to or second, kind.key, [o for o in options if o.value != left]),
    ]
    move = people_button(lambda n: ngettext("Move %(n)s person", "Move %(n)s people", n))
    look = look_of(kind, _("Move all people"), move, tally={"will": _("will move")})
    params = {"group": full_id(left), "to": full_id(to)}
    return plan_or_ask(request, kind.verbs["move"] if left and to else "", params, look, asks, _("From which group to which?"))


@page("people:group:manage", ("GET", "POST"))
def user_group_default(request: SignedIn) -> HttpResponseBase:
    return default(request, USER)


@page("people:im_group:manage", ("GET", "POST"))
def im_group_default(request: SignedIn) -> HttpResponseBase:
    return default(request, IM)


def default(request: SignedIn, kind: GroupKind) -> HttpResponseBase:
    """The group of everybody added from now on, or none (S0-62, S0-63, S0-66)."""
    to = answered(request.GET.get("default_to", ""))
    hint = _("Whoever is here already stays as they are.")
    ask = group_ask("default_to", _("Default group"), to, kind.key, group_options(request.actor, kind.key), none=_("None"), hint=hint)
    look = look_of(
        kind,
        _("Default group"),
        lambda n: _("Set the default group"),
        note=_("Nobody who is here already changes."),
        tally={"will": _("will change")},
        then=kind.path,
    )
    params = {"group": "" if to == NO_GROUP else full_id(to)}
    return plan_or_ask(
        request, kind.verbs["default"] if to else "", params, look, [ask], _("Where does everybody begin who is added from now on?")
    )


@page("people:group:manage", ("GET", "POST"))
def user_group_additions(request: SignedIn, group_id: UUID) -> HttpResponseBase:
    return additions(request, USER, group_id)


@page("people:im_group:manage", ("GET", "POST"))
def im_group_additions(request: SignedIn, im_group_id: UUID) -> HttpResponseBase:
    return additions(request, IM, im_group_id)


def additions(request: SignedIn, kind: GroupKind, id: UUID) -> HttpResponseBase:
    """People by their addresses into this group; many are ticked in Users instead."""
    group = groups.group(request.actor, kind.key, id)
    add = people_button(lambda n: ngettext("Add %(n)s person", "Add %(n)s people", n))
    look = look_of(kind, _("Add people"), add, group, tally={"will": _("will be added"), "same": _("in it already")}, then=path_of(group))
    hint = _("Several are separated by commas. To add many, tick them in Users and choose Groups.")
    verb = "people.add_to_group" if kind is USER else "people.set_im_group"
    return by_address(request, verb, str(id), look, hint, _("Who is added to %(group)s?") % {"group": group["name"]})


def by_address(request: SignedIn, verb: str, group: str, look: Look, hint: str, heading: str) -> HttpResponseBase:
    """The plan for people named by their addresses; an address of nobody is asked again with the reason."""
    typed = request.GET.get("people", "")
    ask = Ask("people", _("E-mail addresses"), "text", typed, hint=hint, proposals="/people/close")
    try:
        ids = groups.people_at(request.actor, SEPARATORS.split(typed)) if typed.strip() else []
    except Refused as refused:
        return ask_page(request, look, [ask], heading, refused.words)
    return plan_or_ask(request, verb if ids else "", {"group": group, "subjects": {"ids": ids}}, look, [ask], heading)


@page("people:group:manage", ("GET", "POST"))
def user_group_removals(request: SignedIn, group_id: UUID) -> HttpResponseBase:
    return removals(request, USER, group_id)


@page("people:im_group:manage", ("GET", "POST"))
def im_group_removals(request: SignedIn, im_group_id: UUID) -> HttpResponseBase:
    return removals(request, IM, im_group_id)


def removals(request: SignedIn, kind: GroupKind, id: UUID) -> HttpResponseBase:
    """Whoever is ticked leaves this group: they stay in the others, or are left without an IM group. By addresses when nobody is ticked."""
    group = groups.group(request.actor, kind.key, id)
    take_out = people_button(lambda n: ngettext("Take %(n)s person out", "Take %(n)s people out", n))
    look = look_of(kind, _("Take out"), take_out, group, tally={"will": _("leave it")})
    verb = "people.remove_from_group" if kind is USER else "people.remove_from_im_group"
    if request.GET.keys().isdisjoint(("ids", "all", "selection")):
        hint = _("Several are separated by commas. To take out many, tick them in the list of the group.")
        return by_address(request, verb, str(id), look, hint, _("Who is taken out of %(group)s?") % {"group": group["name"]})
    return plan_page(request, plan(request.actor, verb, {"group": str(id), "subjects": subjects_of(request)}), look)
