"""Rooms in the order of their ids, as programs read them."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import not_found

SELECT = "SELECT r.id, r.name, r.kind, r.site_id, r.details FROM accounts_room r WHERE r.account_id = %(account)s"


def page(
    actor: Actor,
    *,
    kind: str = "",
    under_construction: bool | None = None,
    site: UUID | None = None,
    without_site: bool = False,
    name: str = "",
    after: str | None = None,
    limit: int,
) -> list[dict[str, Any]]:
    """At most `limit` rooms after an id. `name` is a part of theirs."""
    actor.require("accounts:place:view")
    clauses = [
        " AND r.kind = %(kind)s" if kind else "",
        "" if under_construction is None else " AND coalesce(r.details->'under_construction' = 'true', false) = %(building)s",
        " AND r.site_id = %(site)s" if site else "",
        " AND r.site_id IS NULL" if without_site else "",
        " AND position(usher_fold(%(name)s) IN r.name_key) > 0" if name else "",
    ]
    return sql.rows(
        f"{SELECT}{''.join(clauses)} AND r.id > %(after)s::uuid ORDER BY r.id LIMIT %(limit)s",
        {
            "account": actor.account_id,
            "kind": kind,
            "building": under_construction,
            "site": site,
            "name": name,
            "after": after or UUID(int=0),
            "limit": limit,
        },
    )


def one(actor: Actor, id: UUID) -> dict[str, Any]:
    """One room. Refused (missing) for any other."""
    actor.require("accounts:place:view")
    found = sql.row(f"{SELECT} AND r.id = %(id)s", {"account": actor.account_id, "id": id})
    if found is None:
        raise not_found(_("This room"))
    return found
