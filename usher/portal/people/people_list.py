"""The lists of people: what Users and Pending show, can be sorted and filtered by, and export."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from usher.access.actors import name_of
from usher.access.roles import called, names_of
from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.keyset import Row, Sort
from usher.licenses.catalog import ADD_ONS, PRODUCTS, WORKPLACE
from usher.licenses.ledger import seats
from usher.lifecycle.reads import in_trash
from usher.people import find, reads
from usher.people.filters import where
from usher.people.marks import KINDS as MARKS
from usher.people.named import id_of
from usher.people.person import EDITS, net_edits
from usher.people.scope import within
from usher.portal.effects import LABELS
from usher.portal.listing import MOST_TICKED, Column, Filter, Listing, Words, register
from usher.portal.people import came_in
from usher.portal.templatetags.usher import avatar, number, status, when

STATUS = {"active": ("ok", _("Active")), "inactive": ("off", _("Deactivated")), "pending": ("pend", _("Pending"))}
SOURCE = f"{reads.FROM} WHERE {reads.LIVING}"
SELECT = f"""{reads.COLUMNS}, (SELECT p.name FROM accounts_site p WHERE p.id = u.site_id) AS site, (SELECT k.kind FROM people_mark k WHERE k.user_id = u.id) AS mark,
    ARRAY(SELECT a.product FROM licenses_seat a WHERE a.account_id = u.account_id AND a.user_id = u.id ORDER BY a.product) AS products,
    ARRAY(SELECT g.name FROM people_membership m JOIN people_group g ON g.id = m.group_id
          WHERE m.user_id = u.id ORDER BY g.name) AS groups"""


def person_path(row: Row) -> str:
    return f"/people/{short(row['id'])}"


def name_cell(row: Row) -> Any:
    tag = format_html(' <span class="u-tag acc">{}</span>', called(row)) if row["role"] == "owner" else ""
    mark = format_html(' <span class="u-tag">{}</span>', MARKS[row["mark"]]) if row["mark"] else ""
    return format_html(
        '<span class="who">{}<a href="{}">{}</a>{}{}</span>', avatar(name_of(row)), person_path(row), name_of(row), tag, mark
    )


def add_ons_of(row: Row) -> str:
    return ", ".join(PRODUCTS[p].name for p in row["products"] if p in PRODUCTS and PRODUCTS[p].kind == "add_on")


def groups_of(row: Row) -> str:
    return ", ".join(row["groups"])


def license_of(row: Row) -> str:
    return PRODUCTS[row["license"]].name if row["license"] in PRODUCTS else ""


def edits_of(row: Row) -> str:
    """What was changed about somebody pending since they were invited."""
    return ", ".join(dict.fromkeys(str(LABELS[key]) for key, _old, _new in net_edits(row["edits"] or [])))


def plain(key: str, row: Row) -> str:
    return str(row[key] or "")


def clipped(text: Callable[[Row], str], row: Row) -> Any:
    """A text that may be long: cut at the column's edge, whole in its title."""
    told = text(row)
    return format_html('<span class="u-clip" title="{}">{}</span>', told, told) if told else ""


def moment(key: str, row: Row) -> str:
    """For the export: ISO 8601 in UTC, empty when it never was."""
    return row[key].isoformat(timespec="seconds") if row[key] else ""


def text_column(key: str, words: Words, *, css: str = "", sort: str = "", shown: bool = False) -> Column:
    return Column(key, words, partial(clipped, partial(plain, key)), partial(plain, key), css, sort, shown)


NAME = Column("name", _("Name"), name_cell, name_of, "main", "name")
EMAIL = Column(
    "email",
    _("E-mail"),
    lambda r: format_html('<bdi title="{}">{}</bdi>', r["email"], r["email"]),
    partial(plain, "email"),
    "meta clip",
    "email",
)
DEPARTMENT = text_column("department", _("Department"), css="nowrap", sort="department", shown=True)
LICENSE = Column("license", _("License"), license_of, license_of, "nowrap", "license")
ADDED = Column("created", _("Added"), lambda r: when(r["created_at"]), partial(moment, "created_at"), "num nowrap", "created", False)
ADD_ON = Column("add_ons", _("Add-ons"), partial(clipped, add_ons_of), add_ons_of, shown=False)
GROUP = Column("groups", _("Groups"), partial(clipped, groups_of), groups_of, shown=False)


def group_options(kind: str, actor: Actor) -> list[tuple[str, Words]]:
    return [(str(g["id"]), g["name"]) for g in reads.groups(actor, kind, limit=MOST_TICKED + 1)]


def group_words(kind: str, actor: Actor, values: Sequence[str]) -> list[tuple[str, Words]]:
    """Groups by the ids or names of a filter; what is no id stands as it was typed."""
    ids = [id for v in values if (id := id_of(v))]
    return [*((str(g["id"]), g["name"]) for g in reads.groups(actor, kind, ids=ids)), *((v, v) for v in values if not id_of(v))]


def department_options(actor: Actor) -> list[tuple[str, Words]]:
    return [(d, d) for d in reads.departments(actor, limit=30)]


def add_on_options(actor: Actor) -> list[tuple[str, Words]]:
    """Only products this account has ever bought: the others need no line in a menu."""
    bought = {s["product"] for s in seats(actor) if s["bought"]}
    return [(p.code, p.name) for p in ADD_ONS if p.code in bought]


