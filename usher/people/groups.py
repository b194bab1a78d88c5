"""Reading groups: their lists, one of them, and the default ones. A group of another account, or of the other kind, does not exist (404).

Members are counted where they are shown, by index and only so far (docs/decisions/0054): a counter would be a row that every change of a member waits for.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usher.core import sql
from usher.core.actor import Actor
from usher.core.address import looked_up
from usher.core.keyset import COUNT_TO, Sort
from usher.core.refusals import Refused, not_found

from .filters import like_literal
from .scope import among, within

KINDS = ("user", "im")
# What a group of either kind is read and changed with.
AREA = {"user": "people:group", "im": "people:im_group"}


# In an account of more people than this, members are counted to FEW only: at most 50 groups of a page then cost what one list of people does.
LARGE, FEW = 20_000, 1_000
COUNTED_TO = f"""(SELECT CASE WHEN sum(used + pending) > {LARGE} THEN {FEW} ELSE {COUNT_TO} END
  FROM licenses_license WHERE account_id = %(account)s AND product LIKE 'meetings:%%')"""
PROPOSED = 10
SOURCE = "FROM people_group g WHERE g.account_id = %(account)s"


def where(query: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """What a list of groups can be narrowed by: kind, and words that all stand in the name."""
    words = str(query.get("q", "")).split()[:8]
    clauses = ["g.kind = %(f_kind)s", *(f"g.name_key LIKE usher_fold(%(f_q{n})s)" for n in range(len(words)))]
    found = {f"f_q{n}": f"%{like_literal(word)}%" for n, word in enumerate(words)}
    return " AND ".join(clauses), {"f_kind": next(iter(query.get("kind", ("user",)))), **found}


def columns(kind: str) -> str:
    """SELECT list over people_group g: id, kind, name, created_at, is_default, members; when these are more than `counted_to`, there may be more still."""
    return f"""g.id, g.kind, g.name, g.created_at, g.id IS NOT DISTINCT FROM {default_of(kind)} AS is_default,
        {members_of(kind)} AS members, {COUNTED_TO} AS counted_to"""


def members_of(kind: str) -> str:
    """SQL: how many living people are in group g, counted so far as the account's size allows."""
    who = {
        "user": "people_membership m JOIN people_standing s ON s.user_id = m.user_id AND s.status <> 'gone' WHERE m.group_id = g.id",
        "im": "people_user u WHERE u.account_id = g.account_id AND u.im_group_id = g.id AND u.left_at IS NULL",
    }
    return f"(SELECT count(*)::int FROM (SELECT 1 FROM {who[kind]} LIMIT 1 + {COUNTED_TO}) c)"


def sorts(kind: str) -> tuple[Sort, ...]:
    """By name, by when it was made, and by how many are in it, which is counted for every group then (docs/decisions/0054)."""
    return (
        Sort("name", "g.name_key", "g.id"),
        Sort("created", "g.created_at", "g.id", "timestamptz"),
        Sort("members", members_of(kind), "g.id", "bigint"),
    )


def default_of(kind: str) -> str:
    """SQL: the id of the default group of a kind, or null; who is added from now on is put into it (S0-62, S0-66)."""
    return f"(SELECT d.group_id FROM people_defaultgroup d WHERE d.account_id = %(account)s AND d.kind = '{kind}')"


def default_name(actor: Actor, kind: str) -> str:
    """The name of the default group of a kind; empty when there is none."""
    return default_names(actor).get(kind, "")


def default_names(actor: Actor) -> dict[str, str]:
    """Kind -> the name of its default group, for the kinds that have one."""
    found = sql.rows(
        """SELECT d.kind, g.name FROM people_defaultgroup d JOIN people_group g ON g.id = d.group_id
           WHERE d.account_id = %(account)s AND g.account_id = %(account)s""",
        {"account": actor.account_id},
    )
    return {f["kind"]: f["name"] for f in found}


def group(actor: Actor, kind: str, id: UUID) -> dict[str, Any]:
    """One group as in a list. Refused (missing) for one of another account or kind, and for one that the actor's role does not cover."""
    actor.require(f"{AREA[kind]}:view")
    found = sql.row(
        f"SELECT {columns(kind)} {SOURCE} AND g.kind = %(kind)s AND g.id = %(id)s{among(actor)}",
        {"account": actor.account_id, "kind": kind, "id": id},
    )
    if found is None:
        raise not_found(_("This group"))
    return found


def close_to(actor: Actor, kind: str, text: str) -> list[str]:
    """Names of groups with these words in them, a few, by name; nothing for who covers a part of the account, as they put nobody into a group."""
    actor.require(f"{AREA[kind]}:view")
    clause, params = where({"kind": [kind], "q": text})
    if actor.scope or not text.strip():
        return []
    found = sql.rows(f"SELECT g.name {SOURCE} AND {clause} ORDER BY g.name_key LIMIT {PROPOSED}", {"account": actor.account_id, **params})
    return [f["name"] for f in found]


def people_at(actor: Actor, addresses: list[str]) -> list[str]:
    """The ids of living people by their addresses. Refused (invalid, no_person) when one of them is nobody's here, with all of those."""
    wanted = list(dict.fromkeys(looked_up(a) for a in addresses if a.strip()))
    found = sql.rows(
        f"SELECT u.id::text AS id, u.canonical FROM people_user u WHERE u.account_id = %(account)s AND u.left_at IS NULL AND u.canonical = ANY(%(c)s){within(actor)}",
        {"account": actor.account_id, "c": wanted},
    )
    ids = {f["canonical"]: f["id"] for f in found}
    if missing := [a for a in wanted if a not in ids]:
        raise Refused(
            "invalid", "no_person", _("Nobody here has this address: %(email)s.") % {"email": ", ".join(missing[:5])}, field="people"
        )
    return [ids[a] for a in wanted]
