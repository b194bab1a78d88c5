"""Users & Rooms of Phone: who has a phone, who waits for theirs, the trash, and whom one can be given (S3-7, S3-10, S3-13, S3-58, S3-59)."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.access.actors import name_of
from usher.core.actor import Actor
from usher.core.keyset import COUNT_TO, Row, Sort
from usher.people import reads as people
from usher.people.filters import where
from usher.phone import filters, reads
from usher.portal.listing import Column, Filter, Listing, Words, count, register
from usher.portal.listing_export import export
from usher.portal.listing_page import Act, Frame, list_page
from usher.portal.page import SignedIn, page
from usher.portal.people.pages import people_noun
from usher.portal.people.people_list import DEPARTMENT, DEPARTMENT_FILTER, EMAIL, STATUS, moment, text_column
from usher.portal.people.trash import left_of
from usher.portal.phone.acts import assign_acts, bulk_acts, row_acts, use_acts
from usher.portal.phone.columns import (
    EXTENSION,
    MANAGE,
    NAME,
    NUMBERS,
    OFF,
    PACKAGE,
    SITE_FILTER,
    VIEW,
    package_options,
    phone_path,
)
from usher.portal.phone.told import UNUSED, last_used_of, last_used_text
from usher.portal.templatetags.usher import number, status, when
from usher.portal.wish import Wish

ROOMS_PATH = "/phone/rooms"  # rooms.py
BY_FILE = "/phone/users/imports/new"
SOURCE = f"{reads.FROM} WHERE {reads.LIVING}"
WAITS = "FROM people_user u JOIN people_standing s ON s.user_id = u.id WHERE u.account_id = %(account)s AND u.left_at IS NULL"
PERSON = "u.id, u.email, u.first_name, u.last_name, u.display_name, u.department, s.status"
BY_PERSON = (reads.SORTS[0], *(s for s in people.SORTS if s.key in ("email", "department")))


SET_UP: dict[str, Words] = {"yes": gettext_lazy("Set up"), "no": gettext_lazy("Not set up"), "off": STATUS["inactive"][1]}


def set_up_of(row: Row) -> tuple[str, Words]:
    if row["deactivated_at"]:
        return STATUS["inactive"]
    return ("ok", SET_UP["yes"]) if row["set_up_at"] else ("pend", SET_UP["no"])


def near(actor: Actor, query: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Where else somebody stands whom a search finds nowhere among the phones in use: waiting, in the trash, or without a phone."""
    wish = Wish(q=str(query.get("q", "")))
    if count(USERS, actor, wish, 1):
        return []
    found = [(listing, words, count(listing, actor, wish, COUNT_TO + 1)) for listing, words in elsewhere(actor)]
    return [(words(n) % {"n": number(n)}, f"{listing.path}?{urlencode({'q': wish.q})}") for listing, words, n in found if n]


def elsewhere(actor: Actor) -> list[tuple[Listing, Any]]:
    """The other lists, each with what is said of those who are found there."""
    return [
        (PENDING, lambda n: ngettext("%(n)s person who waits for a phone matches", "%(n)s people who wait for a phone match", n)),
        (TRASH, lambda n: ngettext("%(n)s phone in the trash matches", "%(n)s phones in the trash match", n)),
        *(
            [(WITHOUT, lambda n: ngettext("%(n)s person without a phone matches", "%(n)s people without a phone match", n))]
            if actor.may(MANAGE)
            else []
        ),
    ]


USERS = Listing(
    path="/phone/users",
    select=f"{reads.COLUMNS}, {OFF}",
    source=f"{SOURCE} AND h.state = 'active'",  # in so many words, as the index of extensions says it
    columns=(
        NAME,
        EXTENSION,
        NUMBERS,
        PACKAGE,
        text_column("site", gettext_lazy("Site"), shown=True),
        Column("set_up", gettext_lazy("Status"), lambda r: status(*set_up_of(r)), lambda r: str(set_up_of(r)[1]), "nowrap"),
        replace(EMAIL, css="clip", shown=False),
        replace(DEPARTMENT, shown=False),
        text_column("template", gettext_lazy("Template")),
        text_column("cost_center", gettext_lazy("Cost center")),
        Column("last_used", gettext_lazy("Last used"), last_used_of, last_used_text, "num nowrap", shown=False),
        Column("since", gettext_lazy("Since"), lambda r: when(r["since"]), partial(moment, "since"), "num nowrap", "since", False),
    ),
    sorts=(*reads.SORTS, *BY_PERSON[1:]),
    where=filters.where,
    counted=filters.counted,
    fixed={"phone": ["active"]},
    filters=(
        SITE_FILTER,
        Filter("package", gettext_lazy("Package"), package_options),
        Filter("set_up", gettext_lazy("Status"), lambda actor: list(SET_UP.items())),
        DEPARTMENT_FILTER,
        Filter("phone_unused", gettext_lazy("Not used"), lambda actor: list(UNUSED.items())),
    ),
    near=near,
)
PENDING = Listing(
    path="/phone/pending",
    select=PERSON,
    source=WAITS,
    columns=(
        NAME,
        EMAIL,
        DEPARTMENT,
        Column("status", gettext_lazy("Person"), lambda r: status(*STATUS[r["status"]]), lambda r: str(STATUS[r["status"]][1]), "side"),
    ),
    sorts=BY_PERSON,
    where=where,
    fixed={"phone": ["waiting"]},
    filters=(DEPARTMENT_FILTER,),
)
TRASH = Listing(
    path="/phone/trash",
    select=reads.COLUMNS,
    source=SOURCE,
    columns=(
        NAME,
        replace(EXTENSION, css="num nowrap"),
        EMAIL,
        Column("away", gettext_lazy("In the trash since"), lambda r: when(r["away_at"]), partial(moment, "away_at"), "num nowrap", "away"),
        Column("left", gettext_lazy("Days left"), left_of, partial(moment, "purge_at"), "side num nowrap"),
    ),
    sorts=(*reads.SORTS[:2], BY_PERSON[1], Sort("away", "h.away_at", "h.user_id", "timestamptz")),
    order="-away",
    where=filters.where,
    fixed={"phone": ["trash"]},
    filters=(SITE_FILTER,),
)
WITHOUT = Listing(
    path="/phone/people",
    select=PERSON,
    source=WAITS,
    columns=(NAME, EMAIL, DEPARTMENT),
    sorts=BY_PERSON,
    where=where,
    fixed={"phone": ["none"], "status": ["active"]},
    filters=(DEPARTMENT_FILTER, Filter("site", gettext_lazy("Site"), SITE_FILTER.options)),
)
register(USERS, PENDING, TRASH, WITHOUT)


