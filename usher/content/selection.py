"""A set of items as SQL: hand-picked ids, or the query of a list with exceptions. What a list of content can be filtered by stands here too."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usher.core.refusals import Refused
from usher.people import kept
from usher.people.filters import like_literal

MOST_IDS = 10_000
FILTERS = ("q", "shelf", "kind", "occurs", "owner", "state")
# An item with its standing and its owner. What belongs to somebody in the trash, or gone, is in no list.
FROM = "FROM content_item i JOIN content_standing s ON s.item_id = i.id JOIN people_user u ON u.id = s.owner_id"
HERE = "i.account_id = %(account)s AND s.account_id = %(account)s AND u.left_at IS NULL"

_CLAUSES = {
    "kind": "i.kind = ANY(%(f_kind)s)",
    "occurs": "i.occurs = ANY(%(f_occurs)s)",
    "owner": "s.owner_id = ANY(%(f_owner)s::uuid[])",
}


def where(query: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """A WHERE clause over FROM with its parameters. Unknown keys are ignored, repeated values mean or; without `state` what is in the trash is left out."""
    query = cleaned(query)
    clauses = ["s.trashed_at IS NOT NULL" if query.get("state") == ["trash"] else "s.trashed_at IS NULL"]
    params: dict[str, Any] = {}
    if "shelf" in query:  # one, as equality: the order's index is then walked from its place
        clauses.append("i.shelf = %(f_shelf)s")
        params["f_shelf"] = query["shelf"][0]
    for key, clause in _CLAUSES.items():
        if key in query:
            clauses.append(clause)
            params[f"f_{key}"] = [v for v in query[key] if key != "owner" or _is_id(v)]
    for n, word in enumerate(" ".join(query.get("q", [])).split()[:8]):
        clauses.append(f"i.title_key LIKE usher_fold(%(f_q{n})s)")
        params[f"f_q{n}"] = f"%{like_literal(word)}%"
    return " AND ".join(clauses), params


def cleaned(query: Mapping[str, Any]) -> dict[str, list[str]]:
    """The known filters of a query as they can be journaled: lists of text, without what no database column can hold."""
    found = {key: query[key] if isinstance(query.get(key), list | tuple) else [query.get(key)] for key in FILTERS}
    return {key: [_text(v) for v in values] for key, values in found.items() if values and values != [None] and values != [""]}


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _text(value: Any) -> str:
    return str(value).replace("\x00", "").encode(errors="replace").decode()


def checked(items: Any) -> dict[str, Any]:
    """A selection in the shapes of people.selection: ids, kept, or query with its exceptions. Refuses (invalid) anything else."""
    shaped = isinstance(items, dict) and (
        isinstance(items.get("ids"), list) or isinstance(items.get("query"), dict) or isinstance(items.get("kept"), str)
    )
    if not shaped or items.get("ids") == [] or len(items.get("ids", ())) > MOST_IDS:
        raise Refused("invalid", "no_selection", _("Choose something first."))
    try:
        ids = sorted({str(UUID(str(i))) for i in items.get("ids", [])})
        but = sorted({str(UUID(str(i))) for i in items.get("except", [])})
        picked = {key: str(UUID(str(items[key]))) for key in ("kept", "except_kept") if items.get(key)}
    except (TypeError, ValueError):
        raise Refused("invalid", "bad_id", _("One of the chosen items has no valid id.")) from None
    if ids:
        return {"ids": ids}
    return {"kept": picked["kept"]} if "kept" in picked else {"query": cleaned(items["query"]), "except": but, **picked}


def sql_of(items: Mapping[str, Any]) -> str:
    """`SELECT id` of the items meant, with `own` of the actor's alone. Foreign and unknown ids select nothing: to this actor they do not exist."""
    if "ids" in items or "kept" in items:
        which = "s.item_id = ANY(%(items)s::uuid[])" if "ids" in items else f"s.item_id IN ({kept.IDS})"
        which += " AND s.owner_id = %(actor)s" if items.get("own") else ""
        return f"SELECT s.item_id AS id FROM content_standing s WHERE s.account_id = %(account)s AND {which}"
    clause, _params = where(items["query"])
    but = f" AND NOT i.id IN ({kept.IDS})" if "except_kept" in items else ""
    return f"SELECT i.id {FROM} WHERE {HERE} AND {clause} AND NOT i.id = ANY(%(items_except)s::uuid[]){but}"


def params_of(items: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of sql_of, `account` and `actor` apart."""
    if "ids" in items:
        return {"items": items["ids"]}
    if "kept" in items:
        return {"sel_kept": items["kept"]}
    return {**where(items["query"])[1], "items_except": items.get("except", []), "sel_kept": items.get("except_kept")}
