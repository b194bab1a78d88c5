"""Who gets which role and for whom, and what becomes of those whose role is deleted: plans like any other (S0-14, S0-15)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.access.handing_out import refuse_more_than_own
from usher.access.roles import NAMES, Role, of_a_part, role, roles
from usher.accounts import plans
from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.refusals import Refused
from usher.journal.verb import plan
from usher.people import reads
from usher.portal.page import SignedIn, page
from usher.portal.people.bulk import look_at, subjects_of
from usher.portal.plan_page import Choice, Look, Option, choice_page, plan_page
from usher.portal.query import PASSING, pairs_without
from usher.portal.roles.pages import in_short, path_of
from usher.portal.templatetags.usher import number

TICKED = {"department": "for_department", "group": "for_group", "site": "for_site"}


@page("access:role:manage", ("GET", "POST"))
def role_change(request: SignedIn) -> HttpResponseBase:
    """Give people a role, for everybody or for some. What the actor may not give is shown with its reason (S0-17, S0-18)."""
    subjects, wanted = subjects_of(request), request.GET.get("role_to", "")
    known = {option_of(r.key): r for r in roles(request.actor) if r.key != "owner"}
    look = look_at(
        request,
        _("Set role"),
        lambda n: ngettext("Set the role of %(n)s person", "Set the role of %(n)s people", n) % {"n": number(n)},
        [Choice("role_to", _("Role"), [option(request.actor, r) for r in known.values()], wanted)],
    )
    look = replace(look, note=format_html('<a class="u-link" href="/help/roles">{}</a>', _("About roles")))
    if not wanted:
        return choice_page(request, look, _("Which role shall they have?"))
    chosen = known.get(wanted)
    scope = scope_of(request) if chosen is not None and chosen.is_custom else None
    planned = plan(request.actor, "access.set_role", {"role": chosen.key if chosen else wanted, "scope": scope, "subjects": subjects})
    return plan_page(request, planned, with_scope(request, look, chosen, scope) if chosen and chosen.is_custom else look)


def option_of(key: str) -> str:
    return key if key in NAMES else short(UUID(key))


def option(actor: Actor, found: Role) -> Option:
    """A role as a choice; why it cannot be given stands in the place of what it may."""
    why_not = why_not_given(actor, found)
    return Option(option_of(found.key), found.name, why_not or in_short(found), disabled=bool(why_not))


def why_not_given(actor: Actor, found: Role) -> str:
    if found.key == "member":
        return ""
    if found.key == "admin":
        return "" if actor.may("access:admin:manage") else _("Only the owner can make somebody an admin, or a member again.")
    if not plans.may(actor, "custom_roles"):
        return _("The plan of this account has no custom roles.")
    try:
        refuse_more_than_own(actor, found.privileges, found.most)
    except Refused as refused:
        return refused.words
    return ""


def scope_of(request: SignedIn) -> dict[str, Any] | None:
    """The departments, groups or sites that are ticked; two kinds at once are one too many."""
    ticked = [{"kind": kind, "values": values} for kind, name in TICKED.items() if (values := request.GET.getlist(name))]
    if len(ticked) > 1:
        words = _("A role covers departments, groups or sites, one kind of them. Take the others away.")
        raise Refused("invalid", "scope", words, field="scope")
    return ticked[0] if ticked else None


def with_scope(request: SignedIn, look: Look, chosen: Role, scope: dict[str, Any] | None) -> Look:
    """The plan with the question whom the role shall cover, and what rests when it is not everybody."""
    told = {
        "departments": [(d, d in request.GET.getlist("for_department")) for d in reads.departments(request.actor, limit=100)],
        "groups": [
            (str(g["id"]), g["name"], str(g["id"]) in request.GET.getlist("for_group")) for g in reads.groups(request.actor, "user")[:100]
        ],
        "sites": [(str(s["id"]), s["name"], str(s["id"]) in request.GET.getlist("for_site")) for s in reads.sites(request.actor)[:100]],
        "kept": pairs_without(request.GET, *TICKED.values(), *PASSING),
        "rests": bool(scope and chosen.privileges - of_a_part(scope["kind"])),
        "some": bool(scope),
    }
    look.told.update(told)
    return Look(**{**vars(look), "inset": "roles/scope.html"})


@page("access:role:manage", ("GET", "POST"))
def deletion(request: SignedIn, role_id: UUID) -> HttpResponseBase:
    """Delete a role; who holds it gets the one that is chosen here, and nobody is left without."""
    found = role(request.actor, str(role_id))
    others = [r for r in roles(request.actor) if r.key not in ("owner", found.key)]
    wanted = request.GET.get("instead", "member")
    instead = next((r.key for r in others if option_of(r.key) == wanted), wanted)
    options = [option(request.actor, r) for r in reversed(others)]
    look = Look(
        title=_("Delete role"),
        crumbs=[(_("Roles"), "/roles"), (found.name, path_of(found.key)), (_("Delete"), "")],
        button=lambda n: _("Delete the role"),
        back=(_("Cancel"), path_of(found.key)),
        choices=[Choice("instead", _("Who has it gets"), options, wanted)] if found.holders else [],
        then="/roles",
    )
    return plan_page(request, plan(request.actor, "access.delete_role", {"role": found.key, "instead": instead}), look)
