"""The two lists of groups, and the list of the people in one of them."""

from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core.ids import short
from usher.core.keyset import Row
from usher.people import groups
from usher.people.scope import among
from usher.portal.listing import Column, Filter, Listing, register
from usher.portal.people.people_list import STATUS, USERS
from usher.portal.templatetags.usher import number, when


@dataclass(frozen=True)
class GroupKind:
    """One of the two kinds: its words, its place and its verbs. The right of the pages stands at each page."""

    key: str
    path: str
    plural: Promise
    new: Promise
    manage: str
    filter: str  # how the list of people calls it
    verbs: dict[str, str]
    nothing_yet: Promise
    unknown: Promise


USER = GroupKind(
    "user",
    "/groups",
    gettext_lazy("Groups"),
    gettext_lazy("New group"),
    "people:group:manage",
    "group",
    {
        "create": "people.create_group",
        "rename": "people.rename_group",
        "delete": "people.delete_group",
        "default": "people.set_default_group",
        "move": "people.move_members",
    },
    gettext_lazy("No group yet. Create one, then add people to it."),
    gettext_lazy("No group has this in its name."),
)
IM = GroupKind(
    "im",
    "/im-groups",
    gettext_lazy("IM groups"),
    gettext_lazy("New IM group"),
    "people:im_group:manage",
    "im_group",
    {
        "create": "people.create_im_group",
        "rename": "people.rename_im_group",
        "delete": "people.delete_im_group",
        "default": "people.set_default_im_group",
        "move": "people.move_im_members",
    },
    gettext_lazy("No IM group yet. Create one, then add people to it."),
    gettext_lazy("No IM group has this in its name."),
)


def path_of(row: Row) -> str:
    return f"{(IM if row['kind'] == 'im' else USER).path}/{short(row['id'])}"


def name_cell(row: Row) -> Any:
    tag = format_html(' <span class="u-tag">{}</span>', _("default")) if row["is_default"] else ""
    return format_html('<span class="who"><a href="{}">{}</a>{}</span>', path_of(row), row["name"], tag)


def members_cell(row: Row) -> str:
    """How many, or more than so many."""
    n, most = row["members"], row["counted_to"]
    return f"{number(most)}+" if n > most else number(n)


def list_of(kind: str, path: str) -> Listing:
    return Listing(
        path=path,
        select=groups.columns(kind),
        source=groups.SOURCE,
        columns=(
            Column("name", gettext_lazy("Name"), name_cell, lambda r: str(r["name"]), "main", "name"),
            Column("members", gettext_lazy("People"), members_cell, members_cell, "side num nowrap", "members"),
            Column(
                "created",
                gettext_lazy("Added"),
                lambda r: when(r["created_at"]),
                lambda r: r["created_at"].isoformat(timespec="seconds"),
                "num nowrap",
                "created",
            ),
            Column(
                "default",
                gettext_lazy("Default"),
                lambda r: _("yes") if r["is_default"] else "",
                lambda r: "yes" if r["is_default"] else "",
                shown=False,
            ),
        ),
        sorts=groups.sorts(kind),
        where=groups.where,
        fixed={"kind": [kind]},
        seen=among,
    )


LISTS = {kind.key: list_of(kind.key, kind.path) for kind in (USER, IM)}
register(*LISTS.values())


def members_list(kind: GroupKind, group: Row) -> Listing:
    """The people in one group: the list of people, narrowed to it, with the invited ones."""
    status = Filter("status", gettext_lazy("Status"), lambda actor: [(key, words) for key, (_css, words) in STATUS.items()])
    others = tuple(f for f in USERS.filters if f.key not in ("status", kind.filter))
    return replace(USERS, path=path_of(group), filters=(status, *others), fixed={kind.filter: [str(group["id"])]}, near=None)
