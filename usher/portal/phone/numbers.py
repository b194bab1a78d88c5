"""Numbers and packages of Phone: the inventory, whose each is, and what was bought (S3-5, S3-27, S3-28, S3-39, S3-57)."""

import contextlib
from collections.abc import Mapping
from functools import partial
from typing import Any, BinaryIO, cast
from uuid import uuid4

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core.actor import Actor
from usher.core.csv_text import first_cells
from usher.core.ids import short
from usher.core.keyset import Row, Sort
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import plan
from usher.people import reads as people
from usher.people.filters import like_literal
from usher.phone import reads, room_reads
from usher.phone.numbering import KINDS, shown
from usher.phone.verbs.numbers import MOST
from usher.portal.listing import Column, Filter, Listing, read_wish, register, stream
from usher.portal.listing_export import export
from usher.portal.listing_page import Act, Frame, list_page
from usher.portal.page import SignedIn, key_of, page
from usher.portal.people.belonging import Ask, plan_or_ask
from usher.portal.people.people_list import moment
from usher.portal.phone.assigning import FEW
from usher.portal.phone.columns import VIEW, without_ways
from usher.portal.plan_page import Look, plan_page
from usher.portal.templatetags.usher import number, when
from usher.portal.wish import clean, ids_of, split

PATH, MANAGE = "/phone/numbers", "phone:number:manage"


def number_cell(row: Row) -> Any:
    return format_html('<span class="who"><bdi>{}</bdi></span>', shown(row["number"]))


def holder_cell(row: Row) -> Any:
    if not row["holder_id"]:
        return format_html('<span class="mute">{}</span>', _("free"))
    path = f"/people/{short(row['user_id'])}/phone" if row["user_id"] else f"/phone/rooms/{short(row['room_id'])}"
    tag = format_html(' <span class="u-tag">{}</span>', _("Caller ID")) if row["caller"] else ""
    return format_html('<a href="{}">{}</a> <bdi class="mute">{}</bdi>{}', path, row["holder"], row["extension"], tag)


