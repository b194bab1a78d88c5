"""The never-touch list: who is marked, as what, why and since when (behaviour.md I; portal.md section 4)."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from usher.access.actors import name_of
from usher.core.ids import short
from usher.core.keyset import Row, Sort
from usher.people import marks
from usher.people.filters import where
from usher.portal.listing import Column, Filter, Listing, register
from usher.portal.listing_export import export
from usher.portal.listing_page import Act, Frame, list_page
from usher.portal.page import SignedIn, page
from usher.portal.people.pages import people_noun
from usher.portal.people.people_list import EMAIL, person_path
from usher.portal.templatetags.usher import avatar, when


def name_cell(row: Row) -> Any:
    return format_html('<span class="who">{}<a href="{}">{}</a></span>', avatar(name_of(row)), person_path(row), name_of(row))


def kind_of(row: Row) -> str:
    return str(marks.KINDS[row["kind"]])


NEVER_TOUCH = Listing(
    path="/account/never-touch",
    select="u.id, u.email, u.first_name, u.last_name, u.display_name, s.status, k.kind, k.why, k.at",
    source=f"{marks.FROM} WHERE {marks.LIVING}",
    columns=(
        Column("name", _("Name"), name_cell, name_of, "main", "name"),
        EMAIL,
        Column("mark", _("Mark"), lambda r: format_html('<span class="u-tag">{}</span>', kind_of(r)), kind_of, "side nowrap"),
        Column("why", _("Why"), lambda r: r["why"], lambda r: str(r["why"]), "clip"),
        Column("since", _("Since"), lambda r: when(r["at"]), lambda r: r["at"].isoformat(timespec="seconds"), "num nowrap", "since"),
    ),
    sorts=(
        Sort("since", "k.at", "k.user_id", "timestamptz"),
        Sort("name", "u.name_key", "u.id"),
        Sort("email", "u.canonical", "u.id"),
    ),
    where=where,
    filters=(Filter("mark", _("Mark"), lambda actor: list[tuple[str, str | Promise]](marks.KINDS.items())),),
    order="-since",
)
register(NEVER_TOUCH)


@page("people:mark:view")
def never_touch(request: SignedIn) -> HttpResponse:
    """Whom nothing done to many touches."""
    may = request.actor.may("people:mark:manage")
    frame = Frame(
        title=_("Never-touch list"),
        noun=people_noun,
        template="account/never_touch.html",
        row_name=name_of,
        row_path=person_path,
        bulk=(Act(_("Take off the list"), "/people/mark-removals"),) if may else (),
        row_acts=partial(row_acts, may),
        search_words=_("Name or e-mail"),
        nothing_found=_("Nobody on the list matches."),
        nothing_yet=_(
            "Nobody is on the list. Put people there whom nothing done to many shall touch: the chief executive, service accounts."
        ),
    )
    return list_page(request, NEVER_TOUCH, frame, export_path="/account/never-touch/export", may_mark=may)


def row_acts(may: bool, row: Row) -> list[Act]:
    ids = f"?ids={short(row['id'])}"
    more = [Act(_("Change the mark"), "/people/marks" + ids), Act(_("Take off the list"), "/people/mark-removals" + ids, last=True)]
    return [Act(_("Open"), person_path(row)), *(more if may else [])]


@page("people:mark:view", ("GET", "POST"))
def never_touch_export(request: SignedIn) -> HttpResponseBase:
    """The list as CSV."""
    return export(request, NEVER_TOUCH, "never-touch.csv")
