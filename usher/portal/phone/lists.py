"""Users & Rooms of Phone: who has a phone, who waits for theirs, the trash, and whom one can be given (S3-7, S3-10, S3-13, S3-58, S3-59)."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.access.actors import name_of
from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.keyset import Row
from usher.licenses.catalog import PRODUCTS
from usher.people import reads as people
from usher.people.filters import where
from usher.phone import reads
from usher.phone.numbering import shown
from usher.portal.listing import Column, Filter, Listing, Words, register
from usher.portal.listing_export import export
from usher.portal.listing_page import Act, Frame, list_page
from usher.portal.page import SignedIn, page
from usher.portal.people.pages import people_noun
from usher.portal.people.people_list import DEPARTMENT, DEPARTMENT_FILTER, EMAIL, STATUS, moment, person_path, text_column
from usher.portal.people.trash import left_of
from usher.portal.phone.told import UNUSED, last_used_of, last_used_text
from usher.portal.templatetags.usher import avatar, number, status, when

VIEW, MANAGE = "phone:user:view", "phone:user:manage"
ROOMS_PATH = "/phone/rooms"  # rooms.py
BY_FILE = "/phone/users/imports/new"
OFF = "ARRAY(SELECT o.product FROM phone_package o WHERE o.account_id = %(account)s) AS off"
SOURCE = f"{reads.FROM} WHERE {reads.LIVING}"
WAITS = "FROM people_user u JOIN people_standing s ON s.user_id = u.id WHERE u.account_id = %(account)s AND u.left_at IS NULL"
PERSON = "u.id, u.email, u.first_name, u.last_name, u.display_name, u.department, s.status"


def phone_path(row: Row) -> str:
    return f"/people/{short(row['id'])}/phone"


def name_cell(row: Row) -> Any:
    return format_html('<span class="who">{}<a href="{}">{}</a></span>', avatar(name_of(row)), phone_path(row), name_of(row))


def numbers_of(row: Row) -> str:
    return ", ".join(row["numbers"])


def numbers_cell(row: Row) -> Any:
    return format_html_join(", ", "<bdi>{}</bdi>", ((shown(n),) for n in row["numbers"]))


def packages_of(row: Row) -> str:
    return ", ".join(PRODUCTS[p].name for p in row["packages"])


def packages_cell(row: Row) -> Any:
    """An inactive one has the word beside it, in red and in parentheses (S3-59)."""
    told = (
        (PRODUCTS[p].name, format_html(' <span class="bad">({})</span>', _("inactive")) if p in row["off"] else "") for p in row["packages"]
    )
    return format_html_join(", ", "{}{}", told) or format_html('<span class="mute">{}</span>', _("none"))


def set_up_of(row: Row) -> tuple[str, Words]:
    return ("ok", gettext_lazy("Set up")) if row["set_up_at"] else ("pend", gettext_lazy("Not set up"))


def packages_here(actor: Actor, inactive: Any) -> list[tuple[str, Words]]:
    """The packages this account ever bought, the inactive ones with that word; who holds an active or an inactive one, and who has none."""
    there = reads.packages(actor) if actor.may("phone:package:view") else []
    return [
        *((p["product"], p["name"] if p["active"] else format_html("{} {}", p["name"], inactive)) for p in there),
        ("active", gettext_lazy("an active package")),
        ("inactive", gettext_lazy("an inactive package")),
        ("none", gettext_lazy("no calling plan")),
    ]


def package_options(actor: Actor) -> list[tuple[str, Words]]:
    """What the list is filtered by (S3-57)."""
    return packages_here(actor, _("(inactive)"))


def package_menu(actor: Actor) -> list[tuple[str, Words]]:
    """The same behind the header of the column, with the word in red (S3-58, S3-59)."""
    return packages_here(actor, format_html('<span class="bad">({})</span>', _("inactive")))


PACKAGE = Column(
    "packages",
    gettext_lazy("Package"),
    packages_cell,
    packages_of,
    "meta",
    menu=Filter("package", gettext_lazy("Package"), package_menu),
)
EXTENSION = Column(
    "extension",
    gettext_lazy("Extension"),
    lambda r: format_html("<bdi>{}</bdi>", r["extension"]),
    lambda r: str(r["extension"]),
    "side num nowrap",
    "extension",
)
NAME = Column("name", gettext_lazy("Name"), name_cell, name_of, "main", "name")
SITE_FILTER = Filter("phone_site", gettext_lazy("Site"), lambda actor: [(str(s["id"]), s["name"]) for s in people.sites(actor)[:50]])
USERS = Listing(
    path="/phone/users",
    select=f"{reads.COLUMNS}, {OFF}",
    source=f"{SOURCE} AND h.state = 'active'",  # in so many words, as the index of extensions says it
    columns=(
        NAME,
        EXTENSION,
        Column("numbers", gettext_lazy("Numbers"), numbers_cell, numbers_of, "nowrap"),
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
    sorts=reads.SORTS,
    where=where,
    fixed={"phone": ["active"]},
    filters=(
        SITE_FILTER,
        Filter("package", gettext_lazy("Package"), package_options),
        Filter("set_up", gettext_lazy("Status"), lambda actor: [("yes", gettext_lazy("Set up")), ("no", gettext_lazy("Not set up"))]),
        DEPARTMENT_FILTER,
        Filter("phone_unused", gettext_lazy("Not used"), lambda actor: list(UNUSED.items())),
    ),
)
PENDING = Listing(
    path="/phone/pending",
    select=PERSON,
    source=WAITS,
    columns=(
        Column("name", gettext_lazy("Name"), name_cell, name_of, "main", "name"),
        EMAIL,
        DEPARTMENT,
        Column("status", gettext_lazy("Person"), lambda r: status(*STATUS[r["status"]]), lambda r: str(STATUS[r["status"]][1]), "side"),
    ),
    sorts=(reads.SORTS[0],),
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
        EXTENSION,
        EMAIL,
        Column("away", gettext_lazy("In the trash since"), lambda r: when(r["away_at"]), partial(moment, "away_at"), "num nowrap"),
        Column("left", gettext_lazy("Days left"), left_of, partial(moment, "purge_at"), "num nowrap"),
    ),
    sorts=reads.SORTS[:2],
    where=where,
    fixed={"phone": ["trash"]},
    filters=(SITE_FILTER,),
)
WITHOUT = Listing(
    path="/phone/people",
    select=PERSON,
    source=WAITS,
    columns=(Column("name", gettext_lazy("Name"), name_cell, name_of, "main", "name"), EMAIL, DEPARTMENT),
    sorts=(reads.SORTS[0],),
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
        search_words=_("Name, e-mail, extension or number"),
        nothing_found=_("Nobody matches."),
        nothing_yet=nothing_yet,
        **{"row_path": phone_path, **more},
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
    bulk = (
        Act(_("Assign package"), "/phone/users/package-assignments"),
        Act(_("Site"), "/phone/users/site-changes"),
        Act(_("Template"), "/phone/users/template-applications"),
        Act(_("Remove all packages"), "/phone/users/package-removals"),
        *((Act(_("Move to trash"), "/phone/users/trashings"),) if bin else ()),
        Act(_("Remove"), "/phone/users/removals", last=True, why_not=_("Move them to the trash first.") if bin else ""),
    )
    words = _("Nobody has a phone yet. Choose people and give them one: each gets an extension at once.")
    acts = partial(row_acts, request.actor, bin)
    frame = around(
        request.actor, _("Users & Rooms"), words, bulk, row_acts=acts, row_first=assign_acts(request.actor, phone_path, USERS.path)
    )
    by_file = BY_FILE if request.actor.may(MANAGE) else ""
    return list_page(request, USERS, frame, export_path=f"{USERS.path}/export", by_file=by_file, **tabs(request.actor))


def assign_acts(actor: Actor, path_of: Callable[[Row], str], path: str) -> Callable[[Row], tuple[Words, list[Act]]] | None:
    """The menu *Assign* in the last column: a package, a number (S3-26). Nothing for who may not."""
    if not actor.may(MANAGE):
        return None

    def acts(row: Row) -> tuple[Words, list[Act]]:
        planless = "" if any(p.startswith("calling:") for p in row["packages"]) else _("Needs a calling plan.")
        closed = "" if actor.may("phone:number:manage") else _("This needs the right to manage phone numbers.")
        package = Act(_("Assign package"), f"{path}/package-assignments?ids={short(row['id'])}")
        return _("Assign"), [package, Act(_("Assign a number"), f"{path_of(row)}/numbers", why_not=closed or planless)]

    return acts


def row_acts(actor: Actor, bin: bool, row: Row) -> list[Act]:
    """The menu of a row: the other choices above the list (S3-47, S3-56, S3-61)."""
    ids, closed = f"?ids={short(row['id'])}", "" if actor.may(MANAGE) else _("This needs the right to manage phone users.")
    no_trash = closed or ("" if not bin else _("Move it to the trash first."))
    return [
        Act(_("Open"), phone_path(row)),
        Act(_("Extension"), f"{phone_path(row)}/extension", why_not=closed),
        Act(_("Site"), "/phone/users/site-changes" + ids, why_not=closed),
        Act(
            _("Remove all packages"),
            "/phone/users/package-removals" + ids,
            why_not=closed or ("" if row["packages"] else _("It has none.")),
        ),
        *([Act(_("Move to trash"), "/phone/users/trashings" + ids, why_not=closed)] if bin else []),
        Act(_("Remove"), "/phone/users/removals" + ids, last=True, why_not=no_trash),
    ]


@page(VIEW, ("GET", "POST"))
def users_export(request: SignedIn) -> HttpResponseBase:
    return export(request, USERS, "phone-users.csv")


@page(VIEW)
def pending(request: SignedIn) -> HttpResponse:
    """The Pending tab: who holds Phone, and has no extension yet."""
    words = _("Nobody waits. Whoever holds Phone and is invited stands here until they activate.")
    frame = around(request.actor, _("Users & Rooms"), words, (), row_path=person_path)
    return list_page(request, PENDING, frame, **tabs(request.actor))


@page(MANAGE)
def without(request: SignedIn) -> HttpResponse:
    """Choose people who get a phone: some by hand, or all that match (S3-13, S3-14)."""
    words = _("Everybody who is active has a phone.")
    frame = around(
        request.actor,
        _("Choose people"),
        words,
        (Act(_("Give a phone"), "/phone/users/additions"),),
        row_path=person_path,
        hundred=hundred_words(),
    )
    note = _("Tick up to 100 people, or filter the list and select all that match. Then choose “Give a phone”.")
    return list_page(request, WITHOUT, frame, tabs=[], picking=note, picked_for=USERS.path, by_file=BY_FILE)


def hundred_words() -> str:
    """What is said to whoever picks one more by hand (S3-14)."""
    return _("By hand, 100 people at a time. For more, filter the list and select all that match, or add them by a file.")
