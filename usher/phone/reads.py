"""Reading phones. Every read starts from the actor: what is in another account does not exist (404)."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usher.core import keyset, sql
from usher.core.actor import Actor
from usher.core.keyset import Cursor, Matches, Order, Page, Row, Sort
from usher.core.refusals import not_found
from usher.licenses import ledger
from usher.licenses.catalog import PACKAGES
from usher.people.scope import within
from usher.people.verbs.profile import name_of

from .extensions import COUNTRY
from .filters import where
from .holders import PEOPLE
from .parts import NUMBERS
from .policy import LEVELS, UNSAID

NAME = name_of("u")
FROM = "FROM people_user u JOIN people_standing s ON s.user_id = u.id JOIN phone_user h ON h.user_id = u.id"
LIVING = "u.account_id = %(account)s AND u.left_at IS NULL AND h.account_id = %(account)s"
COLUMNS = f"""u.id, {NAME} AS name, u.email, u.first_name, u.last_name, u.display_name, u.department, u.cost_center, s.status, h.extension, h.state, h.site_id,
  (SELECT g.name FROM accounts_site g WHERE g.id = h.site_id) AS site, {NUMBERS.format(id="h.id")} AS numbers, {PEOPLE.packages("u.id")} AS packages,
  (SELECT t.name FROM phone_template t WHERE t.id = h.template_id) AS template, h.set_up_at, h.since, h.deactivated_at, h.away_at, h.purge_at, h.had, h.policy, h.version,
  (SELECT max(g.day) FROM licenses_usage g WHERE g.user_id = u.id AND g.product = 'phone') AS last_used"""
# Each has an index that walks it in this order: that of people, and those of phones.
SORTS = (
    Sort("name", "u.name_key", "u.id", begins=True),
    Sort("extension", "h.extension", "h.user_id"),
    Sort("since", "h.since", "h.user_id", "timestamptz"),
)
EMERGENCY = "(SELECT z.emergency_address FROM phone_site z WHERE z.site_id = h.site_id) AS emergency_address"  # of the site of a phone h
DEFAULTS = {"soft_delete": False, "welcome_mail": True, "site_codes": False, "automatic": False}


def page(actor: Actor, query: dict[str, Any], *, cursor: Cursor | None = None, limit: int = 50) -> Page:
    """Phones of people by name: name, e-mail, site, extension, numbers, packages, status, set-up state. Filters as in filters.

    Refuses (forbidden) without the right to see phone users.
    """
    actor.require("phone:user:view")
    clause, params = where({"phone": ["active"], **query})
    matches = Matches(COLUMNS, f"{FROM} WHERE {LIVING}{within(actor)}", f" AND {clause}", {"account": actor.account_id, **params})
    return keyset.page(matches, Order(SORTS[0]), cursor, limit)


def phone(actor: Actor, id: UUID) -> Row | None:
    """The phone of a person of the account, active or put away, with the emergency address of its site and
    the LEVELS of its policy; None without one. Refuses (forbidden) without the right."""
    if actor.user_id != id:
        actor.require("phone:user:view")
    return sql.row(
        f"SELECT {COLUMNS}, {EMERGENCY}, {LEVELS} {FROM} WHERE {LIVING} AND u.id = %(id)s", {"account": actor.account_id, "id": id}
    )


def waits(actor: Actor, id: UUID) -> bool:
    """Whether somebody holds Phone and has no extension yet."""
    query = """SELECT true FROM licenses_seat a LEFT JOIN phone_user h ON h.id = a.user_id WHERE a.account_id = %(a)s AND a.user_id = %(u)s AND a.product = 'phone'
               AND h.state IS DISTINCT FROM 'active'"""
    return bool(sql.value(query, {"a": actor.account_id, "u": id}))


def packages(actor: Actor) -> list[dict[str, Any]]:
    """Every calling package the account ever bought or has switched off: code, name, bought, assigned, free, active (S3-57). Refuses (forbidden)."""
    actor.require("phone:package:view")
    lines = {s["product"]: s for s in ledger.seats(actor)}
    off = {r["product"] for r in sql.rows("SELECT product FROM phone_package WHERE account_id = %(a)s", {"a": actor.account_id})}
    none = {"bought": 0, "used": 0, "pending": 0, "held": 0, "free": 0}
    return [
        {**none, **lines.get(p.code, {}), "product": p.code, "code": p.code.partition(":")[2], "name": p.name, "active": p.code not in off}
        for p in PACKAGES
        if p.code in off or p.code in lines
    ]


def is_inactive(actor: Actor, product: str) -> bool:
    query = "SELECT 1 FROM phone_package WHERE account_id = %(a)s AND product = %(p)s"
    return bool(sql.value(query, {"a": actor.account_id, "p": product}))


def numbers(
    actor: Actor, *, free: bool = False, digits: str = "", holder: UUID | None = None, limit: int = 50, after: str = ""
) -> list[Row]:
    """Numbers of the account in their order: number, country, kind, whose it is, and whether they call out with it. `digits` are a part of theirs,
    `holder` is whose they are. Refuses (forbidden)."""
    actor.require("phone:number:view")
    some = " AND n.holder_id IS NULL" if free else ""
    some += " AND n.number LIKE %(digits)s" if digits else ""
    some += " AND n.holder_id = %(holder)s" if holder else ""
    return sql.rows(
        f"SELECT {NUMBER} {NUMBER_FROM} WHERE {NUMBER_HERE}{some} AND n.number > %(after)s ORDER BY n.number LIMIT %(limit)s",
        {"account": actor.account_id, "after": after, "limit": limit, "digits": f"%{digits}%", "holder": holder},
    )


def own_numbers(actor: Actor) -> list[Row]:
    """The numbers of the actor's own phone in their order, and whether they call out with each."""
    query = "SELECT n.number, n.caller FROM phone_number n WHERE n.account_id = %(a)s AND n.holder_id = %(h)s ORDER BY n.number"
    return sql.rows(query, {"a": actor.account_id, "h": actor.user_id})


