"""The Rooms tab of Users & Rooms: which rooms have a phone, and which can be given one (S3-3, S3-10)."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.accounts.places import ROOM_KINDS
from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.keyset import Row
from usher.phone import room_reads
from usher.phone.room_selection import FROM, where
from usher.portal.listing import Column, Filter, Listing, register
from usher.portal.listing_export import export
from usher.portal.listing_page import Act, Frame, list_page
from usher.portal.page import SignedIn, page
from usher.portal.people.people_list import moment, text_column
from usher.portal.phone.acts import assign_acts, bulk_acts, row_acts
from usher.portal.phone.columns import EXTENSION, MANAGE, NUMBERS, OFF, PACKAGE, SITE_FILTER, VIEW, package_options
from usher.portal.phone.lists import ROOMS_PATH as PATH
from usher.portal.phone.lists import tabs
from usher.portal.templatetags.usher import when


def room_path(row: Row) -> str:
    return f"{PATH}/{short(row['id'])}"


def name_cell(row: Row) -> Any:
    return format_html('<span class="who"><a href="{}">{}</a></span>', room_path(row), row["name"])


def kind_of(row: Row) -> str:
    return str(ROOM_KINDS.get(row["kind"], row["kind"]))


NAME = Column("name", gettext_lazy("Name"), name_cell, lambda r: str(r["name"]), "main", "name")
KIND = Column("kind", gettext_lazy("Type"), kind_of, kind_of, "nowrap", shown=False)
KIND_FILTER = Filter("kind", gettext_lazy("Type"), lambda actor: list(ROOM_KINDS.items()))
SOURCE = f"{FROM} WHERE {room_reads.HERE}"
ROOMS = Listing(
    path=PATH,
    select=f"{room_reads.COLUMNS}, {OFF}",
    source=SOURCE,
    columns=(
        NAME,
        EXTENSION,
        NUMBERS,
        PACKAGE,
        text_column("site", gettext_lazy("Site"), shown=True),
        KIND,
        text_column("place", gettext_lazy("Stands at")),
        text_column("template", gettext_lazy("Template")),
        Column("since", gettext_lazy("Since"), lambda r: when(r["since"]), partial(moment, "since"), "num nowrap", "since", False),
    ),
    sorts=room_reads.SORTS,
    where=where,
    fixed={"phone": ["active"]},
    filters=(SITE_FILTER, Filter("package", gettext_lazy("Package"), package_options), KIND_FILTER),
)
WITHOUT = Listing(
    path=f"{PATH}/without",
    select=room_reads.COLUMNS,
    source=SOURCE,
    columns=(NAME, replace(KIND, css="meta nowrap", shown=True), text_column("place", gettext_lazy("Site"), css="side nowrap", shown=True)),
    sorts=(room_reads.SORTS[0],),
    where=where,
    fixed={"phone": ["none"]},
    filters=(Filter("site", gettext_lazy("Site"), SITE_FILTER.options), KIND_FILTER),
)
register(ROOMS, WITHOUT)


def around(actor: Actor, title: str, nothing_yet: str, bulk: tuple[Act, ...], **more: Any) -> Frame:
    return Frame(
        title=title,
        noun=lambda n: ngettext("room", "rooms", n),
        template="phone/list.html",
        bulk=bulk if actor.may(MANAGE) else (),
        search_words=_("Name, extension or number"),
        nothing_found=_("There is no such room."),
        nothing_yet=nothing_yet,
        row_path=room_path,
        **more,
    )


@page(VIEW)
def rooms(request: SignedIn) -> HttpResponse:
    """The Rooms tab: which rooms have a phone."""
    words = _("No room has a phone yet. Choose rooms and give them one: each gets an extension at once.")
    acts = partial(row_acts, request.actor, room_path, PATH, False)
    first = assign_acts(request.actor, room_path, PATH)
    frame = around(request.actor, _("Users & Rooms"), words, bulk_acts(PATH), row_acts=acts, row_first=first)
    return list_page(request, ROOMS, frame, export_path=f"{PATH}/export", **tabs(request.actor, WITHOUT.path))


@page(VIEW, ("GET", "POST"))
def rooms_export(request: SignedIn) -> HttpResponseBase:
    return export(request, ROOMS, "phone-rooms.csv")


@page(MANAGE)
def without(request: SignedIn) -> HttpResponse:
    """Choose rooms that get a phone: some by hand, or all that match."""
    words = _("Every room has a phone. Rooms are added under Account, Places.")
    frame = around(request.actor, _("Choose rooms"), words, (Act(_("Give a phone"), f"{PATH}/additions"),))
    note = _("Tick rooms, or filter the list and select all that match. Then choose “Give a phone”.")
    crumbs = [(_("Rooms"), PATH), (_("Choose rooms"), "")]
    return list_page(request, WITHOUT, frame, tabs=[], crumbs=crumbs, picking=note, picked_for=PATH)
