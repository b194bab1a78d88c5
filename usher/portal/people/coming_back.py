"""Coming back as plan pages: reactivate, restore from the trash (S4-22, S4-53, S4-55; behaviour.md R2, R15)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.access.actors import name_of
from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.refusals import Refused
from usher.journal.verb import Plan, plan
from usher.licenses.catalog import PRODUCTS
from usher.lifecycle import reads
from usher.people.person import person
from usher.portal.effects import people_of
from usher.portal.page import SignedIn, page
from usher.portal.people.bulk import look_at, set_of
from usher.portal.people.trash import chosen_of
from usher.portal.plan_page import Look, plan_page
from usher.portal.query import PASSING, pairs_without
from usher.portal.templatetags.usher import number
from usher.portal.wish import clean


@page("people:user:manage", ("GET", "POST"))
def reactivation(request: SignedIn, person_id: UUID) -> HttpResponseBase:
    """Reactivate one person (S4-22)."""
    found = person(request.actor, person_id)
    planned = plan(request.actor, "lifecycle.reactivate", {"subjects": {"ids": [str(person_id)]}})
    name, path = name_of(found), f"/people/{short(person_id)}"
    here = found["status"] != "inactive"
    look = Look(
        title=_("Reactivate"),
        crumbs=[(_("Users"), "/people"), (name, path), (_("Reactivate"), "")],
        button=lambda n: _("Reactivate %(name)s") % {"name": name},
        back=(_("Cancel"), path),
        headline=(_("%(name)s is not deactivated.") if here else _("%(name)s may sign in again.")) % {"name": name},
        note="" if here else note(),
        more=lambda seen: not_back_words(planned),
    )
    return plan_page(request, planned, look)


@page("people:user:manage", ("GET", "POST"))
def reactivations(request: SignedIn) -> HttpResponseBase:
    """Reactivate a set of people; who comes first finds a seat first."""
    planned = plan(request.actor, "lifecycle.reactivate", {"subjects": set_of(request)})
    look = look_at(request, _("Reactivate"), button(lambda n: ngettext("Reactivate %(n)s person", "Reactivate %(n)s people", n)))
    choices = [look.order] if look.order and reads.not_back(planned) else []
    return plan_page(request, planned, replace(look, note=note(), more=lambda seen: not_back_words(planned), choices=choices))


@page("people:user:manage", ("GET", "POST"))
def restorations(request: SignedIn) -> HttpResponseBase:
    """Restore people from the trash: some, or all of it. One whose address somebody else has now may come back with another (R15)."""
    wish, trouble = chosen_of(request), ""
    email = clean(request.GET.get("email", "")) if len(wish.get("ids", ())) == 1 else ""
    try:
        planned = plan(request.actor, "lifecycle.restore", {**wish, "email": email})
    except Refused as refused:
        if refused.field != "email":
            raise
        planned, trouble = plan(request.actor, "lifecycle.restore", wish), refused.words
    look = Look(
        title=_("Restore"),
        crumbs=[(_("Trash"), "/people/trash"), (_("Restore"), "")],
        button=button(lambda n: ngettext("Restore %(n)s person", "Restore %(n)s people", n)),
        back=(_("Cancel"), "/people/trash"),
        note=note(),
        more=lambda seen: not_back_words(planned),
        blocked=trouble,
        inset="people/another_address.html" if len(wish.get("ids", ())) == 1 else "",
        told={
            "email": email,
            "trouble": trouble,
            "kept": pairs_without(request.GET, "email", *PASSING),
            "name": name_in(request.actor, wish),
        },
    )
    return plan_page(request, planned, look)


def button(words: Callable[[int], str]) -> Callable[[int], str]:
    return lambda n: words(n) % {"n": number(n)}


def note() -> str:
    return _("Seats are given back as far as they are free. Old sessions and links stay dead.")


def not_back_words(planned: Plan) -> str:
    """Which seats do not come back, because none is free (R2)."""
    return " ".join(told for told in in_words(reads.not_back(planned)))


def in_words(lacking: dict[str, int]) -> list[str]:
    return [
        ngettext("%(n)s person comes back without %(product)s.", "%(n)s people come back without %(product)s.", n)
        % {"n": number(n), "product": PRODUCTS[code].name if code in PRODUCTS else code}
        for code, n in lacking.items()
    ]


def name_in(actor: Actor, wish: dict[str, Any]) -> str:
    """Whom a restoration is about, when it is one person."""
    ids = [UUID(id) for id in wish.get("ids", ())]
    found = people_of(actor, ids) if len(ids) == 1 else {}
    return name_of(found[ids[0]]) if found else ""
