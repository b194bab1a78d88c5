"""Sites of Phone: their ranges, codes, countries and emergency addresses; adding one, changing it, and deleting it with a site for all that is there (S3-12)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.keyset import Row, Sort
from usher.phone import reads
from usher.phone.models import HIGHEST, LOWEST
from usher.phone.verbs.sites import FIELDS
from usher.portal.listing import Column, Listing, register
from usher.portal.listing_export import export
from usher.portal.listing_page import Act, Frame, list_page
from usher.portal.page import SignedIn, page
from usher.portal.people.belonging import Ask, full_id, plan_or_ask
from usher.portal.phone.columns import VIEW as PHONES
from usher.portal.phone.columns import without_ways
from usher.portal.phone.forms import Form, form_page
from usher.portal.phone.policy import LIKE_ACCOUNT, chosen_in, like, policy_choices
from usher.portal.places.lists import MANAGE as PLACES
from usher.portal.places.lists import named
from usher.portal.plan_page import Look, Option
from usher.portal.templatetags.usher import number

PATH, VIEW, MANAGE = "/phone/sites", "phone:site:view", "phone:site:manage"


def path_of(row: Row) -> str:
    return f"{PATH}/{short(row['id'])}"


def name_cell(row: Row) -> Any:
    tag = format_html(' <span class="u-tag">{}</span>', _("Main site")) if row["main"] else ""
    return format_html('<span class="who"><a href="{}">{}</a>{}</span>', path_of(row), row["name"], tag)


def range_of(row: Row) -> str:
    return f"{row['lowest']}–{row['highest']}"


def phones_cell(row: Row) -> Any:
    """How many phones are there, with the way to them."""
    if not row["phones"]:
        return number(0)
    return format_html('<a href="/phone/users?phone_site={}">{}</a>', row["id"], number(row["phones"]))


def where_sites(query: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    clauses, params = named("g.name_key", query)
    return " AND ".join(clauses), params


SITES = Listing(
    path=PATH,
    select=reads.SITE_COLUMNS,
    source=reads.SITE_FROM,
    columns=(
        Column("name", gettext_lazy("Name"), name_cell, lambda r: str(r["name"]), "main", "name"),
        Column("range", gettext_lazy("Extensions"), range_of, range_of, "meta num nowrap"),
        Column("code", gettext_lazy("Site code"), lambda r: r["code"], lambda r: str(r["code"]), "num nowrap"),
        Column("country", gettext_lazy("Country"), lambda r: r["in_country"], lambda r: str(r["in_country"]), "nowrap"),
        Column(
            "address",
            gettext_lazy("Emergency address"),
            lambda r: r["emergency_address"],
            lambda r: str(r["emergency_address"]),
            "clip",
        ),
        Column("phones", gettext_lazy("Phones"), phones_cell, lambda r: str(r["phones"]), "side num nowrap"),
    ),
    sorts=(Sort("name", "g.name_key", "g.id"),),
    where=where_sites,
)
register(SITES)


@page(VIEW)
def sites(request: SignedIn) -> HttpResponse:
    """Every site with its phone side."""
    frame = Frame(
        title=_("Sites"),
        noun=lambda n: ngettext("site", "sites", n),
        template="phone/list.html",
        row_acts=lambda row: site_acts(request.actor, row),
        row_path=path_of,
        search_words=_("Name"),
        nothing_found=_("There is no such site."),
        nothing_yet=_(
            "No sites yet: all extensions come from 1000 to 9999. Add one where an office shall have numbers, a country or an emergency address of its own."
        ),
    )
    may_add = request.actor.may(MANAGE) and request.actor.may(PLACES)
    new = (_("Add a site"), f"{PATH}/new") if may_add else None
    listing = SITES if request.actor.may(PHONES) else without_ways(SITES, "phones")
    return list_page(request, listing, frame, export_path=f"{PATH}/export", tabs=[], new=new)


def site_acts(actor: Actor, row: Row) -> list[Act]:
    """The menu of a site. The place itself belongs to whoever may manage places."""
    closed = "" if actor.may(MANAGE) else _("This needs the right to manage the phone side of sites.")
    hidden = "" if actor.may(PHONES) else _("This needs the right to see phone users.")
    no_place = closed or ("" if actor.may(PLACES) else _("This needs the right to manage places."))
    main = _("It is the main site.") if row["main"] else ""
    return [
        Act(_("Edit"), path_of(row), why_not=closed),
        Act(
            _("Phones there"), f"/phone/users?phone_site={row['id']}", why_not=hidden or ("" if row["phones"] else _("No phone is there."))
        ),
        Act(_("Make it the main site"), f"/account/places/sites/{short(row['id'])}/main", why_not=no_place or main),
        Act(_("Delete"), f"{path_of(row)}/deletion", last=True, why_not=no_place or main),
    ]


@page(VIEW, ("GET", "POST"))
def sites_export(request: SignedIn) -> HttpResponseBase:
    return export(request, SITES, "phone-sites.csv")


@page(MANAGE, ("GET", "POST"))
def new_site(request: SignedIn) -> HttpResponse:
    """A site with its phone side; the first one is the main site."""
    context = around(request.actor, _("Add a site"), _("Add a site"))
    return form_page(request, form_of(request.actor), "phone.create_site", {}, {"lowest": LOWEST, "highest": HIGHEST}, context)


@page(VIEW, ("GET", "POST"))
def site(request: SignedIn, site_id: UUID) -> HttpResponse:
    """Another name, range, code, country, emergency address, or what its phones may do. Who may only look sees them closed."""
    found = reads.site(request.actor, site_id)
    context = around(request.actor, found["name"], _("Save"))
    return form_page(request, form_of(request.actor), "phone.set_site", {"site": str(site_id)}, found, context)


def around(actor: Actor, heading: str, button: str) -> dict[str, Any]:
    return {"heading": heading, "button": button, "may_change": actor.may(MANAGE), "may_rename": actor.may(PLACES)}


def given_in(request: SignedIn) -> dict[str, Any]:
    """The form as the verbs take it; what is left to the account is no part of the site."""
    policy = {name: choice for name, choice in chosen_in(request).items() if choice}
    return {**{name: request.POST.get(name, "").strip() for name in ("name", *FIELDS)}, "policy": policy}


def form_of(actor: Actor) -> Form:
    """What is left to the account is told as the account has it."""
    unsaid = like(LIKE_ACCOUNT, reads.account_policy(actor))
    answers = lambda given: {"given": given, "choices": policy_choices(given.get("policy", {}), unsaid)}  # noqa: E731
    return Form("phone/site.html", PATH, gettext_lazy("Sites"), given_in, answers)


@page(MANAGE, ("GET", "POST"))
def site_deletion(request: SignedIn, site_id: UUID) -> HttpResponseBase:
    """Delete a site. First it is asked where all goes that is there; the plan tells who and what that is."""
    found = reads.site(request.actor, site_id)
    target = request.GET.get("site_to", "")
    others = [Option(short(s["id"]), s["name"]) for s in reads.sites(request.actor) if s["id"] != site_id]
    ask = Ask("site_to", _("Where all goes that is there"), "select", target, others, _("Extensions and numbers stay as they are."))
    title = _("Delete %(name)s") % {"name": found["name"]}
    look = Look(
        title=title,
        crumbs=[(_("Sites"), PATH), (title, "")],
        button=lambda n: _("Delete the site"),
        back=(_("Cancel"), PATH),
        tally={"will": _("go to the other site")},
        note=_("People, rooms, phones and templates that are there go to the other site; their extensions and numbers stay."),
    )
    params = {"site": str(site_id), "target": full_id(target)}
    return plan_or_ask(request, "phone.delete_site" if target or found["main"] else "", params, look, [ask], title)
