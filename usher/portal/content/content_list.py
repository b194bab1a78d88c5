"""The four lists of content: what each shows, can be sorted and filtered by, and exports."""

from functools import partial
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from usher.content import reads
from usher.content.kinds import KINDS, OCCURRENCE, length_in_words
from usher.content.selection import where
from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.keyset import Row
from usher.portal.listing import Column, Filter, Listing, Words, register
from usher.portal.templatetags.usher import when


def item_path(row: Row) -> str:
    return f"/content/{short(row['id'])}"


def title_cell(row: Row) -> Any:
    return format_html('<span class="who"><a href="{}">{}</a></span>', item_path(row), row["title"])


def owner_cell(row: Row) -> Any:
    return format_html('<a href="/people/{}">{}</a>', short(row["owner_id"]), row["owner"])


def length_of(row: Row) -> str:
    return "" if row["seconds"] is None else length_in_words(row["seconds"])


def size_of(row: Row) -> str:
    return "" if row["size"] is None else filesizeformat(row["size"])


def moment(key: str, row: Row) -> str:
    """For the export: ISO 8601 in UTC."""
    return row[key].isoformat(timespec="seconds") if row[key] else ""


def occurs_of(row: Row) -> str:
    return str(OCCURRENCE.get(row["occurs"], ""))


def kind_of(row: Row) -> str:
    return str(KINDS[row["kind"]])


def trash_cell(row: Row) -> Any:
    return when(row["trashed_at"]) if row["trashed_at"] else ""


def states(actor: Actor) -> list[tuple[str, Words]]:
    return [("trash", _("In the trash"))]


def owners(actor: Actor) -> list[tuple[str, Words]]:
    """Nobody is proposed: a person's own page leads here with them chosen."""
    return []


TITLE = Column("name", _("Title"), title_cell, lambda r: r["title"], "main", "name")
OWNER = Column("owner", _("Owner"), owner_cell, lambda r: r["owner"], "meta nowrap")
ADDRESS = Column("owner_email", _("Owner’s e-mail"), lambda r: r["owner_email"], lambda r: r["owner_email"], "clip", shown=False)
OCCURS = Column("occurs", _("Occurs"), occurs_of, occurs_of, "nowrap")
STARTS = Column("starts", _("Starts"), lambda r: when(r["starts_at"], " "), partial(moment, "starts_at"), "side num nowrap", "starts")
RECORDED = Column("starts", _("Recorded"), lambda r: when(r["starts_at"], " "), partial(moment, "starts_at"), "side num nowrap", "starts")
LENGTH = Column("seconds", _("Length"), length_of, lambda r: str(r["seconds"] or ""), "num nowrap")
SIZE = Column("size", _("Size"), size_of, lambda r: str(r["size"] or ""), "num nowrap", "size")
CREATED = Column("created", _("Created"), lambda r: when(r["created_at"]), partial(moment, "created_at"), "num nowrap", "created", False)
TRASHED = Column("trashed", _("Put in the trash"), trash_cell, partial(moment, "trashed_at"), "num nowrap", shown=False)
TRASH = Filter("state", _("State"), states)
OWNED_BY = Filter("owner", _("Owner"), owners)


def shelf(path: str, key: str, columns: tuple[Column, ...], filters: tuple[Filter, ...] = ()) -> Listing:
    """One of the four lists. The shelf is fixed, so that its index gives every order."""
    sorted_by = {c.sort for c in columns}
    return Listing(
        path=path,
        select=reads.COLUMNS,
        source=reads.SOURCE,
        columns=columns,
        sorts=tuple(s for s in reads.SORTS if s.key in sorted_by),
        where=where,
        filters=(*filters, TRASH, OWNED_BY),
        fixed={"shelf": [key]},
    )


def how_often(*keys: str) -> Filter:
    return Filter("occurs", _("Occurs"), lambda actor: [(k, OCCURRENCE[k]) for k in keys])


MEETINGS = shelf(
    "/content",
    "meetings",
    (TITLE, OWNER, ADDRESS, OCCURS, STARTS, LENGTH, CREATED, TRASHED),
    (how_often("once", "recurring", "personal"),),
)
WEBINARS = shelf(
    "/content/webinars", "webinars", (TITLE, OWNER, ADDRESS, OCCURS, STARTS, LENGTH, CREATED, TRASHED), (how_often("once", "recurring"),)
)
RECORDINGS = shelf("/content/recordings", "recordings", (TITLE, OWNER, ADDRESS, RECORDED, LENGTH, SIZE, CREATED, TRASHED))
BOARDS = shelf(
    "/content/boards",
    "boards",
    (
        TITLE,
        OWNER,
        ADDRESS,
        Column("kind", _("Kind"), kind_of, kind_of, "nowrap"),
        Column("created", _("Created"), lambda r: when(r["created_at"]), partial(moment, "created_at"), "side num nowrap", "created"),
        TRASHED,
    ),
    (Filter("kind", _("Kind"), lambda actor: [(k, KINDS[k]) for k in ("whiteboard", "note")]),),
)
register(MEETINGS, WEBINARS, RECORDINGS, BOARDS)
