"""The free account of their own that somebody who was unlinked gets at their next sign-in, with what was not handed over (behaviour.md E).

Two Changes have the unlinking as their cause: the old account lets go, the new one opens and takes the content in.
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
  SELECT obj, %(account)s, 'active', '{BASIC}', 'owner', 1, 1 FROM did)"""


class ContentComesAlong(Part):
    """Items change account and owner together, the trash too. A recording keeps its meeting when both come along in one chunk or the meeting was first."""

    lock = ("content_standing", "item_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT 1 AS subj, s.item_id AS obj, s.version, jsonb_build_object('name', i.title, 'kind', i.kind, 'owner_id', s.owner_id) AS before,
                  jsonb_build_object('name', i.title, 'owner_id', %(user)s::uuid) AS after, NULL::text AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM content_standing s JOIN content_item i ON i.id = s.item_id
                  WHERE s.account_id = %(from_account)s::uuid AND s.owner_id = %(from_user)s::uuid ORDER BY i.meeting_id IS NOT NULL, s.item_id"""

    # One statement, because the foreign keys between item and standing carry the account and are asked at its end.
    write = """
did AS (UPDATE content_standing t SET account_id = %(account)s, owner_id = %(user)s::uuid, version = t.version + 1 FROM ok
  WHERE t.item_id = ok.obj AND t.account_id = %(from_account)s::uuid AND t.owner_id = %(from_user)s::uuid RETURNING t.item_id AS obj),
items AS (UPDATE content_item i SET account_id = %(account)s, meeting_id = CASE WHEN i.meeting_id IN (SELECT obj FROM did)
    OR EXISTS (SELECT 1 FROM content_item m WHERE m.id = i.meeting_id AND m.account_id = %(account)s) THEN i.meeting_id END FROM did WHERE i.id = did.obj),
parted AS (UPDATE content_item i SET meeting_id = NULL FROM did WHERE i.meeting_id = did.obj AND i.id NOT IN (SELECT obj FROM did))"""


@register
class OpenOwnAccount(Verb):
    """Open the free account of somebody who was unlinked, by themself. Parameters: user (their new id), from_user, from_account, from_name, meeting_id."""

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


UNLINKED = f"""SELECT u.id, u.account_id, u.personal_meeting_id, {FULL_NAME} AS name, u.email, d.change_id, a.name AS account_name, a.language, a.country, l.canonical
  FROM people_login l JOIN people_user u ON u.login_id = l.id JOIN lifecycle_departure d ON d.user_id = u.id AND d.how = 'unlinked' JOIN accounts_account a ON a.id = u.account_id
  WHERE l.id = %(login)s AND NOT EXISTS (SELECT 1 FROM people_user x WHERE x.login_id = l.id AND x.left_at IS NULL) ORDER BY d.at DESC LIMIT 1"""


def open_for(login: UUID, *, ip: str = "", request_id: str = "") -> bool:
    """Open the own account of a login that lives nowhere and was unlinked; False when there is nothing to open. Twice at once opens one.

    What was unlinked last counts. Content beyond the first few hundred items follows in the background.
    """
    with transaction.atomic():
        sql.execute(
            """SELECT 1 FROM people_standing s WHERE s.user_id IN (SELECT u.id FROM people_user u WHERE u.login_id = %(login)s) ORDER BY s.user_id FOR NO KEY UPDATE""",
            {"login": login},
        )
        sql.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('login:' || canonical, 0)) FROM people_login WHERE id = %(login)s",
            {"login": login},
        )
        found = sql.row(UNLINKED, {"login": login})
        if found is None:
            return False
        account = new_account(
            Account(name=found["name"][:128], plan="free", opened_by="person", language=found["language"], country=found["country"])
        )
        engine.start(
            plan(system(found["account_id"]), LetSomebodyGo.name, {"user": str(found["id"])}, cause=found["change_id"]),
            f"let_go:{found['id']}",
        )
        user = uuid7()
        params = {
            "user": str(user),
            "from_user": str(found["id"]),
            "from_account": str(found["account_id"]),
            "from_name": found["account_name"],
            "meeting_id": found["personal_meeting_id"],
        }
        person = Actor(
            "person",
            account.id,
            found["name"],
            frozenset({OpenOwnAccount.privilege}),
            "sign_in",
            user,
            role="owner",
            request_id=request_id,
            ip=ip,
        )
        started = engine.start(plan(person, OpenOwnAccount.name, params, cause=found["change_id"]), f"own:{user}")
        if started.state == "running" and started.change_id:
            engine.step(started.change_id)  # the person first: they are signing in
    return True


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
