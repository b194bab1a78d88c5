"""People in the order of their ids, as programs read them: a page with everything that is told of each in one statement, and one person by whatever names them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usher.core import sql
from usher.core.actor import Actor
from usher.core.address import looked_up
from usher.core.ids import unshort
from usher.core.refusals import not_found

from .scope import among, within

COLUMNS = """u.id, u.email, u.first_name, u.last_name, u.display_name, u.department, u.job_title, u.location, u.cost_center, u.employee_id, u.time_zone, u.language,
  u.personal_meeting_id, u.created_at, u.im_group_id, u.login_id, u.came_in, s.status, s.license, s.role, s.last_sign_in,
  ARRAY(SELECT m.group_id::text FROM people_membership m WHERE m.user_id = u.id{among} ORDER BY m."primary" DESC, m.id) AS group_ids,
  (SELECT k.values FROM people_usersettings k WHERE k.user_id = u.id AND k.part = 'profile') AS kept"""
SEATED = """SELECT coalesce(sum(CASE %(status)s::text WHEN 'active' THEN used ELSE pending END), 0)::int
  FROM licenses_license WHERE account_id = %(account)s AND product LIKE 'meetings:%%'"""
STATUSES = ("active", "inactive", "pending")
FAR = 2_000  # people before a page by its number; nearer, looking the page up once more costs more than it saves


def page(actor: Actor, status: str, *, role: str = "", after: str | None = None, offset: int = 0, limit: int) -> list[dict[str, Any]]:
    """At most `limit` people of a status after an id, walked along one index. `role` is a key; empty for every role."""
    return _walked(
        actor, f"SELECT {_columns(actor)}", "", {"status": status, "role": role, "after": after, "offset": offset, "limit": limit}
    )


@dataclass(frozen=True)
class Written:
    """A page as text: each person as the shape writes them, commas between; the last one's id when more follow; and how many there are in all."""

    text: str
    last: str | None
    total: int


def written(actor: Actor, shape: str, status: str, *, role: str = "", after: str | None = None, offset: int = 0, limit: int) -> Written:
    """The same page with its number, written by the database: one row instead of a hundred, and no value is read and made text again
    (docs/decisions/0082). `shape` is a JSON object as SQL over u and s; of groups m it names those that `{among}` leaves.
    """
    inner = f"SELECT s.user_id AS id, {shape.replace('{among}', among(actor, 'm.group_id'))}::text AS told"
    outer = f"""SELECT coalesce(string_agg(told, ',' ORDER BY n) FILTER (WHERE n < %(limit)s), '') AS text,
      max(id::text) FILTER (WHERE n = %(limit)s - 1) AS last, count(*) = %(limit)s AS more, ({_counted(actor, status, role)}) AS total
      FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM {{rows}}) x"""
    asked = {"status": status, "role": role, "after": after, "offset": offset, "limit": limit + 1}
    (found,) = _walked(actor, inner, outer, asked)
    return Written(found["text"], found["last"] if found["more"] else None, found["total"])


