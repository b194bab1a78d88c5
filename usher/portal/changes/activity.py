"""Activity: every change as a sentence, and the attempts that were denied; two lists on the one protocol, and their exports."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from usher.access.actors import name_of
from usher.access.roles import people_to_ask
from usher.core.actor import Actor
from usher.core.keyset import Row, Sort
from usher.journal import reads
from usher.portal.changes import filters
from usher.portal.changes.told import described
from usher.portal.changes.words import DOORS, denied, kind_of, kinds, state_of, tried
from usher.portal.listing import Column, Filter, Listing, Words, read_wish, register
from usher.portal.listing_export import export
from usher.portal.listing_page import Frame, list_page
from usher.portal.page import SignedIn, page
from usher.portal.templatetags.usher import number as figure
from usher.portal.templatetags.usher import status, when

MOST_ACTORS = 30


def path_of(row: Row) -> str:
    return f"/changes/{row['number']}"


def sentence(row: Row) -> str:
    return str(described(row)["words"])


def sentence_cell(row: Row) -> Any:
    return format_html('<span class="who"><a href="{}">{}</a></span>', path_of(row), sentence(row))


def number(row: Row) -> str:
    return f"C-{row['number']}"


def moment(row: Row) -> str:
    return str(row["at"].isoformat(timespec="seconds"))


def actor_options(actor: Actor) -> list[tuple[str, Words]]:
    """Who may change something now, who did lately, the operator and the clock."""
    people = {str(p["id"]): name_of(p) for p in people_to_ask(actor.account_id, "people:user:manage", MOST_ACTORS)}
    people |= {str(a["actor_id"]): a["actor_name"] for a in reads.lately_by(actor, MOST_ACTORS)}
    return [*sorted(people.items(), key=lambda p: p[1])[:MOST_ACTORS], ("operator", _("Operator")), ("system", _("Usher, by the clock"))]


CHANGES = Listing(
    path="/activity",
    select=reads.COLUMNS,
    source=f"{reads.FROM} WHERE c.account_id = %(account)s",
    seen=reads.seen_by,
    columns=(
        Column("what", _("What"), sentence_cell, sentence, "main u-say"),
        Column("actor", _("By"), lambda r: r["actor_name"], lambda r: r["actor_name"], "meta nowrap"),
        Column("state", _("State"), lambda r: status(*state_of(described(r))), lambda r: str(state_of(described(r))[1]), "side"),
        Column("door", _("Door"), lambda r: DOORS.get(r["door"], r["door"]), lambda r: str(DOORS.get(r["door"], r["door"])), "nowrap"),
        Column("kind", _("Kind"), lambda r: kind_of(r["verb"]), lambda r: str(kind_of(r["verb"])), "nowrap", shown=False),
        Column("number", _("Number"), number, number, "mono fit", "number"),
        Column("ip", _("Address"), lambda r: r["ip"], lambda r: r["ip"], "mono", shown=False),
        Column("at", _("When"), lambda r: when(r["at"]), moment, "num nowrap"),
    ),
    sorts=(Sort("number", "c.number", "c.id", "bigint"),),
    where=filters.where,
    filters=(
        Filter("state", _("State"), lambda actor: [("running", _("Running")), ("undone", _("Undone"))]),
        Filter("actor", _("By"), actor_options),
        Filter("door", _("Door"), lambda actor: list(DOORS.items())[:4]),
        Filter("from", _("From"), lambda actor: [], input="date"),
        Filter("to", _("To"), lambda actor: [], input="date"),
        Filter("verb", _("Kind"), lambda actor: kinds()),
    ),
    order="-number",
    file_language="en",  # one record of what was done, whoever takes it away
)
# A row of denials has no UUID; lists place their rows by one.
DENIAL_ID = "lpad(to_hex(d.id), 32, '0')::uuid"
DENIALS = Listing(
    path="/activity/denied",
    select="d.id, d.actor_name, d.verb, d.code, d.times, d.first_at, d.last_at, d.door, d.ip",
    source="FROM journal_denial d WHERE d.account_id = %(account)s",
    seen=lambda actor: reads.seen_by(actor, "d.actor_id"),
    columns=(
        Column("who", _("Who"), lambda r: format_html('<span class="who">{}</span>', r["actor_name"]), lambda r: r["actor_name"], "main"),
        Column("what", _("Tried"), lambda r: tried(r["verb"]), lambda r: str(tried(r["verb"])), "meta"),
        Column("why", _("Denied because"), lambda r: denied(r["code"]), lambda r: str(denied(r["code"]))),
        Column("times", _("Times"), lambda r: figure(r["times"]), lambda r: str(r["times"]), "num side"),
        Column("door", _("Door"), lambda r: DOORS.get(r["door"], r["door"]), lambda r: str(DOORS.get(r["door"], r["door"])), "nowrap"),
        Column("ip", _("Address"), lambda r: r["ip"], lambda r: r["ip"], "mono"),
        Column("last", _("Last"), lambda r: when(r["last_at"]), lambda r: r["last_at"].isoformat(timespec="seconds"), "num nowrap", "last"),
    ),
    sorts=(Sort("last", "d.last_at", DENIAL_ID, "timestamptz"),),
    where=lambda query: ("position(usher_fold(%(q)s) IN usher_fold(d.actor_name)) > 0", {"q": query["q"]}) if query.get("q") else ("", {}),
    order="-last",
    file_language="en",
)
register(CHANGES, DENIALS)


@page("journal:change:view")
def activity(request: SignedIn) -> HttpResponse:
    """Every change of the account, the newest first. `running=1` is the short way of saying that state (portal.md section 8)."""
    if request.GET.get("running") == "1":
        return HttpResponseRedirect("/activity?state=running")
    frame = Frame(
        title=_("Activity"),
        noun=lambda n: ngettext("change", "changes", n),
        template="changes/activity.html",
        row_name=number,
        row_path=path_of,
        search_words=_("A person, or C-214"),
        nothing_yet=_("Nothing was changed yet."),
        nothing_found=_("No change is like that."),
    )
    many = filters.too_many_people(request.actor, read_wish(CHANGES, request.GET).q)
    return list_page(request, CHANGES, frame, export_path="/activity/export", many=many, most=filters.MOST_PEOPLE)


@page("journal:change:view", ("GET", "POST"))
def activity_export(request: SignedIn) -> HttpResponseBase:
    """Exactly what is listed, as CSV."""
    return export(request, CHANGES, "activity.csv")


@page("journal:change:view")
def denied_attempts(request: SignedIn) -> HttpResponse:
    """What somebody tried and had no right to, grouped by day (AUDIT-02)."""
    frame = Frame(
        title=_("Activity"),
        noun=lambda n: ngettext("attempt", "attempts", n),
        template="changes/activity.html",
        row_name=lambda row: str(row["actor_name"]),
        search_words=_("Name"),
        nothing_yet=_("Nobody was denied anything yet."),
        nothing_found=_("No attempt is like that."),
    )
    return list_page(request, DENIALS, frame, export_path="/activity/denied/export")


@page("journal:change:view", ("GET", "POST"))
def denied_export(request: SignedIn) -> HttpResponseBase:
    """Exactly what is listed, as CSV."""
    return export(request, DENIALS, "denied.csv")