LICENSE_FILTER = Filter("license", _("License"), lambda actor: [(p.code, p.name) for p in WORKPLACE])
ADD_ON_FILTER = Filter("add_on", _("Add-on"), add_on_options)
GROUP_FILTER = Filter("group", _("Group"), partial(group_options, "user"), proposals="/groups/close", named=partial(group_words, "user"))
SITE = text_column("site", _("Site"))
SITE_FILTER = Filter("site", _("Site"), lambda actor: [(str(s["id"]), s["name"]) for s in reads.sites(actor)[:50]])
IM_GROUP_FILTER = Filter(
    "im_group", _("IM group"), partial(group_options, "im"), proposals="/im-groups/close", named=partial(group_words, "im")
)
DEPARTMENT_FILTER = Filter("department", _("Department"), department_options)


def near(actor: Actor, query: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Where the people are whom a search has not found here: of another status, in the trash, or with a name that is spelled a little otherwise."""
    text = str(query.get("q", ""))
    counts = find.elsewhere(actor, query)
    told = [
        (words(n) % {"n": number(n)}, f"{path}?{urlencode({'q': text, **more})}")
        for status, (words, path, more) in ELSEWHERE.items()
        if (n := counts.get(status, 0)) and status not in query.get("status", ())
    ]
    if text and (n := in_trash(actor, text)):
        words = ngettext("%(n)s person in the trash matches", "%(n)s people in the trash match", n)
        told.append((words % {"n": number(n)}, f"/people/trash?{urlencode({'q': text})}"))
    close = [] if told or find.elsewhere(actor, {"q": text}) else find.similar(actor, text)
    return told or [(_("%(name)s is close") % {"name": name_of(p)}, person_path(p)) for p in close]


ELSEWHERE: dict[str, tuple[Callable[[int], str], str, dict[str, str]]] = {
    "active": (lambda n: ngettext("%(n)s active person matches", "%(n)s active people match", n), "/people", {}),
    "inactive": (
        lambda n: ngettext("%(n)s deactivated person matches", "%(n)s deactivated people match", n),
        "/people",
        {"status": "inactive"},
    ),
    "pending": (lambda n: ngettext("%(n)s pending person matches", "%(n)s pending people match", n), "/people/pending", {}),
}
USERS = Listing(
    path="/people",
    select=SELECT,
    source=SOURCE,
    seen=within,
    columns=(
        NAME,
        EMAIL,
        DEPARTMENT,
        LICENSE,
        ADD_ON,
        Column("role", _("Role"), called, called, "nowrap"),
        Column("status", _("Status"), lambda r: status(*STATUS[r["status"]]), lambda r: str(STATUS[r["status"]][1]), "side"),
        GROUP,
        SITE,
        text_column("job_title", _("Job title")),
        text_column("location", _("Location")),
        text_column("cost_center", _("Cost center")),
        text_column("employee_id", _("Employee id")),
        came_in.COLUMN,
        ADDED,
        Column(
            "last_sign_in",
            _("Last sign-in"),
            lambda r: when(r["last_sign_in"]),
            partial(moment, "last_sign_in"),
            "num nowrap",
            "last_sign_in",
        ),
    ),
    sorts=reads.SORTS,
    where=where,
    filters=(
        Filter(
            "status", _("Status"), lambda actor: [(k, words) for k, (_dot, words) in STATUS.items()], ("active",), ("active", "inactive")
        ),
        LICENSE_FILTER,
        ADD_ON_FILTER,
        Filter("role", _("Role"), lambda actor: list(names_of(actor.account_id).items())),
        GROUP_FILTER,
        IM_GROUP_FILTER,
        SITE_FILTER,
        DEPARTMENT_FILTER,
        *came_in.FILTERS,
        Filter("mark", _("Mark"), lambda actor: list(MARKS.items())),
    ),
    near=near,
    counted=reads.counted,
)
PENDING = Listing(
    path="/people/pending",
    select=f"{SELECT}, i.sent_at, i.expires_at, {EDITS} AS edits",
    source=SOURCE.replace(" WHERE", " JOIN people_invitation i ON i.user_id = u.id WHERE")
    + " AND i.account_id = %(account)s AND i.state = 'open'",
    seen=within,
    columns=(
        Column("name", _("Name"), name_cell, name_of, "main", "name"),
        EMAIL,
        DEPARTMENT,
        LICENSE,
        ADD_ON,
        GROUP,
        SITE,
        Column("edits", _("Applies when they activate"), edits_of, edits_of, "u-waiting"),
        Column("sent", _("Sent"), lambda r: when(r["sent_at"]), partial(moment, "sent_at"), "num nowrap", "sent"),
        Column("expires", _("Expires"), lambda r: when(r["expires_at"]), partial(moment, "expires_at"), "side num nowrap", "expires"),
    ),
    sorts=(
        *(s for s in reads.SORTS if s.key != "last_sign_in"),
        Sort("sent", "i.sent_at", "i.user_id", "timestamptz"),
        Sort("expires", "i.expires_at", "i.user_id", "timestamptz"),
    ),
    where=where,
    fixed={"status": ["pending"]},
    filters=(
        LICENSE_FILTER,
        ADD_ON_FILTER,
        GROUP_FILTER,
        IM_GROUP_FILTER,
        SITE_FILTER,
        DEPARTMENT_FILTER,
        Filter("sender", _("Invited by"), lambda actor: [("gone", _("somebody who left"))]),
    ),
    near=near,
)
register(USERS, PENDING)
