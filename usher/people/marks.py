"""Whom verbs over a set pass over: the never-touch list and service accounts. Said once, here, below all verbs of people (of_people.py).

One person picked by hand is meant, and is touched; of a set nobody looked at each. The clock picks nobody by hand, so it passes over them always.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from usher.core import sql
from usher.core.actor import Actor
from usher.core.address import looked_up
from usher.journal.verb import Part, reason

NEVER_TOUCH = reason("never_touch", _("on the never-touch list"))
SERVICE_ACCOUNT = reason("service_account", _("a service account"))
KINDS: dict[str, str | Promise] = {"never": _("Never touch"), "service": _("Service account")}

FROM = "FROM people_mark k JOIN people_user u ON u.id = k.user_id JOIN people_standing s ON s.user_id = k.user_id"
LIVING = "k.account_id = %(account)s AND u.left_at IS NULL"


def why_spared(person: str) -> str:
    """SQL: why the person with this id is passed over, or null. Both sets are read once and kept as hashes, so nobody marked costs nothing."""
    marked = "SELECT k.user_id FROM people_mark k WHERE k.account_id = %(account)s AND k.kind ="
    return f"CASE WHEN {person} IN ({marked} 'never') THEN 'never_touch' WHEN {person} IN ({marked} 'service') THEN 'service_account' END"


def sparing(rows: str, person: str) -> str:
    """The rows of a part in their order, those of marked people left alone. What was skipped anyway keeps its own reason."""
    return f"SELECT r.subj, r.obj, r.version, r.before, r.after, coalesce(r.skip, {why_spared(person)}) AS skip, r.takes, r.gives FROM ({rows}) r"


def person_of(part: Part) -> str:
    """SQL of whose row a row of this part is; empty where another phase says it (subj)."""
    return part.locked if part.lock and part.lock[0] == "people_standing" else ""


def of_many(subjects: Mapping[str, Any]) -> bool:
    """Whether a selection is anything but one person picked by hand."""
    return len(subjects.get("ids", ())) != 1


def named_alone(actor: Actor, addresses: Sequence[str]) -> str:
    """The id of somebody marked who is named by one address and with nobody else: they are meant, as if picked by hand. Empty for anybody else."""
    if len(addresses) != 1:
        return ""
    query = f"SELECT k.user_id::text {FROM} WHERE {LIVING} AND u.canonical = %(c)s"
    return str(sql.value(query, {"account": actor.account_id, "c": looked_up(addresses[0])}) or "")


def mark_of(actor: Actor, user: UUID) -> dict[str, Any] | None:
    """The mark of one person: kind, why, at, by (a name) and the number of the Change; None for who has none."""
    return sql.row(
        f"""SELECT k.kind, k.why, k.at, c.actor_name AS by, c.number {FROM} LEFT JOIN journal_change c ON c.id = k.change_id
            WHERE {LIVING} AND k.user_id = %(u)s""",
        {"account": actor.account_id, "u": user},
    )
