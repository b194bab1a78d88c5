"""What a list of people's phones can be filtered by: what is about the phone is asked of the phone h, which stands in the list; the rest is as for people.

So a page is found by an index of phones, and where nothing is asked of the people they need not be read to be counted.
"""

from collections.abc import Mapping
from typing import Any

from usher.people import filters

from .call_filters import is_uuid

_PLAN = "SELECT 1 FROM licenses_seat a WHERE a.user_id = h.user_id AND starts_with(a.product, 'calling:')"
_OFF = "SELECT o.product FROM phone_package o WHERE o.account_id = %(account)s"
_HOLDS = "h.user_id IN (SELECT a.user_id FROM licenses_seat a WHERE a.account_id = %(account)s AND {which})"
# A calling package by its product; `none` is a phone without a calling plan, `active` and `inactive` one that holds a package which the account has not or
# has switched off.
_PACKAGES = {
    "none": f"NOT EXISTS ({_PLAN})",
    "active": _HOLDS.format(which=f"starts_with(a.product, 'calling') AND a.product NOT IN ({_OFF})"),
    "inactive": _HOLDS.format(which=f"starts_with(a.product, 'calling') AND a.product IN ({_OFF})"),
}
_PRODUCTS = _HOLDS.format(which="a.product = ANY(%(f_package)s)")
_CLAUSES = {
    "phone": "h.state = ANY(%(f_phone)s)",
    "phone_site": "h.site_id = ANY(%(f_phone_site)s::uuid[])",
    "set_up": "CASE WHEN h.set_up_at IS NULL THEN 'no' ELSE 'yes' END = ANY(%(f_set_up)s)",
}
# Digits are a part of an extension or of a number; they may stand in a name or an address too. One set, so that each is found by its own index.
_DIGITS = """h.user_id IN (SELECT u.id FROM people_user u WHERE u.account_id = %(account)s AND u.left_at IS NULL AND {named}
  UNION ALL SELECT x.id FROM phone_user x WHERE x.account_id = %(account)s AND x.extension LIKE %(f_d{n})s
  UNION ALL SELECT m.holder_id FROM phone_number m WHERE m.account_id = %(account)s AND m.holder_id IS NOT NULL AND m.number LIKE %(f_d{n})s)"""


def where(query: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """A WHERE clause over phone_user h, people_user u and people_standing s, with its parameters; the queries are those of people.filters."""
    query = filters.cleaned(query)
    words = " ".join(query.get("q", [])).split()[:8]  # the first of them all, as the selection "all that match" takes them
    digits = [w for w in words if w.removeprefix("+").isdecimal() and w.isascii()]
    rest = {key: value for key, value in query.items() if key not in (*_CLAUSES, "package", "q")}
    names = [w for w in words if w not in digits]
    clauses, params = [], dict[str, Any]()
    if rest or names:
        clause, params = filters.where({**rest, "q": " ".join(names)})
        clauses.append(clause)
    for key, clause in _CLAUSES.items():
        if key in query:
            clauses.append(clause)
            params[f"f_{key}"] = [v for v in query[key] if is_uuid(v)] if key == "phone_site" else query[key]
    if "package" in query:
        products = [value for value in query["package"] if value not in _PACKAGES]
        holds = [_PACKAGES[value] for value in _PACKAGES if value in query["package"]] + ([_PRODUCTS] if products else [])
        clauses.append(f"({' OR '.join(holds)})")
        params["f_package"] = products
    for n, word in enumerate(digits):
        named, looked_up = filters.contains(f"f_n{n}", word)
        clauses.append(_DIGITS.replace("{named}", named).replace("{n}", str(n)))
        params |= {**looked_up, f"f_d{n}": f"%{word.removeprefix('+')}%"}
    return " AND ".join(clauses) or "true", params


def counted(clause: str) -> str:
    """Phones in use can be counted without their people, as long as a clause says nothing of those (invariant I9-seat)."""
    return (
        ""
        if "s.account_id" in clause
        else "FROM phone_user h WHERE h.account_id = %(account)s AND h.state = 'active' AND h.user_id IS NOT NULL"
    )
