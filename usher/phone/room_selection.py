"""A set of rooms as SQL, as a verb journals it; the account stands in its WHERE. The shapes are those of people (people/selection.py):

{"ids": [...]}                    hand-picked
{"query": {...}, "except": [...]} whichever the query of a list finds, but not these
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usher.accounts.places import MOST_AT_ONCE
from usher.core.refusals import Refused
from usher.people.filters import like_literal

# What a list of rooms r with their phones h can be filtered by. A calling package by its product; `none` is a room without a calling plan, `active` and `inactive`
# one that holds a package the account has not or has switched off.
FILTERS = {
    "phone": "(CASE WHEN h.id IS NULL OR h.state <> 'active' THEN 'none' ELSE 'active' END) = ANY(%(f_phone)s)",
    "phone_site": "h.site_id::text = ANY(%(f_phone_site)s)",
    "site": "r.site_id::text = ANY(%(f_site)s)",
    "kind": "r.kind = ANY(%(f_kind)s)",
    "package": """(EXISTS (SELECT 1 FROM licenses_roomseat a WHERE a.room_id = r.id AND (a.product = ANY(%(f_package)s)
        OR starts_with(a.product, 'calling') AND CASE WHEN a.product IN (SELECT o.product FROM phone_package o WHERE o.account_id = %(account)s)
          THEN 'inactive' ELSE 'active' END = ANY(%(f_package)s)))
      OR 'none' = ANY(%(f_package)s) AND NOT EXISTS (SELECT 1 FROM licenses_roomseat a WHERE a.room_id = r.id AND starts_with(a.product, 'calling:')))""",
}
# A word is part of the name; digits are looked for in extensions and numbers too.
WORD = """(r.name_key LIKE usher_fold(%(f_q{n})s) OR h.extension LIKE %(f_q{n})s
  OR EXISTS (SELECT 1 FROM phone_number n WHERE n.holder_id = r.id AND n.number LIKE %(f_q{n})s))"""
FROM = "FROM accounts_room r LEFT JOIN phone_user h ON h.id = r.id"


def where(query: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """A WHERE clause over accounts_room r and phone_user h, with its parameters. Unknown keys are ignored; repeated values mean or."""
    clauses, params = ["r.account_id = %(account)s"], dict[str, Any]()
    query = cleaned(query)
    for key, clause in FILTERS.items():
        if values := query.get(key):
            clauses.append(clause)
            params[f"f_{key}"] = values
    for n, word in enumerate(" ".join(query.get("q", [])).split()[:8]):
        clauses.append(WORD.replace("{n}", str(n)))
        params[f"f_q{n}"] = f"%{like_literal(word)}%"
    return " AND ".join(clauses), params


def cleaned(query: Mapping[str, Any]) -> dict[str, list[str]]:
    """The known filters of a query as they are journaled."""
    given = {key: value if isinstance(value, list | tuple) else [value] for key, value in query.items() if value and key in ("q", *FILTERS)}
    return {key: [str(v).replace("\x00", "").encode(errors="replace").decode() for v in values] for key, values in sorted(given.items())}


def checked(subjects: Any) -> dict[str, Any]:
    """A selection as it is journaled. Refused (invalid): no_selection, bad_id."""
    ids = subjects.get("ids") if isinstance(subjects, dict) else None
    query = subjects.get("query") if isinstance(subjects, dict) else None
    try:
        picked = sorted({str(UUID(str(i))) for i in ids}) if isinstance(ids, list) else []
        but = sorted({str(UUID(str(i))) for i in subjects.get("except", [])}) if isinstance(query, dict) else []
    except (TypeError, ValueError):
        raise Refused("invalid", "bad_id", _("One of the chosen rooms has no valid id.")) from None
    if isinstance(query, dict):
        return {"query": cleaned(query), "except": but}
    if not picked or len(picked) > MOST_AT_ONCE:
        raise Refused("invalid", "no_selection", _("Choose between 1 and %(most)s rooms.") % {"most": MOST_AT_ONCE})
    return {"ids": picked}


def sql_of(subjects: Mapping[str, Any]) -> str:
    """`SELECT id` of the rooms meant. Foreign and unknown ids select none."""
    if "ids" in subjects:
        return "SELECT r.id FROM accounts_room r WHERE r.account_id = %(account)s AND r.id = ANY(%(sel_ids)s::uuid[])"
    return f"SELECT r.id {FROM} WHERE {where(subjects['query'])[0]} AND NOT r.id = ANY(%(sel_except)s::uuid[])"


def params_of(subjects: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of sql_of, `account` apart."""
    if "ids" in subjects:
        return {"sel_ids": subjects["ids"]}
    return {**where(subjects["query"])[1], "sel_except": subjects["except"]}