def around(actor: Actor, title: Words, nothing_yet: Words, bulk: tuple[Act, ...], **more: Any) -> Frame:
    return Frame(
        title=title,
        noun=people_noun,
        template="phone/list.html",
        bulk=bulk if actor.may(MANAGE) else (),
        row_name=name_of,
        nothing_yet=nothing_yet,
        row_path=phone_path,
        **{"search_words": _("Name, e-mail, extension or number"), **more},
    )


def tabs(actor: Actor, add_path: str = WITHOUT.path) -> dict[str, Any]:
    """The tabs with their counts, and the way to give somebody, or a room, a phone."""
    n, bin = reads.totals(actor), reads.settings(actor)["soft_delete"]
    every = [
        (_("Users"), USERS.path, number(n["active"])),
        (_("Rooms"), ROOMS_PATH, number(n["rooms"])),
        (_("Pending"), PENDING.path, number(n["pending"])),
    ]
    if bin or n["trash"]:
        every.append((_("Trash"), TRASH.path, number(n["trash"])))
    return {"tabs": every, "add_path": add_path if actor.may(MANAGE) else ""}


@page(VIEW)
def users(request: SignedIn) -> HttpResponse:
    """The Users tab: who has a phone."""
    bin = reads.settings(request.actor)["soft_delete"]
    words = _("Nobody has a phone yet. Choose people and give them one: each gets an extension at once.")
    acts = partial(row_acts, request.actor, phone_path, USERS.path, bin)
    first = assign_acts(request.actor, phone_path, USERS.path)
    frame = around(
        request.actor, _("Users & Rooms"), words, bulk_acts(USERS.path, bin, use_acts(USERS.path)), row_acts=acts, row_first=first
    )
    by_file = BY_FILE if request.actor.may(MANAGE) else ""
    return list_page(request, USERS, frame, export_path=f"{USERS.path}/export", by_file=by_file, **tabs(request.actor))


@page(VIEW, ("GET", "POST"))
def users_export(request: SignedIn) -> HttpResponseBase:
    return export(request, USERS, "phone-users.csv")


@page(VIEW)
def pending(request: SignedIn) -> HttpResponse:
    """The Pending tab: who holds Phone, and has no extension yet."""
    words = _("Nobody waits. Whoever holds Phone and is invited stands here until they activate.")
    frame = around(request.actor, _("Users & Rooms"), words, (), search_words=_("Name or e-mail"))
    return list_page(request, PENDING, frame, export_path=f"{PENDING.path}/export", **tabs(request.actor))


@page(VIEW, ("GET", "POST"))
def pending_export(request: SignedIn) -> HttpResponseBase:
    return export(request, PENDING, "phone-pending.csv")


@page(MANAGE)
def without(request: SignedIn) -> HttpResponse:
    """Choose people who get a phone: some by hand, or all that match (S3-13, S3-14)."""
    words = _("Everybody who is active has a phone.")
    frame = around(
        request.actor,
        _("Choose people"),
        words,
        (Act(_("Give a phone"), "/phone/users/additions"),),
        search_words=_("Name or e-mail"),
        hundred=hundred_words(),
    )
    note = _("Tick up to 100 people, or filter the list and select all that match. Then choose “Give a phone”.")
    crumbs = [(_("Users & Rooms"), USERS.path), (_("Choose people"), "")]
    return list_page(request, WITHOUT, frame, tabs=[], crumbs=crumbs, picking=note, picked_for=USERS.path, by_file=BY_FILE)


def hundred_words() -> str:
    """What is said to whoever picks one more by hand (S3-14)."""
    return _("By hand, 100 people at a time. For more, filter the list and select all that match, or add them by a file.")
