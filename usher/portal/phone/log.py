"""The account log: calls, recordings and voicemails of people who are here and who are gone (S3-45, S3-51), and everybody's own history (S3-43)."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.access.actors import name_of
from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.keyset import Row
from usher.phone import call_filters, call_reads, room_reads
from usher.phone.call_filters import DIRECTIONS, PATHS, RESULTS
from usher.portal.effects import people_of
from usher.portal.listing import MOST_TICKED, Column, Filter, Listing, Words, register
from usher.portal.listing_export import export
from usher.portal.listing_page import Frame, list_page
from usher.portal.page import SignedIn, member_page, page
from usher.portal.people.people_list import moment, text_column
from usher.portal.phone.columns import SITE_FILTER, without_ways
from usher.portal.phone.columns import VIEW as SEES_PHONES
from usher.portal.phone.told import RECORDED, direction_of, length_of, number_cell, result_cell, result_of, size_of
from usher.portal.templatetags.usher import avatar, when
from usher.portal.wish import ids_of

VIEW, MANAGE = "phone:log:view", "phone:log:manage"
IMPORT = "/phone/log/imports/new"  # call_import.py


def path_of(row: Row) -> str:
    """The phone's page; who is deleted for good has none any more."""
    if row["room_id"]:
        return f"/phone/rooms/{short(row['room_id'])}"
    return f"/people/{short(row['user_id'])}/phone" if row["user_id"] else ""


def who_cell(row: Row) -> Any:
    path = path_of(row)
    name = format_html('<a href="{}">{}</a>', path, row["who"]) if path else row["who"]
    return format_html('<span class="who">{}{}</span>', avatar(row["who"]), name)


def recorded_cell(row: Row) -> Any:
    return format_html_join(" ", '<span class="u-tag">{}</span>', ((RECORDED[kind],) for kind in row["recorded"]))


WHO = Column("name", gettext_lazy("Whose phone"), who_cell, lambda r: str(r["who"]), "main")
AT = Column("at", gettext_lazy("When"), lambda r: when(r["started_at"]), partial(moment, "started_at"), "side num nowrap", "at")
OTHER = Column("other", gettext_lazy("Other end"), partial(number_cell, "other"), lambda r: str(r["other"]), "meta")
DIRECTION = Column("direction", gettext_lazy("Direction"), direction_of, direction_of, "nowrap")
LENGTH = Column("seconds", gettext_lazy("Length"), length_of, lambda r: str(r["seconds"]), "num nowrap")
FROM = Column("from", gettext_lazy("Caller"), partial(number_cell, "caller"), lambda r: str(r["caller"]), shown=False)
TO = Column("to", gettext_lazy("Called"), partial(number_cell, "callee"), lambda r: str(r["callee"]), shown=False)
RESULT = Column("result", gettext_lazy("Result"), result_cell, result_of, "nowrap")
PATH = Column("path", gettext_lazy("Way"), lambda r: PATHS.get(r["path"], ""), lambda r: str(PATHS.get(r["path"], "")), shown=False)
KEPT = Column("recorded", gettext_lazy("Recorded"), recorded_cell, lambda r: ", ".join(str(RECORDED[k]) for k in r["recorded"]), "nowrap")
SITE = text_column("site", gettext_lazy("Site"))
CALL_ID = text_column("call_id", gettext_lazy("Call id"))
SIZE = Column("size", gettext_lazy("Size"), size_of, lambda r: str(r["size"]), "num nowrap")
TRANSCRIPT = text_column("transcript", gettext_lazy("Transcript"), css="clip", shown=True)
BY_DIRECTION = Filter("direction", gettext_lazy("Direction"), lambda actor: list(DIRECTIONS.items()))
BY_RESULT = Filter("result", gettext_lazy("Result"), lambda actor: list(RESULTS.items()))
BY_SITE = replace(SITE_FILTER, key="site")
BY_PERSON = Filter("person", gettext_lazy("Whose phone"), lambda actor: [])
BY_ROOM = Filter("room", gettext_lazy("Room"), lambda actor: named_rooms(room_reads.with_phone(actor, MOST_TICKED)))
BY_DAY = (
    Filter("from", gettext_lazy("From"), lambda actor: [], input="date"),
    Filter("to", gettext_lazy("To"), lambda actor: [], input="date"),
)
CALLS = Listing(
    path="/phone/log",
    select=call_reads.COLUMNS,
    source=call_reads.FROM,
    columns=(WHO, DIRECTION, OTHER, RESULT, LENGTH, KEPT, AT, FROM, TO, PATH, SITE, CALL_ID),
    sorts=(call_reads.BY_TIME,),
    where=call_filters.where,
    filters=(BY_DIRECTION, BY_RESULT, BY_SITE, BY_ROOM, BY_PERSON, *BY_DAY),
    order="-at",
)


def recorded(kind: str, path: str) -> Listing:
    """The list of what was recorded, of one kind."""
    return replace(
        CALLS,
        path=path,
        select=call_reads.RECORDED,
        source=call_reads.RECORDED_FROM,
        columns=(WHO, DIRECTION, OTHER, replace(LENGTH, css="num nowrap"), SIZE, TRANSCRIPT, AT, FROM, TO, SITE, CALL_ID),
        sorts=(call_reads.RECORDED_BY_TIME,),
        filters=(BY_DIRECTION, BY_SITE, BY_ROOM, BY_PERSON, *BY_DAY),
        fixed={"kind": [kind]},
    )


