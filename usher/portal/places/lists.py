"""The lists of places: rooms, and the sites they stand at (S0-53)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from usher.accounts import places
from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.keyset import Row, Sort
from usher.people.filters import like_literal
from usher.people.groups import FEW
from usher.portal.listing import Column, Filter, Listing, register
from usher.portal.listing_export import export
from usher.portal.listing_page import Act, Frame, list_page
from usher.portal.page import SignedIn, page
from usher.portal.people.people_list import STATUS
from usher.portal.templatetags.usher import number, when
from usher.portal.wish import ids_of

MANAGE = "accounts:place:manage"
PATH = "/account/places"


def room_path(row: Row) -> str:
    return f"{PATH}/rooms/{short(row['id'])}"


def site_path(row: Row) -> str:
    return f"{PATH}/sites/{short(row['id'])}"


def room_cell(row: Row) -> Any:
    return format_html('<span class="who"><a href="{}">{}</a></span>', room_path(row), row["name"])


def site_cell(row: Row) -> Any:
    tag = format_html(' <span class="u-tag">{}</span>', _("Main site")) if row["main"] else ""
    return format_html('<span class="who"><a href="{}">{}</a>{}</span>', site_path(row), row["name"], tag)


def people_cell(row: Row) -> str:
    """How many people are at a site, or more than so many."""
    return f"{number(FEW)}+" if row["people"] > FEW else number(row["people"])


def kind_of(row: Row) -> str:
    return str(places.ROOM_KINDS.get(row["kind"], row["kind"]))


def site_of(row: Row) -> str:
    return row["site"] or ""


def added(row: Row) -> str:
    return str(row["created_at"].isoformat(timespec="seconds"))


def named(column: str, query: Mapping[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """The clauses of a search by name: every word of it, blind to accents and case."""
    words = str(query.get("q") or "").replace("\x00", "").split()[:8]
    params = {f"f_q{n}": f"%{like_literal(word)}%" for n, word in enumerate(words)}
    return [f"{column} LIKE usher_fold(%({name})s)" for name in params], params


def where_rooms(query: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    clauses, params = named("r.name_key", query)
    if kinds := query.get("kind"):
        clauses, params = [*clauses, "r.kind = ANY(%(f_kind)s)"], {**params, "f_kind": list(kinds)}
    if at := query.get("site"):
        clauses, params = [*clauses, "r.site_id = ANY(%(f_site)s::uuid[])"], {**params, "f_site": [str(i) for i in ids_of(at)]}
    return " AND ".join(clauses), params


def where_sites(query: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    clauses, params = named("g.name_key", query)
    return " AND ".join(clauses), params


def site_options(actor: Actor) -> list[tuple[str, Any]]:
    return [(short(s["id"]), s["name"]) for s in places.sites(actor)[:50]]


ADDED = Column("created", _("Added"), lambda r: when(r["created_at"]), added, "num nowrap", "created")
ROOMS = Listing(
    path=PATH,
    select="r.id, r.name, r.kind, r.site_id, r.created_at, (SELECT g.name FROM accounts_site g WHERE g.id = r.site_id) AS site",
    source="FROM accounts_room r WHERE r.account_id = %(account)s",
    columns=(
        Column("name", _("Name"), room_cell, lambda r: str(r["name"]), "main", "name"),
        Column("kind", _("Type"), kind_of, kind_of, "meta nowrap"),
        Column("site", _("Site"), site_of, site_of, "side nowrap"),
        ADDED,
    ),
    sorts=(Sort("name", "r.name_key", "r.id"), Sort("created", "r.created_at", "r.id", "timestamptz")),
    where=where_rooms,
    filters=(Filter("kind", _("Type"), lambda actor: list(places.ROOM_KINDS.items())), Filter("site", _("Site"), site_options)),
)
SITES = Listing(
    path=f"{PATH}/sites",
    select=f"""g.id, g.name, g.main, g.created_at,
      (SELECT count(*)::int FROM accounts_room r WHERE r.account_id = g.account_id AND r.site_id = g.id) AS rooms,
      (SELECT count(*)::int FROM (SELECT 1 FROM people_user u WHERE u.account_id = g.account_id AND u.site_id = g.id AND u.left_at IS NULL
                                  LIMIT {FEW} + 1) c) AS people""",
    source="FROM accounts_site g WHERE g.account_id = %(account)s",
    columns=(
        Column("name", _("Name"), site_cell, lambda r: str(r["name"]), "main", "name"),
        Column("people", _("People"), people_cell, lambda r: str(r["people"]), "num nowrap"),
        Column("rooms", _("Rooms"), lambda r: number(r["rooms"]), lambda r: str(r["rooms"]), "side num nowrap"),
        ADDED,
    ),
    sorts=(Sort("name", "g.name_key", "g.id"), Sort("created", "g.created_at", "g.id", "timestamptz")),
    where=where_sites,
)
register(ROOMS, SITES)


@page("accounts:place:view")
def rooms(request: SignedIn) -> HttpResponse:
    """The rooms of the account."""
    manage = request.actor.may(MANAGE)
    frame = Frame(
        title=_("Places"),
        noun=lambda n: ngettext("room", "rooms", n),
        template="places/list.html",
        bulk=(Act(_("Delete"), f"{PATH}/rooms/deletions", last=True),) if manage else (),
        row_acts=room_acts if manage else None,
        row_path=room_path,
        search_words=_("Name"),
        nothing_found=_("There is no such room."),
        nothing_yet=_("No rooms yet. Add those that have a device for meetings, so that they are counted and can be found."),
    )
    return list_page(request, ROOMS, frame, **around(request, f"{PATH}/rooms/new", _("Add a room")))


@page("accounts:place:view")
def sites(request: SignedIn) -> HttpResponse:
    """The sites of the account."""
    manage = request.actor.may(MANAGE)
    frame = Frame(
        title=_("Places"),
        noun=lambda n: ngettext("site", "sites", n),
        template="places/list.html",
        bulk=(Act(_("Delete"), f"{PATH}/sites/deletions", last=True),) if manage else (),
        row_acts=site_acts if manage else None,
        row_path=site_path,
        search_words=_("Name"),
        nothing_found=_("There is no such site."),
        nothing_yet=_("No sites yet. A site is a building, a floor or a city; the first one is the main site."),
    )
    return list_page(request, SITES, frame, **around(request, f"{PATH}/sites/new", _("Add a site")))


def around(request: SignedIn, new: str, words: Any) -> dict[str, Any]:
    """The tabs, the export and the button of a list."""
    here = request.path
    return {
        "tabs": [(_("Rooms"), ROOMS.path, ""), (_("Sites"), SITES.path, "")],
        "export_path": f"{here}/export",
        "new": (words, new) if request.actor.may(MANAGE) else None,
    }


def room_acts(row: Row) -> list[Act]:
    return [Act(_("Edit"), room_path(row)), Act(_("Delete"), f"{PATH}/rooms/deletions?ids={short(row['id'])}", last=True)]


def site_acts(row: Row) -> list[Act]:
    why_no_main = str(_("It is the main site.")) if row["main"] else ""
    return [
        Act(_("Rename"), site_path(row)),
        Act(_("Make it the main site"), f"{site_path(row)}/main", why_not=why_no_main),
        Act(_("People there"), f"/people?{urlencode({'site': row['id'], 'status': list(STATUS)}, doseq=True)}"),
        Act(_("Rooms there"), f"{PATH}?site={short(row['id'])}"),
        Act(_("Delete"), f"{PATH}/sites/deletions?ids={short(row['id'])}", last=True),
    ]


@page("accounts:place:view", ("GET", "POST"))
def rooms_export(request: SignedIn) -> HttpResponseBase:
    return export(request, ROOMS, "rooms.csv")


@page("accounts:place:view", ("GET", "POST"))
def sites_export(request: SignedIn) -> HttpResponseBase:
    return export(request, SITES, "sites.csv")