def proposed(actor: Actor, holder: Any, *, limit: int) -> list[Row]:
    """Free numbers for one phone: number, and whether it is `near`, of the country of the phone's site; those first. Refuses (forbidden)."""
    actor.require("phone:number:view")
    of_site = f"(SELECT {COUNTRY} FROM phone_user h WHERE h.account_id = %(a)s AND h.id = %(h)s::uuid)"
    return sql.rows(
        f"""SELECT n.number, coalesce(n.country = c.country, false) AS near FROM phone_number n CROSS JOIN (SELECT {of_site} AS country) c
            WHERE n.account_id = %(a)s AND n.holder_id IS NULL ORDER BY 2 DESC, n.number LIMIT %(l)s""",
        {"a": actor.account_id, "h": holder, "l": limit},
    )


HOLDER = f"coalesce({NAME}, r.name)"
NUMBER = f"n.id, n.number, n.number AS name, n.country, n.kind, n.caller, n.since, n.holder_id, {HOLDER} AS holder, h.extension, h.user_id, h.room_id"
NUMBER_FROM = "FROM phone_number n LEFT JOIN phone_user h ON h.id = n.holder_id LEFT JOIN people_user u ON u.id = h.user_id LEFT JOIN accounts_room r ON r.id = h.room_id"
NUMBER_HERE = "n.account_id = %(account)s"


def settings(actor: Actor) -> dict[str, bool]:
    """What the account chose about phones: soft_delete, welcome_mail, site_codes, automatic."""
    found = sql.row(f"SELECT {', '.join(DEFAULTS)} FROM phone_settings WHERE account_id = %(a)s", {"a": actor.account_id})
    return {**DEFAULTS, **(found or {})}


