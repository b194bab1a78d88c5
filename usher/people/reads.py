"""Reading people. Every read starts from the actor: what is in another account does not exist (404)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from usher.core import keyset, sql
from usher.core.actor import Actor
from usher.core.address import looked_up
from usher.core.clock import travelled
from usher.core.keyset import COUNT_TO, Matches, Order, Sort
from usher.core.refusals import not_found

from .filters import unsearched, where, words_of
from .scope import within

# How a custom role is called and what it may; the names of the others are words of the portal.
ROLE = """CASE WHEN s.role NOT IN ('owner', 'admin', 'member') THEN (SELECT r.{column} FROM access_role r WHERE r.account_id = s.account_id AND r.key = s.role) END"""
COLUMNS = f"""u.id, u.email, u.first_name, u.last_name, u.display_name, u.department, u.job_title, u.location, u.cost_center, u.employee_id, u.time_zone,
  u.personal_meeting_id, u.came_in, u.created_at, u.activated_at, u.manager_id, u.im_group_id, s.status, s.license, s.role, s.version, s.last_sign_in,
  {ROLE.format(column="name")} AS role_name, {ROLE.format(column="privileges")} AS role_rights,
  EXISTS (SELECT 1 FROM accounts_domain d WHERE d.name = split_part(u.canonical, '@', 2) AND d.account_id = u.account_id AND d.manage) AS managed"""
FROM = "FROM people_user u JOIN people_standing s ON s.user_id = u.id"
LIVING = "u.account_id = %(account)s AND s.account_id = %(account)s AND u.left_at IS NULL"

# Each has an index (account, expression, id) that walks it in this order.
SORTS = (
    Sort("name", "u.name_key", "u.id", begins=True),
    Sort("email", "u.canonical", "u.id", begins=True),
    Sort("department", "u.department", "u.id", filled="u.department > ''", few=True),
    Sort(
        "license", "s.license", "s.user_id", filled="s.license IS NOT NULL", empty="s.status = 'inactive'", few=True
    ),  # standing_seat_of_status
    Sort("created", "u.created_at", "u.id", "timestamptz"),
    Sort("last_sign_in", "s.last_sign_in", "s.user_id", "timestamptz", "s.last_sign_in IS NOT NULL"),
)


@dataclass(frozen=True)
class Page:
    """A page of a keyset list: its rows, and the cursors of its two neighbors as text, None where there is none."""

    rows: list[dict[str, Any]]
    before: str | None
    after: str | None


def page(
    actor: Actor, query: Mapping[str, Any], *, sort: str = "name", after: str | None = None, before: str | None = None, limit: int = 50
) -> Page:
    """A page of living people, found as the portal finds it. `sort` is the key of one of SORTS, with a minus for descending; an unknown one is name.

    A cursor is a text as the page before gave it; one that cannot be read is the first page.
    """
    actor.require("people:user:view")
    order = _order(sort)
    cursor = keyset.read_cursor(order.sort, "before" if before is not None else "after", before or after or "")
    matches = matches_of(actor, query)
    words = words_of(query)
    found = keyset.found(matches, replace(order, words=words), cursor, limit)[0] if words else keyset.page(matches, order, cursor, limit)
    before, after = (keyset.cursor_text(edge) if edge else None for edge in (found.before, found.after))
    return Page(_with_add_ons(actor, found.rows), before, after)


def _order(sort: str) -> Order:
    key = sort.removeprefix("-")
    by_key = {s.key: s for s in SORTS}
    return Order(by_key[key], sort.startswith("-")) if key in by_key else Order(SORTS[0])


def matches_of(actor: Actor, query: Mapping[str, Any], select: str = COLUMNS) -> Matches:
    """The living people of the account whom a query finds."""
    clause, params = where(query)
    return Matches(
        select,
        f"{FROM} WHERE {LIVING}{within(actor)}",
        f" AND {clause}",
        {**params, "account": actor.account_id},
        "" if actor.scope else counted(clause),
        f" AND {where(unsearched(query))[0]}",
    )


def counted(clause: str) -> str:
    """Who is here can be counted in the narrow table alone, as long as a clause says nothing of the wide one (invariant I3-standing)."""
    return "" if "u." in clause else "FROM people_standing s WHERE s.account_id = %(account)s AND s.status <> 'gone'"


def _with_add_ons(actor: Actor, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The add-ons and the primary group of one page's people, in one query."""
    extra = {
        e["id"]: e
        for e in sql.rows(
            """SELECT x.id, (SELECT array_agg(a.product ORDER BY a.product) FROM licenses_seat a WHERE a.user_id = x.id) AS add_ons,
                      (SELECT g.name FROM people_membership m JOIN people_group g ON g.id = m.group_id WHERE m.user_id = x.id AND m."primary") AS group_name
               FROM unnest(%(ids)s::uuid[]) AS x(id)""",
            {"ids": [f["id"] for f in found]},
        )
    }
    return [{**f, "add_ons": extra[f["id"]]["add_ons"] or [], "group": extra[f["id"]]["group_name"] or ""} for f in found]


