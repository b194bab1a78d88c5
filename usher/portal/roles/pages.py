"""Roles: the list, one role with its matrix of rights, and why somebody may do what they may (S0-15, S0-16, S2-3)."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from usher.access.effective import Right, effective, level_of
from usher.access.roles import NAMES, OWNER_ONLY, Role, privileges_of, roles
from usher.accounts import plans
from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.privileges import things
from usher.journal.names import listed, one_of
from usher.portal.page import SignedIn, page

AREAS = {
    "people": gettext_lazy("User Management"),
    "phone": gettext_lazy("Phone System Management"),
    "access": gettext_lazy("Roles and access"),
    "accounts": gettext_lazy("Account"),
    "licenses": gettext_lazy("Seats"),
    "connections": gettext_lazy("Connections"),
    "content": gettext_lazy("Content"),
    "mail": gettext_lazy("Mail"),
    "journal": gettext_lazy("Activity"),
}
LEVELS = {"none": pgettext_lazy("a right", "none"), "view": pgettext_lazy("a right", "view"), "manage": pgettext_lazy("a right", "manage")}
FEW = 3  # things that a row of the list names


def path_of(key: str) -> str:
    return f"/roles/{key if key in NAMES else short(UUID(key))}"


@page("access:role:view")
def every_role(request: SignedIn) -> HttpResponse:
    """Who holds which role, and what it may in short."""
    lines = [{"role": role, "path": path_of(role.key), "may": in_short(role), "people": people_path(role)} for role in roles(request.actor)]
    may_make = request.actor.may("access:role:manage")
    why_not = "" if plans.may(request.actor, "custom_roles") else _("The plan of this account has no custom roles.")
    return render(request, "roles/roles.html", {"lines": lines, "may_make": may_make, "why_not": why_not})


def people_path(role: Role) -> str:
    return f"/people?status=any&role={role.key}"


def in_short(role: Role) -> str:
    """What a role may, in one line."""
    if role.key == "owner":
        return _("everything")
    if role.key == "admin" and role.privileges == privileges_of("admin"):
        return _("everything but what is the owner’s")
    managed = [str(words) for thing, words in things().items() if level_of(role.privileges, thing) == "manage"]
    seen = [str(words) for thing, words in things().items() if level_of(role.privileges, thing) == "view"]
    if not managed and not seen:
        return _("nothing in the administration")
    told = [_("manage %(things)s") % {"things": few(managed)}] if managed else []
    return "; ".join([*told, *([_("see %(things)s") % {"things": few(seen)}] if seen else [])])


def few(words: list[str]) -> str:
    """The first of them, and how many more."""
    return (
        listed(words) if len(words) <= FEW + 1 else _("%(first)s and %(n)s more") % {"first": ", ".join(words[:FEW]), "n": len(words) - FEW}
    )


def matrix(actor: Actor, chosen: frozenset[str]) -> list[dict[str, Any]]:
    """The rights by area as radio rows; a level the actor does not hold is closed."""
    areas: dict[str, list[dict[str, Any]]] = {}
    for thing, words in things().items():
        now = level_of(chosen, thing)
        levels = [
            {"key": key, "words": LEVELS[key], "on": key == now, "closed": key != "none" and not may_give(actor, f"{thing}:{key}")}
            for key in LEVELS
        ]
        area = thing.partition(":")[0]
        areas.setdefault(area, []).append({"thing": thing, "words": words, "levels": levels, "owner": f"{thing}:manage" in OWNER_ONLY})
    return [{"words": AREAS.get(area, area), "rows": rows} for area, rows in ((a, areas[a]) for a in in_order(areas))]


def in_order(areas: Iterable[str]) -> list[str]:
    """As the navigation has them; an area it does not know stands last."""
    return sorted(areas, key=lambda area: [*AREAS, area].index(area))


def may_give(actor: Actor, privilege: str) -> bool:
    return privilege in actor.privileges and privilege not in OWNER_ONLY


@page("access:role:view")
def effective_rights(request: SignedIn, person_id: UUID) -> HttpResponse:
    """Every right of one person and why; what they may not, and who could."""
    person, rights = effective(request.actor, person_id)
    lines: list[dict[str, Any]] = [{"right": right, "level": LEVELS[right.now], "why": why(person, right)} for right in rights]
    areas: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        areas.setdefault(line["right"].thing.partition(":")[0], []).append(line)
    told = [{"words": AREAS.get(area, area), "lines": areas[area]} for area in in_order(areas)]
    return render(request, "roles/effective.html", {"person": person, "kinds": told, "role_path": path_of(person["role"])})


def why(person: dict[str, Any], right: Right) -> str:
    """The reason of one right, as a sentence."""
    role = {"role": person["role_called"], "scope": person["scope"]}
    ask = _(" Ask %(people)s.") % {"people": one_of(right.others)} if right.others and right.now != "manage" else ""
    reasons = {
        "": _("By the role %(role)s."),
        "role": _("The role %(role)s gives no more.") if right.now == "none" else _("By the role %(role)s, which may look and not change."),
        "owner": _("Only the owner may."),
        "inactive": _("Rests: this person is not active."),
        "factor": _("Rests until this person has set up a second factor, which the account asks of administrators."),
        "plan": _("Rests: the plan of this account has no custom roles."),
        "scope": _("Rests: the role covers %(scope)s, and this is about the whole account."),
    }
    return reasons[right.rests] % role + ask
