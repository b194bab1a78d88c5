"""The free account of their own that somebody who was unlinked gets at their next sign-in, with what was not handed over (behaviour.md E).

Two Changes have the unlinking as their cause: the old account lets go, the new one opens and takes the content in. Whoever several accounts
unlinked before they signed in again takes along what each of them kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.access.actors import system
from usher.accounts.models import Account
from usher.core import sql
from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.journal import engine
from usher.journal.names import figure
from usher.journal.verb import Part, Verb, plan, register
from usher.licenses.catalog import BASIC
from usher.people.stored_settings import COMING_ALONG

from .coming_along import ContentComesAlong
from .leave import FULL_NAME
from .open_account import new_account


class LetGo(Part):
    """Somebody unlinked is not the account's to bring back any more; their meeting ID goes with them. Parameter: user."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, d.user_id AS obj, s.version, jsonb_build_object('name', {FULL_NAME}, 'email', u.email) AS before, '{{}}'::jsonb AS after,
                   NULL::text AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM lifecycle_departure d JOIN people_user u ON u.id = d.user_id JOIN people_standing s ON s.user_id = d.user_id
                   WHERE d.account_id = %(account)s AND d.user_id = %(user)s::uuid AND d.how = 'unlinked'"""

    write = """
did AS (DELETE FROM lifecycle_departure d USING ok WHERE d.user_id = ok.obj AND d.how = 'unlinked' RETURNING d.user_id AS obj),
moved AS (UPDATE people_user u SET left_how = 'moved', personal_meeting_id = NULL FROM did WHERE u.id = did.obj)"""


@register
class LetSomebodyGo(Verb):
    """Somebody who was unlinked opened an account of their own: this one cannot take them back by undo. Parameter: user."""

    name = "lifecycle.let_go"
    privilege = "people:user:manage"
    parts = (LetGo(),)
    undoable = False

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("They open an account of their own and take along what was not handed over.")

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("Somebody unlinked opened an account of their own")


class Owner(Part):
    """The person again, as the owner of their own account, with their profile and meeting ID. Parameters: user, from_user, meeting_id."""

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, %(user)s::uuid AS obj, NULL::int AS version, NULL::jsonb AS before,
                   jsonb_build_object('email', u.email, 'name', {FULL_NAME}, 'role', 'owner', 'license', '{BASIC}') AS after, NULL::text AS skip,
                   '{BASIC}' AS takes, NULL::text AS gives FROM people_user u WHERE u.id = %(from_user)s::uuid"""

    write = f"""
did AS (INSERT INTO people_user (id, account_id, login_id, email, canonical, first_name, last_name, display_name, time_zone, language, theme, single_keys, mail_when_done,
    personal_meeting_id, came_in, created_at, activated_at)
  SELECT ok.obj, %(account)s, l.id, l.email, l.canonical, u.first_name, u.last_name, u.display_name, u.time_zone, u.language, u.theme, u.single_keys, u.mail_when_done,
    %(meeting_id)s::bigint, 'owner', %(now)s, %(now)s FROM ok JOIN people_user u ON u.id = %(from_user)s::uuid JOIN people_login l ON l.id = u.login_id RETURNING id AS obj),
standing AS (INSERT INTO people_standing (user_id, account_id, status, license, role, access_epoch, version)
  SELECT obj, %(account)s, 'active', '{BASIC}', 'owner', 1, 1 FROM did),
settings AS ({COMING_ALONG.format(person="%(from_user)s::uuid")})"""


@register
class OpenOwnAccount(Verb):
    """Open the free account of somebody who was unlinked, by themself.

    Parameters: user (their new id); from_user and from_name, of the account that unlinked them last; meeting_id; from_users and from_accounts, of all.
    """

    name = "lifecycle.open_own_account"
    privilege = "accounts:account:manage"
    parts = (Owner(), ContentComesAlong())
    makes_new = True
    undoable = False

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return False  # with content it is several rows

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("You get a free account of your own.")

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The account was opened after leaving %(account)s") % {"account": params["from_name"]}


