"""Finding a few people and groups by what somebody typed, quickly at any size: for the search of the whole portal, and for who is near an empty list."""

from collections.abc import Mapping
from typing import Any

from usher.core import sql
from usher.core.actor import Actor
from usher.core.keyset import COUNT_TO

from .filters import contains, like_literal, where
from .groups import AREA
from .scope import among, within

FEW = 6
PERSON = "u.id, u.first_name, u.last_name, u.display_name, u.email"
HERE = "u.account_id = %(account)s AND u.left_at IS NULL"


def find(actor: Actor, text: str) -> list[dict[str, Any]]:
    """At most FEW people and FEW groups, best first, in one statement; nothing of what the actor may not see.

    `kind` is person or group, `status` and `role` those of the person. Names that begin so come first, by their index; then whoever has every word in name or
    address, by the trigram index, which needs a word of three letters; an employee id must be typed whole.
    """
    branches = []
    words = text.split()[:8]
    has = [contains(f"w{n}", word) for n, word in enumerate(words)]
    if actor.may("people:user:view") and words:
        here = HERE + within(actor)
        branches += [_begins(here), _employee(here)] + (
            [_has(here, " AND ".join(clause for clause, _values in has))] if max(map(len, words)) > 2 else []
        )
    kinds = [kind for kind, area in AREA.items() if actor.may(f"{area}:view")]
    if kinds and words:
        branches.append(GROUPS.format(seen=among(actor)))
    if not branches:
        return []
    params: dict[str, Any] = {"account": actor.account_id, "q": " ".join(words), "few": FEW, "kinds": kinds}
    params |= {key: value for _clause, values in has for key, value in values.items()}
    params["part"] = f"%{like_literal(' '.join(words))}%"
    found = sql.rows(" UNION ALL ".join(f"(SELECT * FROM ({branch}) b)" for branch in branches), params)
    once = {(f["kind"], f["id"]): f for f in reversed(found)}  # the best branch of each
    best = sorted(once.values(), key=lambda f: (f["kind"] != "person", f["rank"], f["name_key"]))
    return [f for kind in ("person", "group") for f in [b for b in best if b["kind"] == kind][:FEW]]


def _person(rank: int, inner: str) -> str:
    return f"""SELECT 'person' AS kind, {rank} AS rank, {PERSON}, u.name_key, s.status, s.role FROM ({inner}) u JOIN people_standing s ON s.user_id = u.id"""


def _begins(here: str) -> str:
    """From the place of the text in the index of names; what stands there but begins otherwise is dropped after."""
    near = f"SELECT * FROM people_user u WHERE {here} AND u.name_key >= usher_fold(%(q)s) ORDER BY u.name_key, u.id LIMIT %(few)s"
    return _person(1, f"SELECT * FROM ({near}) u WHERE starts_with(u.name_key, usher_fold(%(q)s))")


def _employee(here: str) -> str:
    return _person(0, f"SELECT * FROM people_user u WHERE {here} AND u.employee_id = %(q)s AND u.employee_id <> '' LIMIT %(few)s")


def _has(here: str, every: str) -> str:
    return _person(2, f"SELECT * FROM people_user u WHERE {here} AND {every} LIMIT %(few)s")


GROUPS = """SELECT 'group' AS kind, 0 AS rank, g.id, g.name AS first_name, '' AS last_name, '' AS display_name, '' AS email, g.name_key, g.kind AS status, '' AS role
  FROM people_group g WHERE g.account_id = %(account)s AND g.kind = ANY(%(kinds)s) AND g.name_key LIKE usher_fold(%(part)s){seen} ORDER BY g.name_key LIMIT %(few)s"""


def elsewhere(actor: Actor, query: Mapping[str, Any]) -> dict[str, int]:
    """Whom a query finds when the status does not matter: how many of each status, all together counted up to COUNT_TO."""
    actor.require("people:user:view")
    clause, params = where({**query, "status": []})
    found = sql.rows(
        f"""SELECT m.status, count(*)::int AS n FROM (SELECT s.status FROM people_user u JOIN people_standing s ON s.user_id = u.id
            WHERE {HERE}{within(actor)} AND {clause} LIMIT {COUNT_TO}) m GROUP BY 1""",
        {**params, "account": actor.account_id},
    )
    return {f["status"]: f["n"] for f in found}


def similar(actor: Actor, text: str) -> list[dict[str, Any]]:
    """The few people whose name or address is nearest to a text that nobody has: a letter missing, two letters turned round."""
    actor.require("people:user:view")
    return sql.rows(
        f"""SELECT {PERSON}, s.status FROM people_user u JOIN people_standing s ON s.user_id = u.id
            WHERE {HERE}{within(actor)} AND u.search %%> usher_fold(%(q)s) ORDER BY word_similarity(usher_fold(%(q)s), u.search) DESC, u.name_key, u.id LIMIT 3""",
        {"account": actor.account_id, "q": text},
    )
