"""The trash for people: who was deleted, when, by whom, and how long they can still be restored (portal.md 2; behaviour.md R15)."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.access.actors import name_of
from usher.core.actor import Actor
from usher.core.clock import now
from usher.core.ids import short
from usher.core.keyset import Row, Sort
from usher.core.refusals import Refused
from usher.lifecycle import reads
from usher.people.filters import where
from usher.people.scope import within
from usher.people.selection import MOST_IDS
from usher.portal.listing import Column, Listing, read_wish, register, stream
from usher.portal.listing_export import export
from usher.portal.listing_page import Act, list_page
from usher.portal.page import SignedIn, page
from usher.portal.people.pages import list_frame, may_add, tabs
from usher.portal.people.people_list import EMAIL, moment
from usher.portal.templatetags.usher import avatar, number, when
from usher.portal.wish import ids_of, split


def name_cell(row: Row) -> Any:
    return format_html('<span class="who">{}<span class="ink">{}</span></span>', avatar(name_of(row)), name_of(row))


def by_of(row: Row) -> str:
    return row["by"] or _("Usher")


def left_of(row: Row) -> str:
    """The days that are left, the last one begun counted whole."""
    left = row["purge_at"] - now() if row["purge_at"] else timedelta(0)
    days = max(0, -(-left // timedelta(days=1)))
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": number(days)} if days else _("none")


TRASH = Listing(
    path="/people/trash",
    select="u.id, u.email, u.first_name, u.last_name, u.display_name, d.at, d.purge_at, c.actor_name AS by",
    source="""FROM lifecycle_departure d JOIN people_user u ON u.id = d.user_id JOIN people_standing s ON s.user_id = d.user_id
      LEFT JOIN journal_change c ON c.id = d.change_id WHERE d.account_id = %(account)s AND d.how = 'deleted'""",
    seen=within,
    columns=(
        Column("name", gettext_lazy("Name"), name_cell, name_of, "main", "name"),
        EMAIL,
        Column("deleted", gettext_lazy("Deleted"), lambda r: when(r["at"]), partial(moment, "at"), "num nowrap", "deleted"),
        Column("by", gettext_lazy("By"), by_of, by_of, "nowrap"),
        Column("left", gettext_lazy("Days left"), left_of, partial(moment, "purge_at"), "side num nowrap"),
    ),
    sorts=(
        Sort("name", "u.name_key", "u.id", begins=True),
        Sort("email", "u.canonical", "u.id", begins=True),
        Sort("deleted", "d.at", "d.user_id", "timestamptz"),
    ),
    where=where,
    order="-deleted",
)
register(TRASH)


@page("people:user:view")
def trash(request: SignedIn) -> HttpResponse:
    """The Trash tab."""
    manage, days = may_add(request.actor), reads.trash(request.actor).days
    words = ngettext(
        "Nobody is in the trash. Deleted people stay here for %(n)s day and can be restored with everything they have.",
        "Nobody is in the trash. Deleted people stay here for %(n)s days and can be restored with everything they have.",
        days,
    )
    frame = list_frame(
        request.actor,
        title=_("Users"),
        bulk=(Act(_("Restore"), "/people/trash/restorations"), Act(_("Delete for good"), "/people/trash/purges")) if manage else (),
        row_acts=row_acts if manage else None,
        nothing_yet=words % {"n": number(days)} if days else _("Nobody is in the trash. This account deletes people for good."),
    )
    return list_page(request, TRASH, frame, export_path="/people/trash/export", notice=emptying(request.actor), **tabs(request.actor))


def emptying(actor: Actor) -> dict[str, str]:
    """The way to empty the trash, when there is somebody in it and this actor may."""
    n = reads.trash(actor).n if may_add(actor) else 0
    if not n:
        return {}
    return {
        "words": _("When the days are over, people are deleted for good, with everything they have."),
        "act": _("Empty trash"),
        "path": "/people/trash/purges?all=1",
    }


def row_acts(row: Row) -> list[Act]:
    ids = f"?ids={short(row['id'])}"
    return [Act(_("Restore"), "/people/trash/restorations" + ids), Act(_("Delete for good"), "/people/trash/purges" + ids, last=True)]


@page("people:user:view", ("GET", "POST"))
def trash_export(request: SignedIn) -> HttpResponseBase:
    return export(request, TRASH, "trash.csv")


def chosen_of(request: HttpRequest) -> dict[str, Any]:
    """The people of the trash an address means, as the verbs take them: ids, or all. Refused when it means nobody, or more than fit into one wish."""
    data = request.GET
    wish = read_wish(TRASH, data)
    ids = [str(i) for i in ids_of(split(data, "ids"))]
    if "all" in data and not (wish.q or wish.but or wish.kept):
        return {"all": True}
    if not ids and ("all" in data or wish.kept):
        ids = [str(row["id"]) for row, _n in zip(stream(TRASH, request.actor, wish), range(MOST_IDS + 1), strict=False)]  # type: ignore[attr-defined]
    if not ids:
        raise Refused("invalid", "no_selection", _("Nobody is chosen. Go back, tick the people in the list, and choose again."))
    return {"ids": ids}