def _walked(actor: Actor, inner: str, outer: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    actor.require("people:user:view")
    role = asked["role"]
    which = f"""FROM people_standing s WHERE s.account_id = %(account)s AND s.status = %(status)s{_of_role(role)}{within(actor, "s.user_id")}
            AND s.user_id > %(after)s::uuid ORDER BY s.user_id LIMIT %(limit)s::int OFFSET %(offset)s::int"""
    walked = f"SELECT * {which}"
    if asked["offset"] > FAR:  # whom a page by its number passes over is read in the index alone
        walked = f"""SELECT s.* FROM (SELECT s.user_id {which}) p
            CROSS JOIN LATERAL (SELECT * FROM people_standing s WHERE s.user_id = p.user_id OFFSET 0) s"""
    # OFFSET 0: one look for each of the page. A plan that is made for any page would walk everybody with a lower id beside it, of all accounts.
    rows = (
        f"{inner} FROM ({walked}) s CROSS JOIN LATERAL (SELECT * FROM people_user u WHERE u.id = s.user_id OFFSET 0) u ORDER BY s.user_id"
    )
    told = {**asked, "account": actor.account_id, "after": asked["after"] or UUID(int=0)}
    ask = sql.rows if role else sql.prepared  # a plan for any role cannot use the index of those who are more than members
    return ask(outer.replace("{rows}", f"({rows}) y") if outer else rows, told)


def _columns(actor: Actor) -> str:
    """What is read of a person; of their groups those that exist for this actor."""
    return COLUMNS.format(among=among(actor, "m.group_id"))


def how_many(actor: Actor, status: str, role: str = "") -> int:
    """How many people of a status there are."""
    actor.require("people:user:view")
    return int(sql.value(_counted(actor, status, role), {"account": actor.account_id, "status": status, "role": role}))


def _counted(actor: Actor, status: str, role: str) -> str:
    """The query of it; of everybody's role the ledger knows, as long as they hold seats."""
    if not role and status != "inactive" and actor.scope is None:
        return SEATED
    return f"SELECT count(*)::int FROM people_standing s WHERE s.account_id = %(account)s AND s.status = %(status)s{_of_role(role)}{within(actor, 's.user_id')}"


def by_license(actor: Actor) -> dict[str, int]:
    """license -> how many active people hold it; `pending` beside them."""
    actor.require("people:user:view")
    found = sql.rows(
        f"""SELECT CASE WHEN s.status = 'pending' THEN 'pending' ELSE s.license END AS what, count(*)::int AS n FROM people_standing s
            WHERE s.account_id = %(account)s AND s.status IN ('active', 'pending'){within(actor, "s.user_id")} GROUP BY 1""",
        {"account": actor.account_id},
    )
    return {f["what"]: f["n"] for f in found}


def one(actor: Actor, told: str, *, employee: bool = False) -> dict[str, Any]:
    """One living person by id, address in any spelling, or employee id, with manager_email and role_name. Refused (missing) for anybody else (S4-36)."""
    actor.require("people:user:view")
    clause, value = _named(told, employee)
    return _only(actor, _columns(actor), f"{clause}{within(actor)}", value)


def oneself(actor: Actor) -> dict[str, Any]:
    """The actor's own row, which needs no right. Refused (missing) for who is no person."""
    return _only(actor, COLUMNS.format(among=""), "u.id = %(told)s", actor.user_id)


def _only(actor: Actor, columns: str, clause: str, value: Any) -> dict[str, Any]:
    found = sql.rows(
        f"""SELECT {columns}, b.email AS manager_email, r.name AS role_name FROM people_user u JOIN people_standing s ON s.user_id = u.id
            LEFT JOIN people_user b ON b.id = u.manager_id AND b.left_at IS NULL{within(actor, "b.id")}
            LEFT JOIN access_role r ON r.account_id = s.account_id AND r.key = s.role
            WHERE u.account_id = %(account)s AND u.left_at IS NULL AND {clause} LIMIT 2""",
        {"account": actor.account_id, "told": value},
    )
    if len(found) != 1:
        raise not_found(_("This person"))
    return found[0]


def some(actor: Actor, told: list[str]) -> dict[str, dict[str, Any]]:
    """Living people by ids or addresses in any spelling: how each was named -> id, add_ons. Whoever is not here is not in it (S4-36, S4-50)."""
    actor.require("people:user:view")
    named = [_named(name, False) for name in told]
    found = sql.rows(
        f"""SELECT t.told, u.id, ARRAY(SELECT a.product FROM licenses_seat a WHERE a.user_id = u.id ORDER BY a.product) AS add_ons
            FROM unnest(%(told)s::text[], %(ids)s::uuid[], %(addresses)s::text[]) AS t(told, id, address)
            JOIN people_user u ON u.account_id = %(account)s AND u.left_at IS NULL AND u.id = coalesce(t.id,
              (SELECT x.id FROM people_user x WHERE x.account_id = %(account)s AND x.canonical = t.address AND x.left_at IS NULL)){within(actor)}""",
        {
            "account": actor.account_id,
            "told": told,
            "ids": [value if isinstance(value, UUID) else None for _clause, value in named],
            "addresses": [value or None if isinstance(value, str) else None for _clause, value in named],
        },
    )
    return {row["told"]: row for row in found}


def add_ons(actor: Actor, user: UUID) -> list[str]:
    """The add-ons somebody holds, by code; everybody sees their own."""
    if user != actor.user_id:
        actor.require("people:user:view")
    found = sql.rows(
        f"SELECT a.product FROM licenses_seat a WHERE a.account_id = %(a)s AND a.user_id = %(u)s{within(actor, 'a.user_id')} ORDER BY a.product",
        {"a": actor.account_id, "u": user},
    )
    return [row["product"] for row in found]


def has_expired(actor: Actor, told: str) -> bool:
    """Whether somebody who is named by id or address was invited, and the invitation expired before they came."""
    actor.require("people:user:view")
    clause, value = _named(told, False)
    query = f"SELECT EXISTS (SELECT 1 FROM people_user u WHERE u.account_id = %(account)s AND u.left_how = 'expired' AND {clause}{within(actor)})"
    return bool(sql.value(query, {"account": actor.account_id, "told": value}))


def is_here(actor: Actor, address: str) -> bool:
    """Whether somebody living in this account has an address; of other accounts nothing is told (R11, TENANT-10)."""
    actor.require("people:user:view")
    return bool(
        sql.value(
            f"SELECT EXISTS (SELECT 1 FROM people_user u WHERE u.account_id = %(account)s AND u.left_at IS NULL AND u.canonical = %(told)s{within(actor)})",
            {"account": actor.account_id, "told": looked_up(address)},
        )
    )


def _named(told: str, employee: bool) -> tuple[str, Any]:
    if employee:
        return "u.employee_id <> '' AND u.employee_id = %(told)s", _clean(told)
    if "@" in told:
        return "u.canonical = %(told)s", looked_up(told)
    try:
        return "u.id = %(told)s", unshort(told)
    except ValueError:
        return "false AND %(told)s::text IS NULL", ""


def _of_role(role: str) -> str:
    return " AND s.role = %(role)s" if role else ""


def _clean(text: str) -> str:
    return text.replace("\x00", "").encode(errors="replace").decode().strip()
