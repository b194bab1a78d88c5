"""Leaving as plan pages: deactivate, unlink, delete; of one person and of a set (S0-2, S4-12 … S4-20, S4-46 … S4-48; behaviour.md E)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.access.actors import name_of
from usher.core.actor import Actor
from usher.core.ids import short
from usher.journal.plan import Preview, wants_and_gives
from usher.journal.verb import Plan
from usher.lifecycle import reads
from usher.people.person import person
from usher.portal.listing import Words
from usher.portal.page import SignedIn, page
from usher.portal.people import handing_over
from usher.portal.people.acts import why_no_leaving
from usher.portal.people.bulk import look_at, set_of
from usher.portal.plan_page import Look, plan_page
from usher.portal.query import PASSING, pairs_without
from usher.portal.templatetags.usher import day, number

Facts = list[tuple[Words, Words]]


@dataclass(frozen=True)
class Way:
    """The words of one way of leaving: of one person by name, and of a set by its number."""

    verb: str
    title: Promise
    one: Promise
    one_away: Promise  # of somebody deactivated, who has no access to lose
    cannot: Promise
    button_one: Promise
    button: Callable[[int], str]
    stays: Promise  # what becomes of content that nobody inherits


DEACTIVATE = Way(
    "lifecycle.deactivate",
    gettext_lazy("Deactivate"),
    gettext_lazy("%(name)s will lose access at once."),
    gettext_lazy("%(name)s is deactivated already."),
    gettext_lazy("%(name)s cannot be deactivated."),
    gettext_lazy("Deactivate %(name)s"),
    lambda n: ngettext("Deactivate %(n)s person", "Deactivate %(n)s people", n),
    gettext_lazy("It stays with its owners; nobody else can start or change it."),
)
UNLINK = Way(
    "lifecycle.unlink",
    gettext_lazy("Unlink"),
    gettext_lazy("%(name)s will leave this account and lose access to it at once."),
    gettext_lazy("%(name)s will leave this account."),
    gettext_lazy("%(name)s cannot be unlinked."),
    gettext_lazy("Unlink %(name)s"),
    lambda n: ngettext("Unlink %(n)s person", "Unlink %(n)s people", n),
    gettext_lazy("It goes with its owners into the free accounts of their own."),
)
DELETE = Way(
    "lifecycle.delete",
    gettext_lazy("Delete"),
    gettext_lazy("%(name)s will be deleted and lose access at once."),
    gettext_lazy("%(name)s will be deleted."),
    gettext_lazy("%(name)s cannot be deleted."),
    gettext_lazy("Delete %(name)s"),
    lambda n: ngettext("Delete %(n)s person", "Delete %(n)s people", n),
    gettext_lazy("It is deleted together with its owners."),
)

NO_TRASH = gettext_lazy("This account keeps nobody in the trash: they and everything they have are gone within minutes.")


@page("people:user:manage", ("GET", "POST"))
def deactivation(request: SignedIn, person_id: UUID) -> HttpResponseBase:
    """Deactivate one person (S4-12)."""
    return leave_one(request, DEACTIVATE, person_id)


@page("people:user:manage", ("GET", "POST"))
def deactivations(request: SignedIn) -> HttpResponseBase:
    """Deactivate a set of people (S4-48)."""
    return leave(request, DEACTIVATE, set_of(request))


@page("people:user:manage", ("GET", "POST"))
def unlinking(request: SignedIn, person_id: UUID) -> HttpResponseBase:
    """Unlink one person (S0-59)."""
    return leave_one(request, UNLINK, person_id)


@page("people:user:manage", ("GET", "POST"))
def unlinkings(request: SignedIn) -> HttpResponseBase:
    """Unlink a set of people (S0-58, S0-59)."""
    return leave(request, UNLINK, set_of(request))


@page("people:user:manage", ("GET", "POST"))
def deletion(request: SignedIn, person_id: UUID) -> HttpResponseBase:
    """Delete one person."""
    return leave_one(request, DELETE, person_id)


@page("people:user:manage", ("GET", "POST"))
def deletions(request: SignedIn) -> HttpResponseBase:
    """Delete a set of people."""
    return leave(request, DELETE, set_of(request))


def leave_one(request: SignedIn, way: Way, person_id: UUID) -> HttpResponseBase:
    """The plan of somebody by name; anybody of another account does not exist (TENANT-03)."""
    found = person(request.actor, person_id)
    return leave(request, way, {"ids": [str(person_id)]}, found)


def leave(
    request: SignedIn, way: Way, subjects: dict[str, Any], found: dict[str, Any] | None = None, look: Look | None = None
) -> HttpResponseBase:
    """The plan with its choice of what becomes of the content; choosing plans anew. `look` when it is none of people ticked in a list."""
    want = handing_over.wanted(request.GET)
    planned, trouble = handing_over.plan_with(request.actor, way.verb, subjects, want)
    told = {**handing_over.panel(request, planned, want, trouble, found), "way": way, "on_a_date": on_a_date(request, way, found)}
    follows = reads.consequences(request.actor, planned.params["subjects"])
    gone = way is DELETE and not follows.until
    look = look or look_at(request, str(way.title), button_of(way))
    look = replace(
        look,
        more=lambda seen: more_words(planned, seen),
        facts=facts_of(way, planned, follows),
        facts_words=_("The way back"),
        inset="people/leaving_content.html",
        told=told,
        also=handing_over.lines_of(planned) if not told["nothing"] else look.also,
        blocked=trouble,
        for_good=gone,
        lost=NO_TRASH if gone else "",
    )
    return plan_page(request, planned, by_name(request.actor, way, look, found) if found else look)


def button_of(way: Way) -> Callable[[int], str]:
    return lambda n: way.button(n) % {"n": number(n)}


def on_a_date(request: SignedIn, way: Way, found: dict[str, Any] | None) -> str:
    """Where the same can be wished for a day, with the choices made so far."""
    if way is not DEACTIVATE or (found and why_no_leaving(request.actor, found)):
        return ""
    one = [("ids", short(found["id"]))] if found else []
    return "/people/dates/new?" + urlencode([*pairs_without(request.GET, *PASSING), *one])


def by_name(actor: Actor, way: Way, look: Look, found: dict[str, Any]) -> Look:
    """The same plan in words about one person; where it cannot be, the reason."""
    name = {"name": name_of(found)}
    becomes = way.one_away if found["status"] == "inactive" else way.one
    path, why_not = f"/people/{short(found['id'])}", why_no_leaving(actor, found)
    return replace(
        look,
        crumbs=[(_("Users"), "/people"), (name["name"], path), (way.title, "")],
        button=lambda n: way.button_one % name,
        back=(_("Cancel"), path),
        headline=(way.cannot if why_not else becomes) % name,
        note=why_not,
        order=None,
    )


def more_words(planned: Plan, seen: Preview) -> str:
    """After the headline: how many seats come free, and how much content goes to whom."""
    seats = sum(wants_and_gives(seen.tallies)[1].values())
    items = sum(t.n for t in seen.tallies if t.phase != seen.main and t.skip is None)
    free = ngettext("%(n)s seat comes free.", "%(n)s seats come free.", seats) % {"n": number(seats)} if seats else ""
    return " ".join(told for told in (free, handing_over.goes(planned, items)) if told)


def facts_of(way: Way, planned: Plan, follows: reads.Consequences) -> Facts:
    """What can be brought back and until when, and which invitations and apps stop working."""
    back: Facts = []
    if way is DEACTIVATE:
        back = [(_("Access"), _("at any time, by Reactivate")), (_("Licenses"), _("given back as far as seats are free"))]
    elif way is UNLINK:
        back = [
            (_("Access"), _("by Undo, until they open an account of their own")),
            (_("Licenses"), _("given back as far as seats are free")),
        ]
    elif follows.until:
        back = [
            (_("Access"), _("by Restore, until %(day)s") % {"day": day(follows.until)}),
            (_("Address"), _("free for somebody else meanwhile")),
            (_("Licenses"), _("given back as far as seats are free")),
        ]
    else:
        back = [(_("Nothing"), _("comes back"))]
    if planned.params["content"]:
        back.append((_("Content"), _("by Undo, until it changes hands again")))
    if sent := follows.invitations:
        told = ngettext(
            "%(n)s that they sent stops working. Resend it under Pending, and it is yours.",
            "%(n)s that they sent stop working. Resend them under Pending, and they are yours.",
            sent,
        )
        back.append((_("Invitations"), told % {"n": number(sent)}))
    if apps := follows.apps:
        told = ngettext(
            "%(n)s that they answer for stops. Hand it over before, or take it afterwards, under API apps.",
            "%(n)s that they answer for stop. Hand them over before, or take them afterwards, under API apps.",
            apps,
        )
        back.append((_("API apps"), told % {"n": number(apps)}))
    return back