def totals(actor: Actor) -> dict[str, int]:
    """active, pending (both from the ledger, so they cost nothing), inactive (counted up to the cap); of a part of the account all are counted."""
    if actor.scope:
        counts = sql.rows(
            f"SELECT s.status, count(*)::int AS n {FROM} WHERE {LIVING}{within(actor)} GROUP BY 1", {"account": actor.account_id}
        )
        return {"active": 0, "pending": 0, "inactive": 0, **{c["status"]: c["n"] for c in counts}}
    found = sql.row(
        """SELECT coalesce(sum(used), 0)::int AS active, coalesce(sum(pending), 0)::int AS pending,
                  (SELECT count(*)::int FROM (SELECT 1 FROM people_standing WHERE account_id = %(account)s AND status = 'inactive' LIMIT %(cap)s) i) AS inactive
           FROM licenses_license WHERE account_id = %(account)s AND product LIKE 'meetings:%%'""",
        {"account": actor.account_id, "cap": COUNT_TO + 1},
    )
    return dict(found or {})


def person(actor: Actor, id: UUID) -> dict[str, Any]:
    """One living person of the actor's account with add-ons, or Refused (missing)."""
    found = sql.rows(
        f"SELECT {COLUMNS}, '' AS sort_value {FROM} WHERE {LIVING} AND u.id = %(id)s{within(actor)}",
        {"account": actor.account_id, "id": id},
    )
    if not found:
        raise not_found(_("This person"))
    return _with_add_ons(actor, found)[0]


def person_by_address(actor: Actor, address: str) -> dict[str, Any]:
    """The same by e-mail address in any usual spelling."""
    id = sql.value(
        f"SELECT u.id {FROM} WHERE {LIVING} AND u.canonical = %(c)s{within(actor)}",
        {"account": actor.account_id, "c": looked_up(address)},
    )
    if id is None:
        raise not_found(_("This person"))
    return person(actor, id)


def pending(actor: Actor, query: Mapping[str, Any], *, after: str | None = None, before: str | None = None, limit: int = 50) -> Page:
    """A page of pending people with their invitation: sent_at, expires_at, and the state of the last mail; by name (S0-47, S1-18)."""
    found = page(actor, {**query, "status": ["pending"]}, after=after, before=before, limit=limit)
    invitations = {
        i["user_id"]: i
        for i in sql.rows(
            """SELECT i.user_id, i.sent_at, i.expires_at,
                      (SELECT m.state FROM mail_message m WHERE m.to_user = i.user_id ORDER BY m.created_at DESC LIMIT 1) AS mail_state
               FROM people_invitation i WHERE i.user_id = ANY(%(ids)s)""",
            {"ids": [r["id"] for r in found.rows]},
        )
    }
    return Page([{**r, **invitations.get(r["id"], {})} for r in found.rows], found.before, found.after)


def groups(actor: Actor, kind: str, limit: int = 5_000, ids: list[UUID] | None = None) -> list[dict[str, Any]]:
    """The account's groups of a kind, or those of some ids, by name, so many at most; of a part of the account those that somebody of it is in."""
    used = "(SELECT m.group_id FROM people_membership m WHERE true{m} UNION SELECT u.im_group_id FROM people_user u WHERE true{u})"
    some = f" AND id IN {used.format(m=within(actor, 'm.user_id'), u=within(actor))}" if actor.scope else ""
    of_ids = " AND id = ANY(%(i)s)" if ids is not None else ""
    return sql.rows(
        f"SELECT id, name FROM people_group WHERE account_id = %(a)s AND kind = %(k)s{some}{of_ids} ORDER BY name_key LIMIT %(l)s",
        {"a": actor.account_id, "k": kind, "l": limit, "i": ids},
    )