RECORDINGS, VOICEMAILS = recorded("recording", "/phone/log/recordings"), recorded("voicemail", "/phone/log/voicemails")
OWN = replace(
    CALLS,
    path="/me/phone/calls",
    columns=(replace(OTHER, css="main"), DIRECTION, replace(RESULT, css="meta nowrap"), LENGTH, KEPT, AT, FROM, TO, PATH),
    filters=(BY_DIRECTION, BY_RESULT, *BY_DAY),
    seen=call_reads.only_own,
)
register(CALLS, RECORDINGS, VOICEMAILS, OWN)
TABS = ((CALLS, gettext_lazy("Calls")), (RECORDINGS, gettext_lazy("Recordings")), (VOICEMAILS, gettext_lazy("Voicemails")))
NOTHING_YET = {
    CALLS.path: gettext_lazy("No call yet. Import a file of your telephone system."),
    RECORDINGS.path: gettext_lazy("No recording yet. They come in with the calls, and stay here when a phone is taken away."),
    VOICEMAILS.path: gettext_lazy("No voicemail yet. They come in with the calls, and stay here when a phone is taken away."),
}


def log_page(request: SignedIn, listing: Listing) -> HttpResponse:
    """One list of the account log."""
    imports = request.actor.may(MANAGE)
    frame = Frame(
        title=_("Account log"),
        noun=nouns(listing),
        template="phone/list.html",
        row_name=lambda row: str(row["who"]),
        row_path=path_of if request.actor.may(SEES_PHONES) else None,
        search_words=_("Name, or how a number begins"),
        nothing_found=_("Nothing matches."),
        nothing_yet=NOTHING_YET[listing.path] if imports or listing is not CALLS else _("No call yet."),
    )
    tabs = [(words, listed.path, "") for listed, words in TABS]
    more = {"export_path": f"{listing.path}/export", "import_path": IMPORT if imports else ""}
    return list_page(request, for_reader(request, listing), frame, tabs=tabs, tabs_of=_("Account log"), **more)


def nouns(listing: Listing) -> Any:
    if listing is RECORDINGS:
        return lambda n: ngettext("recording", "recordings", n)
    return lambda n: ngettext("voicemail", "voicemails", n) if listing is VOICEMAILS else ngettext("call", "calls", n)


def for_reader(request: SignedIn, listing: Listing) -> Listing:
    """The list whose filters call the people and rooms it is for by their names; it leads to phones only who may see them."""
    listing = listing if request.actor.may(SEES_PHONES) else without_ways(listing, WHO.key)
    people, rooms = (list(ids_of(request.GET.getlist(key))) for key in (BY_PERSON.key, BY_ROOM.key))
    found = people_of(request.actor, people) if people else {}
    asked = named_rooms(call_reads.rooms_of(request.actor, [*people, *rooms]) if people or rooms else [])
    options: dict[str, Callable[[Actor], list[tuple[str, Words]]]] = {
        BY_PERSON.key: lambda actor: [*((str(id), name_of(person)) for id, person in found.items()), *asked],
        BY_ROOM.key: lambda actor: list({**dict(BY_ROOM.options(actor)), **dict(asked)}.items()),
    }
    return replace(listing, filters=tuple(replace(f, options=options.get(f.key, f.options)) for f in listing.filters))


def named_rooms(rooms: list[Row]) -> list[tuple[str, Words]]:
    return [(str(r["id"]), r["name"]) for r in rooms]


@page(VIEW)
def calls(request: SignedIn) -> HttpResponse:
    return log_page(request, CALLS)


@page(VIEW)
def recordings(request: SignedIn) -> HttpResponse:
    return log_page(request, RECORDINGS)


@page(VIEW)
def voicemails(request: SignedIn) -> HttpResponse:
    return log_page(request, VOICEMAILS)


@page(VIEW, ("GET", "POST"))
def calls_export(request: SignedIn) -> HttpResponseBase:
    return export(request, CALLS, "calls.csv")


@page(VIEW, ("GET", "POST"))
def recordings_export(request: SignedIn) -> HttpResponseBase:
    return export(request, RECORDINGS, "recordings.csv")


@page(VIEW, ("GET", "POST"))
def voicemails_export(request: SignedIn) -> HttpResponseBase:
    return export(request, VOICEMAILS, "voicemails.csv")


@member_page()
def own_calls(request: SignedIn) -> HttpResponse:
    """Everybody's own history: of the phone they have now, since it is theirs."""
    frame = Frame(
        title=_("My calls"),
        noun=nouns(CALLS),
        template="phone/list.html",
        row_name=lambda row: str(row["other"]),
        search_words=_("How a number begins"),
        nothing_found=_("Nothing matches."),
        nothing_yet=_("No call yet. What was before you had this phone stays with your administrators."),
    )
    crumbs = [(_("My phone"), "/me/phone"), (_("My calls"), "")]
    return list_page(request, OWN, frame, tabs=[], crumbs=crumbs, export_path=f"{OWN.path}/export")


@member_page(("GET", "POST"))
def own_calls_export(request: SignedIn) -> HttpResponseBase:
    return export(request, OWN, "my-calls.csv")