UNLINKED = f"""SELECT u.id, u.account_id, u.personal_meeting_id, {FULL_NAME} AS name, u.email, d.change_id, a.name AS account_name, a.language, a.country
  FROM people_login l JOIN people_user u ON u.login_id = l.id JOIN lifecycle_departure d ON d.user_id = u.id AND d.how = 'unlinked' JOIN accounts_account a ON a.id = u.account_id
  WHERE l.id = %(login)s AND NOT EXISTS (SELECT 1 FROM people_user x WHERE x.login_id = l.id AND x.left_at IS NULL) ORDER BY d.at DESC"""


def waits_for(login: UUID) -> bool:
    """Whether this login lives nowhere and was unlinked, so that its next sign-in opens an account of its own."""
    return sql.row(f"{UNLINKED} LIMIT 1", {"login": login}) is not None


def open_for(login: UUID, *, ip: str = "", request_id: str = "") -> bool:
    """Open the own account of a login that lives nowhere and was unlinked; False when there is nothing to open. Twice at once opens one.

    Its name and the profile are those of the last account. Content beyond the first few hundred items follows in the background.
    """
    with transaction.atomic():
        sql.execute(  # accounts before people, as everywhere: somebody who moves to another account holds theirs (transfer.py)
            """SELECT 1 FROM accounts_account a WHERE a.id IN (SELECT u.account_id FROM people_user u WHERE u.login_id = %(login)s)
               ORDER BY a.id FOR KEY SHARE""",
            {"login": login},
        )
        sql.execute(
            """SELECT 1 FROM people_standing s WHERE s.user_id IN (SELECT u.id FROM people_user u WHERE u.login_id = %(login)s) ORDER BY s.user_id FOR NO KEY UPDATE""",
            {"login": login},
        )
        sql.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('login:' || canonical, 0)) FROM people_login WHERE id = %(login)s",
            {"login": login},
        )
        left = sql.rows(UNLINKED, {"login": login})
        for each in left:
            engine.start(
                plan(system(each["account_id"]), LetSomebodyGo.name, {"user": str(each["id"])}, cause=each["change_id"]),
                f"let_go:{each['id']}",
            )
        if left:
            _open(left, ip, request_id)
    return bool(left)


def _open(left: list[dict[str, Any]], ip: str, request_id: str) -> None:
    """The account, its owner, and the content of all the places they left, the last one first."""
    last, user = left[0], uuid7()
    account = new_account(
        Account(name=last["name"][:128], plan="free", opened_by="person", language=last["language"], country=last["country"])
    )
    params = {
        "user": str(user),
        "from_user": str(last["id"]),
        "from_users": [str(each["id"]) for each in left],
        "from_accounts": [str(each["account_id"]) for each in left],
        "from_name": last["account_name"],
        "meeting_id": last["personal_meeting_id"],
    }
    rights = frozenset({OpenOwnAccount.privilege})
    person = Actor("person", account.id, last["name"], rights, "sign_in", user, role="owner", request_id=request_id, ip=ip)
    started = engine.start(plan(person, OpenOwnAccount.name, params, cause=last["change_id"]), f"own:{user}")
    if started.state == "running" and started.change_id:
        engine.step(started.change_id)  # the person first: they are signing in


@dataclass(frozen=True)
class Opening:
    """How somebody's own account began: the account they left, since when this one is theirs, how many items came along, whether more are on their way."""

    left: str
    at: datetime
    items: int
    more: bool
    meeting_id: int | None


def opening(actor: Actor) -> Opening | None:
    """Of the actor's account; None when it was opened otherwise."""
    found = sql.row(
        """SELECT c.params->>'from_name' AS "left", c.at, (c.params->>'meeting_id')::bigint AS meeting_id, coalesce(r.state = 'running', false) AS more,
             (SELECT count(*)::int FROM journal_effect e WHERE e.change_id = c.id AND e.phase = 1 AND e.result = 'done') AS items
           FROM journal_change c LEFT JOIN journal_run r ON r.change_id = c.id WHERE c.account_id = %(a)s AND c.verb = %(verb)s""",
        {"a": actor.account_id, "verb": OpenOwnAccount.name},
    )
    return Opening(**found) if found else None


def items_in_words(n: int) -> str:
    return ngettext("%(n)s item came along.", "%(n)s items came along.", n) % {"n": figure(n)}
