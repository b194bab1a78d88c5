"""A set of items as SQL: hand-picked ids, or the query of a list with exceptions. What a list of content can be filtered by stands here too."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usher.core.refusals import Refused
from usher.people.filters import like_literal

MOST_IDS = 10_000
FILTERS = ("q", "shelf", "kind", "occurs", "owner", "state")
# An item with its standing and its owner. What belongs to somebody in the trash, or gone, is in no list.
FROM = """FROM content_item i JOIN content_standing s ON s.item_id = i.id JOIN people_user u ON u.id = s.owner_id
  JOIN people_standing o ON o.user_id = u.id"""
HERE = "i.account_id = %(account)s AND s.account_id = %(account)s AND u.left_at IS NULL"

_CLAUSES = {
    "shelf": "i.shelf = ANY(%(f_shelf)s)",
    "kind": "i.kind = ANY(%(f_kind)s)",
    "occurs": "i.occurs = ANY(%(f_occurs)s)",
    "owner": "s.owner_id::text = ANY(%(f_owner)s)",
}


def where(query: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """A WHERE clause over FROM with its parameters. Unknown keys are ignored, repeated values mean or; without `state` what is in the trash is left out."""
    query = cleaned(query)
    clauses = ["s.trashed_at IS NOT NULL" if query.get("state") == ["trash"] else "s.trashed_at IS NULL"]
    params: dict[str, Any] = {}
    for key, clause in _CLAUSES.items():
        if key in query:
            clauses.append(clause)
            params[f"f_{key}"] = query[key]
    for n, word in enumerate(" ".join(query.get("q", [])).split()[:8]):
        clauses.append(f"i.title_key LIKE usher_fold(%(f_q{n})s)")
        params[f"f_q{n}"] = f"%{like_literal(word)}%"
    return " AND ".join(clauses), params


def cleaned(query: Mapping[str, Any]) -> dict[str, list[str]]:
    """The known filters of a query as they can be journaled: lists of text, without what no database column can hold."""
    found = {key: query[key] if isinstance(query.get(key), list | tuple) else [query.get(key)] for key in FILTERS}
    return {key: [_text(v) for v in values] for key, values in found.items() if values and values != [None] and values != [""]}


def _text(value: Any) -> str:
    return str(value).replace("\x00", "").encode(errors="replace").decode()


def checked(items: Any) -> dict[str, Any]:
    """A selection as it is journaled: {"ids": [...]} or {"query": {...}, "except": [...]}. Refuses (invalid) anything else."""
    if not isinstance(items, dict) or not (isinstance(items.get("ids"), list) or isinstance(items.get("query"), dict)):
        raise Refused("invalid", "no_selection", _("Choose something first."))
    try:
        ids = sorted({str(UUID(str(i))) for i in items.get("ids", [])})
        but = sorted({str(UUID(str(i))) for i in items.get("except", [])})
    except (TypeError, ValueError):
        raise Refused("invalid", "bad_id", _("One of the chosen items has no valid id.")) from None
    if "ids" not in items:
        return {"query": cleaned(items["query"]), "except": but}
    if not ids or len(ids) > MOST_IDS:
        raise Refused("invalid", "no_selection", _("Choose something first."))
    return {"ids": ids}


def sql_of(items: Mapping[str, Any]) -> str:
    """`SELECT id` of the items meant. Foreign and unknown ids select nothing: to this actor they do not exist."""
    if "ids" in items:
        return "SELECT s.item_id AS id FROM content_standing s WHERE s.account_id = %(account)s AND s.item_id = ANY(%(items)s::uuid[])"
    clause, _params = where(items["query"])
    return f"SELECT i.id {FROM} WHERE {HERE} AND {clause} AND NOT i.id = ANY(%(items_except)s::uuid[])"


def params_of(items: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of sql_of, `account` apart."""
    if "ids" in items:
        return {"items": items["ids"]}
    return {**where(items["query"])[1], "items_except": items.get("except", [])}
