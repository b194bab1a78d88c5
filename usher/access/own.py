"""What people do with their own access: a new password and an end to all sessions, which raise the epoch; an end to some of them.

No secret is ever journaled (AUDIT-07).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import Part, Verb, plan, register

from . import sessions

OWN = "people:self:manage"


def change_password(actor: Actor, login: UUID, password: str, means: str) -> None:
    """A new password for the actor's own login, and the end of every session and reset link made before (SESSION-05)."""
    with transaction.atomic():
        # The account before anything in it, as every verb does: its owner may be closing it at this moment.
        sql.execute("SELECT 1 FROM accounts_account WHERE id = %(a)s FOR KEY SHARE", {"a": actor.account_id})
        write_password(login, password)
        note_password(actor, means)


def write_password(login: UUID, password: str) -> None:
    """The hash alone, and the end of every reset link: of somebody who lives nowhere, whose account notes it when it is open (note_password)."""
    sql.execute("UPDATE people_login SET password = %(p)s WHERE id = %(l)s", {"p": make_password(password), "l": login})
    sql.execute(
        "UPDATE access_link SET used_at = %(now)s WHERE login_id = %(l)s AND purpose = 'reset' AND used_at IS NULL",
        {"l": login, "now": clock.now()},
    )


def note_password(actor: Actor, means: str) -> None:
    """Tell the person by mail and in the journal that they have a new password, and end their sessions."""
    with transaction.atomic():
        sql.execute(
            """INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try)
               SELECT usher_uuid7(), u.account_id, 'password_changed', u.id, u.email, '{}'::jsonb, %(now)s, %(now)s FROM people_user u WHERE u.id = %(u)s""",
            {"u": actor.user_id, "now": clock.now()},
        )
        _start(actor, ChangePassword.name, {"means": means})


def end_sessions(actor: Actor) -> None:
    """Sign the actor out everywhere."""
    _start(actor, EndSessions.name, {})


def end_session(actor: Actor, session: UUID) -> None:
    """End one of the actor's own sessions. Refused (missing) when it is over already or somebody else's."""
    if not any(open_one["id"] == session for open_one in sessions.open_ones(actor)):
        raise Refused("missing", "no_session", _("This session is over already."))
    _start(actor, EndSomeSessions.name, {"only": str(session), "but": None})


def end_other_sessions(actor: Actor, here: str | None) -> None:
    """End every session of the actor but this one."""
    _start(actor, EndSomeSessions.name, {"only": None, "but": here})


def _start(actor: Actor, verb: str, params: dict[str, Any]) -> None:
    own = replace(actor, privileges=frozenset({OWN}))
    if engine.start(plan(own, verb, params), f"{verb}:{uuid7()}").change_id is None:
        raise Refused("conflict", "not_active", _("Nothing was changed: this person is not active any more."))


class EpochRaised(Part):
    """The actor's own access_epoch."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, s.user_id AS obj, s.version, jsonb_build_object('access_epoch', s.access_epoch) AS before,
                  jsonb_build_object('access_epoch', s.access_epoch + 1) AS after, NULL::text AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM people_standing s WHERE s.account_id = %(account)s AND s.user_id = %(actor)s AND s.status = 'active'"""

    write = """did AS (UPDATE people_standing t SET access_epoch = t.access_epoch + 1, version = t.version + 1 FROM ok
               WHERE t.user_id = ok.obj AND t.access_epoch = (ok.before->>'access_epoch')::int RETURNING t.user_id AS obj)"""


class SessionsEnded(Part):
    """Rows of the actor's sessions: the one with the id %(only)s, or all but %(but)s. What is gone is gone for every process at once."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, s.user_id AS obj, s.version, jsonb_build_object('status', s.status) AS before,
                  jsonb_build_object('status', s.status) AS after, NULL::text AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM people_standing s WHERE s.account_id = %(account)s AND s.user_id = %(actor)s AND s.status = 'active'"""

    write = """gone AS (DELETE FROM django_session d USING access_session a, ok WHERE a.user_id = ok.obj AND a.session_key = d.session_key
                 AND (%(only)s::uuid IS NULL OR a.id = %(only)s::uuid) AND a.id IS DISTINCT FROM %(but)s::uuid RETURNING d.session_key),
               did AS (SELECT ok.obj FROM ok WHERE (SELECT count(*) FROM gone) >= 0)"""


class _Own(Verb):
    """The shared half: one person, themselves."""

    keeps_scope = True
    privilege = OWN
    parts: ClassVar[tuple[Part, ...]] = (EpochRaised(),)
    undoable = False

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if actor.user_id is None:
            raise Refused("forbidden", "no_person", _("Only people have a password and sessions."))
        return params

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True


@register
class ChangePassword(_Own):
    """Noted when the password was set; `means` is own or reset. change_password writes the hash in the same transaction."""

    name = "access.change_password"
    then = ("mail.deliver",)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("Your password will change and every session will end.")

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("A password was set by a reset link") if params.get("means") == "reset" else _("A password was changed")


@register
class EndSessions(_Own):
    """Sign out everywhere."""

    name = "access.end_sessions"

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("Every session of yours will end.")

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("Signed out everywhere")


@register
class EndSomeSessions(_Own):
    """End one session, or all but the one this was asked from."""

    name = "access.end_some_sessions"
    parts = (SessionsEnded(),)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("One session of yours will end.") if params["only"] else _("Every other session of yours will end.")

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("A session was ended") if params.get("only") else _("Every other session was ended")
