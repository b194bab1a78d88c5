"""Somebody with an account of their own, whose address is at a domain that another account manages and consolidates: they are asked when they sign in.

They may put it off three times, then they join, or choose another address (own_address.py; behaviour.md H). Joining is the move of every existing
person (transfer.py), with the license and the group of the domain. Who cannot move yet (transfer.why_not) is told why, and is not held up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.core.refusals import Refused

from . import transfer
from .sign_up import SignUp, come_in

PUT_OFF = 3
ASKS = """SELECT d.account_id, a.name AS account_name, d.name AS domain, d.license, d.group_id, u.account_id AS own, u.id AS user_id, u.email, u.canonical,
  coalesce(k.skipped, 0) AS skipped
  FROM people_user u JOIN people_standing s ON s.user_id = u.id AND s.status = 'active' AND s.role = 'owner'
  JOIN accounts_domain d ON d.name = split_part(u.canonical, '@', 2) AND d.state = 'verified' AND d.consolidate AND d.account_id <> u.account_id
  JOIN accounts_account a ON a.id = d.account_id AND a.closed_at IS NULL
  LEFT JOIN accounts_asked k ON k.login_id = u.login_id AND k.account_id = d.account_id
  WHERE u.login_id = %(login)s AND u.left_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM people_user x WHERE x.account_id = u.account_id AND x.left_at IS NULL AND x.id <> u.id)"""


@dataclass(frozen=True)
class Question:
    """Which account asks, by which domain; how often it can still be put off, what comes along (kind -> items), and why it cannot be yet, or empty."""

    account: UUID
    account_name: str
    domain: str
    left: int
    license: str
    own: UUID
    user: UUID
    comes: Mapping[str, int]
    why_not: str

    @property
    def must(self) -> bool:
        """Whether nothing else is open to them until they have answered."""
        return not self.left and not self.why_not


def question(login: UUID) -> Question | None:
    """What the person of a login is asked, or None."""
    found = sql.row(ASKS, {"login": login})
    if found is None:
        return None
    held = sql.rows(
        "SELECT s.kind, count(*)::int AS n FROM content_standing s WHERE s.account_id = %(a)s AND s.owner_id = %(u)s AND s.trashed_at IS NULL GROUP BY 1",
        {"a": found["own"], "u": found["user_id"]},
    )
    refused = transfer.why_not(login)
    return Question(
        account=found["account_id"],
        account_name=found["account_name"],
        domain=found["domain"],
        left=max(0, PUT_OFF - found["skipped"]),
        license=found["license"],
        own=found["own"],
        user=found["user_id"],
        comes={h["kind"]: h["n"] for h in held},
        why_not=refused.words if refused else "",
    )


def put_off(login: UUID) -> None:
    """Not now. Counted; Refused (conflict, no_more) after three times, unless they cannot join yet anyway."""
    asked = question(login)
    if asked is None or asked.why_not:
        return
    counted = sql.execute(
        """INSERT INTO accounts_asked AS k (login_id, account_id, skipped, last_at) VALUES (%(l)s, %(a)s, 1, %(now)s)
           ON CONFLICT (login_id, account_id) DO UPDATE SET skipped = k.skipped + 1, last_at = excluded.last_at WHERE k.skipped < %(most)s""",
        {"l": login, "a": asked.account, "now": clock.now(), "most": PUT_OFF},
    )
    if not counted:
        words = _("It was put off three times. To go on, join %(account)s or choose another address.")
        raise Refused("conflict", "no_more", words % {"account": asked.account_name})


def join(login: UUID, *, ip: str = "", request_id: str = "") -> str:
    """Move the person, who was shown to be theirs a moment ago, with everything they have. The name of the account they belong to now.

    Refuses what transfer.why_not says, and (missing, not_asked) when nobody asks any more.
    """
    with transaction.atomic():
        found = _still(login)
        transfer.lock_accounts(found["own"], found["account_id"])
        refused = transfer.why_not(login)
        if refused:
            raise refused
        user = uuid7()
        name = found["email"]
        actor = Actor("person", found["account_id"], name, frozenset({SignUp.privilege}), "sign_in", user, request_id=request_id, ip=ip)
        come_in(actor, found, "consolidate")
        transfer.accept(login, user, lambda: _still(login), ip=ip, request_id=request_id)
        sql.execute("DELETE FROM accounts_asked WHERE login_id = %(l)s", {"l": login})
    return str(found["account_name"])


def _still(login: UUID) -> dict[str, Any]:
    found = sql.row(ASKS, {"login": login})
    if found is None:
        raise Refused("missing", "not_asked", _("Nobody asks you to join any more. Nothing was changed."))
    return found
