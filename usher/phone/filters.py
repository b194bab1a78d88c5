"""What a list of people's phones can be filtered by: what is about the phone is asked of the phone h, which stands in the list; the rest is as for people.

So a page is found by an index of phones, and where nothing is asked of the people they need not be read to be counted.
"""

from collections.abc import Mapping
from typing import Any

from usher.core.ids import is_uuid
from usher.people import filters

# Digits are a part of an extension or of a number; they may stand in a name or an address too. One set, so that each is found by its own index.
_DIGITS = f"""h.user_id IN (SELECT u.id FROM people_user u WHERE u.account_id = %(account)s AND u.left_at IS NULL AND {{named}}
  UNION ALL {filters.OF_DIGITS})"""


def where(query: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """A WHERE clause over phone_user h, people_user u and people_standing s, with its parameters; the queries are those of people.filters."""
    query = filters.cleaned(query)
    words = filters.words_in(query)
    digits = [w for w in words if w.removeprefix("+").isdecimal() and w.isascii()]
    rest = {key: value for key, value in query.items() if key not in (*filters.OF_PHONE, "package", "q")}
    names = [w for w in words if w not in digits]
    clauses, params = [], dict[str, Any]()
    if rest or names:
        clause, params = filters.where({**rest, "q": " ".join(names)})
        clauses.append(clause)
    for key, clause in filters.OF_PHONE.items():
        if key in query:
            clauses.append(clause)
            params[f"f_{key}"] = [v for v in query[key] if is_uuid(v)] if key == "phone_site" else query[key]
    if packages := query.get("package"):
        clauses.append(filters.holding(packages, "h.user_id"))
        params["f_package"] = packages
    for n, word in enumerate(digits):
        named, looked_up = filters.contains(f"f_n{n}", word)
        clauses.append(_DIGITS.format(named=named, n=n))
        params |= {**looked_up, f"f_d{n}": f"%{word.removeprefix('+')}%"}
    return " AND ".join(clauses) or "true", params


def counted(clause: str) -> str:
    """Phones in use can be counted without their people, as long as a clause says nothing of those (invariant I9-seat)."""
    return (
        ""
        if "s.account_id" in clause
        else "FROM phone_user h WHERE h.account_id = %(account)s AND h.state = 'active' AND h.user_id IS NOT NULL"
    )
