"""Everything User Management knows about one person, in one query, and what was changed about somebody who is still pending."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import not_found

from .filters import where
from .reads import COLUMNS, LIVING
from .scope import within
from .verbs.profile import LONGEST, name_of

# What was done to a person, oldest first, as pairs of before and after. Coming in has no before, and is no edit.
EDITS = """(SELECT jsonb_agg(jsonb_build_array(e.before, e.after) ORDER BY e.change_id, e.phase) FROM journal_effect e
            WHERE e.obj = u.id AND e.result = 'done' AND e.before IS NOT NULL)"""
ONE_VALUE = (*LONGEST, "manager", "license", "im_group_name", "site")
SEVERAL = ("add_on", "user_group")
SOME = 8  # of those who report to somebody

LICENSED_AT = """(SELECT c.at FROM journal_effect e JOIN journal_change c ON c.id = e.change_id
                  WHERE e.obj = u.id AND e.result = 'done' AND e.after ? 'license' ORDER BY e.change_id DESC LIMIT 1)"""

REPORTS = "people_user r WHERE r.account_id = u.account_id AND r.manager_id = u.id AND r.left_at IS NULL"


def one_person(actor: Actor) -> str:
    """The one query. Of the manager and of whom they manage only those are told whom the actor's role covers."""
    reports = REPORTS + within(actor, "r.id")
    return f"""SELECT {COLUMNS}, greatest({LICENSED_AT}, u.activated_at) AS licensed_at,
  {name_of("b")} AS manager, b.email AS manager_email, k.kind AS mark, k.why AS mark_why, i.name AS im_group, p.name AS site, v.sent_at, v.expires_at,
  (SELECT jsonb_agg(jsonb_build_object('id', g.id, 'name', g.name, 'primary', m."primary") ORDER BY m."primary" DESC, g.name_key)
   FROM people_membership m JOIN people_group g ON g.id = m.group_id WHERE m.user_id = u.id) AS groups,
  (SELECT jsonb_agg(jsonb_build_object('product', a.product, 'since', a.since) ORDER BY a.product) FROM licenses_seat a WHERE a.user_id = u.id) AS seats,
  (SELECT count(*)::int FROM {reports}) AS reports_n,
  (SELECT jsonb_agg(few) FROM (SELECT r.id, {name_of("r")} AS name FROM {reports} ORDER BY r.name_key, r.id LIMIT {SOME}) few) AS reports,
  CASE WHEN s.status = 'pending' THEN {EDITS} END AS edits
FROM people_user u JOIN people_standing s ON s.user_id = u.id LEFT JOIN people_user b ON b.id = u.manager_id{within(actor, "b.id")} LEFT JOIN people_group i ON i.id = u.im_group_id
LEFT JOIN accounts_site p ON p.id = u.site_id
LEFT JOIN people_mark k ON k.user_id = u.id LEFT JOIN people_invitation v ON v.user_id = u.id AND v.state = 'open' WHERE {LIVING} AND u.id = %(id)s{within(actor)}"""


def person(actor: Actor, id: UUID) -> dict[str, Any]:
    """One living person of the actor's account: the columns of a list, manager, groups (id, name, primary), seats (product, since), the open
    invitation, and some of the `reports_n` people whose manager they are (id, name). `edits` is net_edits of somebody pending. Refused (missing) for anybody else."""
    actor.require("people:user:view")
    found = sql.row(one_person(actor), {"account": actor.account_id, "id": id})
    if found is None:
        raise not_found(_("This person"))
    seats = [{"product": s["product"], "since": datetime.fromisoformat(s["since"])} for s in found["seats"] or []]
    reports = [{**r, "id": UUID(r["id"])} for r in found["reports"] or []]
    return {**found, "groups": found["groups"] or [], "seats": seats, "reports": reports, "edits": seen_edits(actor, found["edits"] or [])}


def seen_edits(actor: Actor, pairs: Iterable[tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]]) -> list[tuple[str, Any, Any]]:
    """net_edits without the names of managers for whose role covers a part of the account: they may be outside of it."""
    return [edit for edit in net_edits(pairs) if edit[0] != "manager" or actor.scope is None]


def net_edits(pairs: Iterable[tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]]) -> list[tuple[str, Any, Any]]:
    """(what, before, now) of everything that is different in the end. What was undone, or changed back, is no edit (S0-47 … S0-52, S1-18)."""
    first: dict[str, Any] = {}
    last: dict[str, Any] = {}
    held: Counter[tuple[str, str]] = Counter()
    for before, after in ((b or {}, a or {}) for b, a in pairs):
        for key in ONE_VALUE:
            if key in before and key in after:
                first.setdefault(key, before[key])
                last[key] = after[key]
        for key in SEVERAL:
            held.update({(key, after[key]): 1} if after.get(key) else {})
            held.subtract({(key, before[key]): 1} if before.get(key) else {})
    told = [(key, first[key], last[key]) for key in ONE_VALUE if key in first and first[key] != last[key]]
    return told + [(key, None, value) if n > 0 else (key, value, None) for (key, value), n in held.items() if n]


def close_names(actor: Actor, text: str, limit: int = 8) -> list[dict[str, Any]]:
    """People of this account whose name or address contains every word, by name: what a field for a person proposes (TENANT-10)."""
    actor.require("people:user:view")
    clause, params = where({"q": text})
    return sql.rows(
        f"""SELECT u.id, u.email, {name_of("u")} AS name FROM people_user u JOIN people_standing s ON s.user_id = u.id
            WHERE {LIVING} AND {clause}{within(actor)} ORDER BY u.name_key, u.id LIMIT %(limit)s""",
        {**params, "account": actor.account_id, "limit": limit},
    )