def sites(actor: Actor) -> list[dict[str, Any]]:
    """The account's sites, by name; of a part of the account those where somebody of it is."""
    some = f" AND g.id IN (SELECT u.site_id FROM people_user u WHERE true{within(actor)})" if actor.scope else ""
    return sql.rows(
        f"SELECT g.id, g.name FROM accounts_site g WHERE g.account_id = %(a)s{some} ORDER BY g.name_key LIMIT 5000", {"a": actor.account_id}
    )


def departments(actor: Actor, starting: str = "", limit: int = 50) -> list[str]:
    """Departments in use, by name: hops along the index, so it costs as many steps as it gives answers. Of a part of the account those of its people."""
    if actor.scope:
        found = sql.rows(
            f"SELECT DISTINCT u.department {FROM} WHERE {LIVING}{within(actor)} AND u.department > %(s)s ORDER BY 1 LIMIT %(l)s",
            {"account": actor.account_id, "s": starting, "l": limit},
        )
        return [f["department"] for f in found]
    return [
        r["department"]
        for r in sql.rows(
            """WITH RECURSIVE d AS (
                 (SELECT department FROM people_user WHERE account_id = %(a)s AND left_at IS NULL AND department > %(s)s ORDER BY department LIMIT 1)
                 UNION ALL SELECT (SELECT u.department FROM people_user u WHERE u.account_id = %(a)s AND u.left_at IS NULL AND u.department > d.department
                           ORDER BY u.department LIMIT 1)
                 FROM d WHERE d.department IS NOT NULL)
               SELECT department FROM d WHERE department IS NOT NULL LIMIT %(l)s""",
            {"a": actor.account_id, "s": starting, "l": limit},
        )
    ]


EXPORT = f"""u.email, u.first_name, u.last_name, u.department, coalesce(g.name, '') AS user_group, coalesce(i.name, '') AS im_group, s.status, s.license,
  coalesce({ROLE.format(column="name")}, s.role) AS role,
  coalesce((SELECT string_agg(a.product, ' ' ORDER BY a.product) FROM licenses_seat a WHERE a.user_id = u.id AND NOT starts_with(a.product, 'calling')),
    '') AS add_ons, u.job_title, u.location, coalesce((SELECT t.name FROM accounts_site t WHERE t.id = u.site_id), '') AS site, u.created_at"""


def export(
    actor: Actor, query: Mapping[str, Any], subjects_sql: str = "", subjects: Mapping[str, Any] | None = None
) -> Iterator[dict[str, Any]]:
    """Everybody who matches, by name, streamed through a server-side cursor: memory stays flat at any size (S0-13)."""
    actor.require("people:user:view")
    clause, params = where(query)
    only = f"AND u.id IN ({subjects_sql})" if subjects_sql else ""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"""SELECT {EXPORT} {FROM} LEFT JOIN people_membership m ON m.user_id = u.id AND m."primary" LEFT JOIN people_group g ON g.id = m.group_id
                LEFT JOIN people_group i ON i.id = u.im_group_id WHERE {LIVING}{within(actor)} AND {clause} {only} ORDER BY u.name_key, u.id""",
            {**params, **(subjects or {}), "account": actor.account_id},
        )
        names = [c[0] for c in cursor.description]
        while found := cursor.fetchmany(2_000):
            for line in found:
                yield dict(zip(names, line, strict=True))


def invitations_ending(actor: Actor, days: int) -> int:
    """How many open invitations of the account run out within so many days; those whose time is up already are not counted."""
    return int(
        sql.value(
            f"""SELECT count(*) FROM people_invitation i WHERE account_id = %(a)s AND state = 'open'{within(actor, "i.user_id")}
               AND expires_at BETWEEN coalesce(%(now)s::timestamptz, now()) AND coalesce(%(now)s::timestamptz, now()) + make_interval(days => %(d)s)""",
            {"a": actor.account_id, "now": travelled(), "d": days},
        )
    )
