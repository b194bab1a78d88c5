"""Reading the phones of rooms (S3-3, S3-10). Every read starts from the actor: what is in another account does not exist (404)."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usher.core import keyset, sql
from usher.core.actor import Actor
from usher.core.keyset import Cursor, Matches, Order, Page, Row, Sort
from usher.core.refusals import not_found

from .holders import ROOMS
from .parts import NUMBERS
from .policy import LEVELS
from .reads import EMERGENCY
from .room_selection import FROM, where

HERE = "r.account_id = %(account)s"
COLUMNS = f"""r.id, r.name, r.kind, r.site_id AS place_id, (SELECT g.name FROM accounts_site g WHERE g.id = r.site_id) AS place, h.extension, h.state, h.site_id,
  (SELECT g.name FROM accounts_site g WHERE g.id = h.site_id) AS site, {NUMBERS.format(id="r.id")} AS numbers, {ROOMS.packages("r.id")} AS packages,
  (SELECT t.name FROM phone_template t WHERE t.id = h.template_id) AS template, h.since, coalesce(h.policy, '{{}}') AS policy, h.version"""
SORTS = (
    Sort("name", "r.name_key", "r.id"),
    Sort("extension", "h.extension", "r.id"),
    Sort("since", "h.since", "r.id", "timestamptz"),
)


def with_phone(actor: Actor, limit: int) -> list[Row]:
    """The first rooms with a phone by name, as the account log calls them: id, name. Refuses (forbidden) without the right to see the log."""
    actor.require("phone:log:view")
    query = f"SELECT r.id, r.name {FROM} WHERE {HERE} AND h.state = 'active' ORDER BY r.name_key, r.id LIMIT %(limit)s"
    return sql.rows(query, {"account": actor.account_id, "limit": limit})


def page(actor: Actor, query: dict[str, Any], *, cursor: Cursor | None = None, limit: int = 50) -> Page:
    """Rooms with a phone by name: name, kind, where they stand (place), site, extension, numbers, packages. Filters as in room_selection.

    Refuses (forbidden) without the right to see who has a phone.
    """
    actor.require("phone:user:view")
    clause, params = where({"phone": ["active"], **query})
    matches = Matches(COLUMNS, f"{FROM} WHERE {HERE}", f" AND {clause}", {"account": actor.account_id, **params})
    return keyset.page(matches, Order(SORTS[0]), cursor, limit)


def room(actor: Actor, id: UUID) -> Row:
    """A room of the account with its phone; without one `extension` and `state` are None. Refused (forbidden) without the right, (missing) for any other."""
    actor.require("phone:user:view")
    found = sql.row(
        f"SELECT {COLUMNS}, {EMERGENCY}, {LEVELS} {FROM} WHERE {HERE} AND r.id = %(id)s", {"account": actor.account_id, "id": id}
    )
    if found is None:
        raise not_found(_("This room"))
    return found
