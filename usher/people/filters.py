"""What a list of people can be filtered by: one table, used by the list, its export and a selection of all that match."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from usher.core.ids import is_uuid

from .letters import far_more_frequent, rare_of

FILTERS = (
    "q",
    "status",
    "license",
    "add_on",
    "role",
    "group",
    "im_group",
    "site",
    "department",
    "sender",
    "mark",
    "domain",
    "came_in",
    "away_since",
    "phone",
    "phone_site",
    "package",
    "set_up",
    "phone_unused",
)

# An invitation counts only while whoever sent it is active; the operator and the system are nobody (INVITE-09). Of people_invitation i.
SENDER_GONE = """i.invited_by IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM people_standing b WHERE b.user_id = i.invited_by AND b.account_id = i.account_id AND b.status = 'active')"""

# What is asked of a phone h, here and in the lists of phones (phone/filters.py).
OF_PHONE = {
    "phone": "h.state = ANY(%(f_phone)s)",
    "phone_site": "h.site_id = ANY(%(f_phone_site)s::uuid[])",
    # As the lists tell it: a phone that is deactivated is that, set up or not.
    "set_up": "CASE WHEN h.deactivated_at IS NOT NULL THEN 'off' WHEN h.set_up_at IS NULL THEN 'no' ELSE 'yes' END = ANY(%(f_set_up)s)",
}
_CLAUSES = {
    "status": "s.status = ANY(%(f_status)s)",
    "license": "s.license = ANY(%(f_license)s)",
    "role": "s.role = ANY(%(f_role)s)",
    "department": "u.department = ANY(%(f_department)s)",
    "domain": "split_part(u.canonical, '@', 2) = ANY(%(f_domain)s)",  # as it stands in canonical addresses: IDNA, lower case
    "came_in": "u.came_in = ANY(%(f_came_in)s)",
    "add_on": "s.user_id IN (SELECT a.user_id FROM licenses_seat a WHERE a.account_id = %(account)s AND a.product = ANY(%(f_add_on)s))",
    "sender": f"""'gone' = ANY(%(f_sender)s) AND s.user_id IN (SELECT i.user_id FROM people_invitation i
      WHERE i.account_id = %(account)s AND i.state = 'open' AND {SENDER_GONE})""",
    "mark": "s.user_id IN (SELECT k.user_id FROM people_mark k WHERE k.account_id = %(account)s AND k.kind = ANY(%(f_mark)s))",
    "group": "s.user_id IN (SELECT m.user_id FROM people_membership m WHERE m.account_id = %(account)s AND m.group_id = ANY(%(f_group)s::uuid[]))",
    # Deactivated before a moment (ISO 8601).
    "away_since": """s.user_id IN (SELECT d.user_id FROM lifecycle_departure d WHERE d.account_id = %(account)s AND d.how = 'deactivated'
      AND d.at < (SELECT min(f.at) FROM unnest(%(f_away_since)s::timestamptz[]) f(at)))""",
    "im_group": "u.im_group_id = ANY(%(f_im_group)s::uuid[])",
    "site": "u.site_id = ANY(%(f_site)s::uuid[])",
    # Of whose phone no use is known since so many days; `never` is as long as there are calls. Looked up person by person, the newest day alone.
    "phone_unused": """%(f_phone_unused)s::text[] <> '{}'
      AND coalesce((SELECT max(g.day) FROM licenses_usage g WHERE g.user_id = u.id AND g.product = 'phone'), '-infinity')
        <= current_date - (SELECT min(CASE d WHEN 'never' THEN 99999 ELSE d::int END) FROM unnest(%(f_phone_unused)s::text[]) d)""",
    # Of a phone that is there: a join, where what may be none is looked up person by person (_PHONE).
    **{
        key: f"s.user_id IN (SELECT h.id FROM phone_user h WHERE h.account_id = %(account)s AND {clause})"
        for key, clause in OF_PHONE.items()
    },
}
# Groups by name, in any spelling, beside those by id: with very many of them a name is typed.
_NAMED = """(SELECT g.id FROM people_group g WHERE g.account_id = %(account)s AND g.kind = '{kind}'
  AND (g.id = ANY(%(f_{key})s::uuid[]) OR g.name_key IN (SELECT usher_fold(x) FROM unnest(%(f_{key}_names)s::text[]) x)))"""
_GROUPS = {
    "group": f"s.user_id IN (SELECT m.user_id FROM people_membership m WHERE m.account_id = %(account)s AND m.group_id IN {_NAMED.format(kind='user', key='group')})",
    "im_group": f"u.im_group_id IN {_NAMED.format(kind='im', key='im_group')}",
}
# `waiting` is whoever holds Phone and has none in use, `none` whoever could be given one.
_PHONE = """('none' = ANY(%(f_phone)s) AND NOT EXISTS (SELECT 1 FROM phone_user h WHERE h.id = u.id AND h.state <> 'away')
  OR u.id IN (SELECT h.id FROM phone_user h WHERE h.account_id = %(account)s AND h.state = ANY(%(f_phone)s)
  UNION ALL SELECT a.user_id FROM licenses_seat a LEFT JOIN phone_user h ON h.id = a.user_id
    WHERE 'waiting' = ANY(%(f_phone)s) AND a.account_id = %(account)s AND a.product = 'phone' AND h.state IS DISTINCT FROM 'active'))"""
# In a list of phones digits are looked for in extensions and numbers too: whose these are.
OF_DIGITS = """SELECT h.id FROM phone_user h WHERE h.account_id = %(account)s AND h.extension LIKE %(f_d{n})s
  UNION ALL SELECT n.holder_id FROM phone_number n WHERE n.account_id = %(account)s AND n.holder_id IS NOT NULL AND n.number LIKE %(f_d{n})s"""
_SWITCHED_OFF = "(SELECT o.product FROM phone_package o WHERE o.account_id = %(account)s)"
_PACKAGES = {
    "active": f"starts_with(a.product, 'calling') AND a.product NOT IN {_SWITCHED_OFF}",
    "inactive": f"starts_with(a.product, 'calling') AND a.product IN {_SWITCHED_OFF}",
}

HAS = "strpos(u.search, usher_fold(%({name}_word)s)) > 0"  # no index knows it
BY_DOMAIN = "u.came_in = 'domain'"  # as the index user_came_by_domain says it


def where(query: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """A WHERE clause over people_user u and people_standing s, with its parameters. Unknown keys are ignored; repeated values mean or."""
    clauses = ["s.account_id = %(account)s"]
    params: dict[str, Any] = {}
    query = cleaned(query)
    for key, clause in _CLAUSES.items():
        values = _as_list(query.get(key))
        if not values:
            continue
        if key in _GROUPS and (names := [v for v in values if not is_uuid(v)]):
            clause, params[f"f_{key}_names"] = _GROUPS[key], names
        if key in ("group", "im_group", "site", "phone_site"):
            values = [v for v in values if is_uuid(v)]
        if key == "phone" and {"none", "waiting"} & set(values):
            clause = _PHONE
        if key == "away_since":
            values = [v for v in values if _is_moment(v)]
        if key == "phone_unused":
            values = [v for v in values if v == "never" or (v.isascii() and v.isdigit() and len(v) < 5)]
        clauses.append(BY_DOMAIN if key == "came_in" and values == ["domain"] else clause)
        params[f"f_{key}"] = values
    if packages := query.get("package"):
        clauses.append(holding(packages, "u.id"))
        params["f_package"] = packages
    words = words_in(query)
    frequent = far_more_frequent(words) if len(words) > 1 else set()
    for n, word in enumerate(words):
        found, looked_up = contains(f"f_q{n}", word)
        found = HAS.format(name=f"f_q{n}") if word in frequent else found
        params |= looked_up
        if "phone" in query and (digits := word.removeprefix("+")).isdecimal() and digits.isascii():
            found = f"({found} OR u.id IN ({OF_DIGITS.format(n=n)}))"
            params[f"f_d{n}"] = f"%{digits}%"
        clauses.append(found)
    return " AND ".join(clauses), params


def holding(packages: Sequence[str], person: str) -> str:
    """The clause that a person, an id as SQL, holds one of these calling packages, by product (parameter f_package); `none` is whoever has no calling plan,
    `active` and `inactive` whoever holds a package that the account has not or has switched off.
    """
    which = [_PACKAGES[value] for value in packages if value in _PACKAGES]
    which += ["a.product = ANY(%(f_package)s)"] if {*packages} - {"none", *_PACKAGES} else []
    ways = [f"{person} IN (SELECT a.user_id FROM licenses_seat a WHERE a.account_id = %(account)s AND {each})" for each in which]
    if "none" in packages:
        ways.append(f"NOT EXISTS (SELECT 1 FROM licenses_seat a WHERE a.user_id = {person} AND starts_with(a.product, 'calling:'))")
    return f"({' OR '.join(ways)})"


def cleaned(query: Mapping[str, Any]) -> dict[str, Any]:
    """The known filters of a query as they can be journaled and asked for: text, without what no database column can hold."""
    return {key: [_text(v) for v in _as_list(query[key])] for key in FILTERS if _as_list(query.get(key))}


def _text(value: Any) -> str:
    return str(value).replace("\x00", "").encode(errors="replace").decode()


def words_of(query: Mapping[str, Any]) -> str:
    """What is searched for, as a pattern of LIKE without its ends; whose name or address begins so comes first."""
    return like_literal(" ".join(words_in(cleaned(query))))


def unsearched(query: Mapping[str, Any]) -> dict[str, Any]:
    """The filters of a query without the words."""
    return {key: value for key, value in query.items() if key != "q"}


def words_in(query: Mapping[str, Any]) -> list[str]:
    """The words that are searched for: the first eight."""
    return " ".join(_as_list(query.get("q"))).split()[:8]


def contains(name: str, word: str) -> tuple[str, dict[str, str]]:
    """That a person u has a word in name or address, by the trigram index, with its parameters: `name` and others that begin so.

    One pattern and not one for each three: the planner would take them for independent, and people of a frequent name for one or two. The parameters
    are those of either clause, for whoever asks for clause and parameters one after the other while what is rare is learnt anew.
    """
    rare = rare_of(word)
    params = {name: f"%{like_literal(word)}%", f"{name}_word": word, f"{name}_rare": rare or "%"}
    if not rare:
        return f"u.search LIKE usher_fold(%({name})s)", params
    return f"u.search LIKE %({name}_rare)s AND {HAS.format(name=name)}", params


def like_literal(text: str) -> str:
    """%, _ and the backslash mean themselves (DOS-13)."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _as_list(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