def account_policy(actor: Actor) -> dict[str, str]:
    """What phones of the account may do where neither they nor their site say otherwise."""
    found = sql.row("SELECT policy FROM phone_settings WHERE account_id = %(a)s", {"a": actor.account_id})
    return {**UNSAID, **(found["policy"] if found else {})}


def country(actor: Actor) -> str:
    """The country of the account, where a site has none of its own."""
    return str(sql.value("SELECT country FROM accounts_account WHERE id = %(a)s", {"a": actor.account_id}))


SITE_COLUMNS = """g.id, g.name, g.main, g.created_at, coalesce(s.code, '') AS code, coalesce(s.lowest, 1000) AS lowest, coalesce(s.highest, 9999) AS highest,
  coalesce(s.country, '') AS country, coalesce(s.emergency_address, '') AS emergency_address, coalesce(s.policy, '{}') AS policy,
  coalesce(nullif(s.country, ''), a.country) AS in_country,
  (SELECT count(*)::int FROM phone_user h WHERE h.site_id = g.id AND h.state = 'active') AS phones"""
SITE_FROM = "FROM accounts_site g JOIN accounts_account a ON a.id = g.account_id LEFT JOIN phone_site s ON s.site_id = g.id WHERE g.account_id = %(account)s"
SITE = f"SELECT {SITE_COLUMNS} {SITE_FROM}"


def sites(actor: Actor) -> list[Row]:
    """The phone side of every site, the main one first: code, lowest, highest, country, emergency_address, policy, phones. Refuses (forbidden)."""
    actor.require("phone:site:view")
    return sql.rows(f"{SITE} ORDER BY NOT g.main, g.name_key LIMIT 5000", {"account": actor.account_id})


def site(actor: Actor, id: UUID) -> Row:
    """The phone side of one site, or Refused (missing)."""
    actor.require("phone:site:view")
    found = sql.row(f"{SITE} AND g.id = %(id)s", {"account": actor.account_id, "id": id})
    if found is None:
        raise not_found(_("This site"))
    return found


TEMPLATE_COLUMNS = """t.id, t.name, t.policy, t.site_id, g.name AS site, t.created_at,
  (SELECT count(*)::int FROM phone_user h WHERE h.template_id = t.id AND h.state = 'active') AS phones"""
TEMPLATE_FROM = "FROM phone_template t LEFT JOIN accounts_site g ON g.id = t.site_id WHERE t.account_id = %(account)s"
TEMPLATE = f"SELECT {TEMPLATE_COLUMNS} {TEMPLATE_FROM}"


def templates(actor: Actor) -> list[Row]:
    """The templates of the account by name: policy, site, and how many phones have it. Refuses (forbidden)."""
    actor.require("phone:template:view")
    return sql.rows(f"{TEMPLATE} ORDER BY t.name_key LIMIT 1000", {"account": actor.account_id})


def template(actor: Actor, id: UUID) -> Row:
    """One template, or Refused (missing)."""
    actor.require("phone:template:view")
    found = sql.row(f"{TEMPLATE} AND t.id = %(id)s", {"account": actor.account_id, "id": id})
    if found is None:
        raise not_found(_("This template"))
    return found


def totals(actor: Actor) -> dict[str, int]:
    """How many phones people have, how many people wait for theirs, how many phones lie in the trash, how many rooms have one."""
    found = sql.row(
        """SELECT count(*) FILTER (WHERE h.state = 'active' AND h.user_id IS NOT NULL)::int AS active, count(*) FILTER (WHERE h.state = 'trash')::int AS trash,
             count(*) FILTER (WHERE h.state = 'active' AND h.room_id IS NOT NULL)::int AS rooms,
             (SELECT count(*)::int FROM licenses_seat a LEFT JOIN phone_user x ON x.id = a.user_id WHERE a.account_id = %(a)s AND a.product = 'phone'
              AND x.state IS DISTINCT FROM 'active') AS pending
           FROM phone_user h WHERE h.account_id = %(a)s""",
        {"a": actor.account_id},
    )
    return dict(found or {})