def where_numbers(query: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """By digits of the number or words of its holder's name; free ones, or those somebody has; by kind."""
    clauses: list[str] = ["n.account_id = %(account)s"]
    params: dict[str, Any] = {}
    for n, word in enumerate(str(query.get("q") or "").replace("\x00", "").split()[:8]):
        clauses.append(f"(n.number LIKE %(f_q{n})s OR u.search LIKE usher_fold(%(f_q{n})s) OR r.name_key LIKE usher_fold(%(f_q{n})s))")
        params[f"f_q{n}"] = f"%{like_literal(word)}%"
    if held := query.get("held"):
        clauses.append("(CASE WHEN n.holder_id IS NULL THEN 'free' ELSE 'held' END) = ANY(%(f_held)s)")
        params["f_held"] = list(held)
    if kinds := query.get("kind"):
        clauses.append("n.kind = ANY(%(f_kind)s)")
        params["f_kind"] = list(kinds)
    return " AND ".join(clauses), params


NUMBERS = Listing(
    path=PATH,
    select=reads.NUMBER,
    source=f"{reads.NUMBER_FROM} WHERE {reads.NUMBER_HERE}",
    columns=(
        Column("name", gettext_lazy("Number"), number_cell, lambda r: str(r["number"]), "main nowrap", "name"),
        Column("holder", gettext_lazy("Whose number"), holder_cell, lambda r: str(r["holder"] or ""), "meta"),
        Column("kind", gettext_lazy("Kind"), lambda r: str(KINDS[r["kind"]]), lambda r: str(r["kind"]), "nowrap"),
        Column("country", gettext_lazy("Country"), lambda r: r["country"], lambda r: str(r["country"]), "side nowrap"),
        Column("since", gettext_lazy("Since"), lambda r: when(r["since"]), partial(moment, "since"), "num nowrap"),
    ),
    sorts=(Sort("name", "n.number", "n.id"),),
    where=where_numbers,
    filters=(
        Filter("held", gettext_lazy("State"), lambda actor: [("free", gettext_lazy("free")), ("held", gettext_lazy("somebody’s"))]),
        Filter("kind", gettext_lazy("Kind"), lambda actor: list(KINDS.items())),
    ),
)
register(NUMBERS)


@page("phone:number:view")
def numbers(request: SignedIn) -> HttpResponse:
    """The inventory."""
    manage = request.actor.may(MANAGE)
    bulk = (
        Act(_("Assign"), f"{PATH}/assignments"),
        Act(_("Take back"), f"{PATH}/returns"),
        Act(_("Release"), f"{PATH}/releases", last=True),
    )
    frame = Frame(
        title=_("Numbers"),
        noun=lambda n: ngettext("number", "numbers", n),
        template="phone/list.html",
        bulk=bulk if manage else (),
        row_acts=number_acts if manage else None,
        row_name=lambda row: str(row["number"]),
        search_words=_("Number or name"),
        nothing_found=_("There is no such number."),
        nothing_yet=_("No numbers yet. Add those your carrier has given you."),
    )
    listing = NUMBERS if request.actor.may(VIEW) else without_ways(NUMBERS, "holder")
    return list_page(request, listing, frame, export_path=f"{PATH}/export", tabs=[], may_add_numbers=manage)


def number_acts(row: Row) -> list[Act]:
    ids, held = f"?ids={short(row['id'])}", row["holder_id"]
    return [
        Act(_("Move") if held else _("Assign"), f"{PATH}/assignments" + ids),
        Act(_("Take back"), f"{PATH}/returns" + ids, why_not="" if held else _("Nobody has it.")),
        Act(_("Release"), f"{PATH}/releases" + ids, last=True, why_not=_("Somebody has it.") if held else ""),
    ]


@page("phone:number:view", ("GET", "POST"))
def numbers_export(request: SignedIn) -> HttpResponseBase:
    return export(request, NUMBERS, "numbers.csv")


@page(MANAGE, ("GET", "POST"))
def new_numbers(request: SignedIn) -> HttpResponse:
    """Paste numbers, one a line, or choose a file; the change tells which lines were left alone."""
    given = {"numbers": request.POST.get("numbers", ""), "country": request.POST.get("country", "").strip()}
    trouble: dict[str, Any] = {}
    if request.method == "POST":
        try:
            wish = {"numbers": lines_in(request), "country": given["country"]}
            started = engine.start(plan(request.actor, "phone.add_numbers", wish), key_of(request))
            address = f"/changes/{started.number}" if started.number else PATH
            if request.headers.get("HX-Request") == "true":
                return HttpResponse(status=204, headers={"HX-Redirect": address})
            return HttpResponseRedirect(address, status=303)
        except Refused as refused:
            if refused.kind == "forbidden":
                raise
            trouble = {"field": refused.field or "numbers", "words": refused.words}
    template = "phone/numbers_new.html" + ("#dialog" if request.headers.get("HX-Request") == "true" else "")
    context = {"given": given, "trouble": trouble, "key": uuid4().hex, "most": number(MOST), "back": PATH}
    return render(request, template, context, status=422 if trouble else 200)


def lines_in(request: SignedIn) -> list[str]:
    """What was pasted, line by line, then the first column of a file."""
    file, pasted = request.FILES.get("file"), request.POST.get("numbers", "").replace(",", "\n").replace(";", "\n")
    lines = [text for line in pasted.splitlines() if (text := line.strip())]
    return lines + (first_cells(cast(BinaryIO, file.file), MOST) if file and file.file else [])


def chosen(request: SignedIn) -> list[str]:
    """The numbers an address means."""
    ids = [str(i) for i in ids_of(split(request.GET, "ids"))]
    if not ids and ("all" in request.GET or "selection" in request.GET):
        rows = stream(NUMBERS, request.actor, read_wish(NUMBERS, request.GET))
        ids = [str(row["id"]) for row, _n in zip(rows, range(MOST + 1), strict=False)]
    return ids


def look_at(title: str, button: Any, **more: Any) -> Look:
    return Look(title=title, crumbs=[(_("Numbers"), PATH), (title, "")], button=button, back=(_("Cancel"), PATH), **more)


@page(MANAGE, ("GET", "POST"))
def assignment(request: SignedIn) -> HttpResponseBase:
    """Give numbers to the phone of one person or room, also those that others have."""
    email = request.GET.get("holder", "")
    ask = Ask(
        "holder",
        _("Whose number"),
        "text",
        email,
        [],
        _("The e-mail address of somebody, or the name of a room, with a phone and a calling plan."),
        f"{PATH}/holders",
    )
    look = look_at(_("Assign numbers"), lambda n: ngettext("Assign %(n)s number", "Assign %(n)s numbers", n) % {"n": number(n)})
    holder = holder_of(request.actor, email) if email else ""
    params = {"numbers": chosen(request), "holder": holder}
    return plan_or_ask(request, "phone.move_numbers" if email else "", params, look, [ask], _("Who shall have it?"))


def holder_of(actor: Actor, given: str) -> str:
    """The id of the person with this address in any usual spelling, or for who may see phones of the one room with this name. The verb refuses those
    without a phone, and nobody at all, with the same words.
    """
    with contextlib.suppress(Refused):
        return str(people.person_by_address(actor, given)["id"])
    named = room_reads.page(actor, {"q": given}, limit=50).rows if actor.may(VIEW) else []
    rooms = [str(r["id"]) for r in named if r["name"].lower() == given.strip().lower()]
    return rooms[0] if len(rooms) == 1 else ""


@page(MANAGE)
def holders(request: SignedIn) -> HttpResponse:
    """Phones with these words, as options of a datalist: people by their addresses, rooms by their names. Nothing for who may not see phones."""
    text = clean(request.GET.get("holder", ""))
    names = []
    if len(text) > 1 and request.actor.may(VIEW):
        names = [str(row["email"]) for row in reads.page(request.actor, {"q": text}, limit=FEW).rows]
        names += [str(row["name"]) for row in room_reads.page(request.actor, {"q": text}, limit=FEW).rows]
    return render(request, "groups/close.html", {"names": names[:FEW]})


@page(MANAGE, ("GET", "POST"))
def taking_back(request: SignedIn) -> HttpResponseBase:
    """Take numbers back from whoever has them."""
    look = look_at(_("Take numbers back"), lambda n: ngettext("Take %(n)s number back", "Take %(n)s numbers back", n) % {"n": number(n)})
    return plan_page(request, plan(request.actor, "phone.unassign_numbers", {"numbers": chosen(request)}), look)


@page(MANAGE, ("GET", "POST"))
def release(request: SignedIn) -> HttpResponseBase:
    """Numbers leave the inventory."""
    look = look_at(_("Release numbers"), lambda n: ngettext("Release %(n)s number", "Release %(n)s numbers", n) % {"n": number(n)})
    return plan_page(request, plan(request.actor, "phone.release_numbers", {"numbers": chosen(request)}), look)


@page("phone:package:view")
def packages(request: SignedIn) -> HttpResponse:
    """The calling packages of the account with their seats; an inactive one says so in red (S3-57, S3-59)."""
    context = {
        "packages": reads.packages(request.actor),
        "may_change": request.actor.may("phone:package:manage"),
        "may_see": request.actor.may(VIEW),
    }
    return render(request, "phone/packages.html", context)


@page("phone:package:manage", ("GET", "POST"))
def package_switch(request: SignedIn) -> HttpResponseBase:
    """Make a package inactive, or active again."""
    active = request.GET.get("to") == "active"
    title = _("Make a package active") if active else _("Make a package inactive")
    back = "/phone/packages"
    look = Look(
        title=title,
        crumbs=[(_("Packages"), back), (title, "")],
        button=lambda n: _("Make it active") if active else _("Make it inactive"),
        back=(_("Cancel"), back),
        note="" if active else _("Who holds it keeps it and can be found; nobody gets it any more."),
    )
    return plan_page(
        request, plan(request.actor, "phone.switch_package", {"package": request.GET.get("package", ""), "active": active}), look
    )
