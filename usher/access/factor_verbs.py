"""What people do with their own second factors, each a Change without any secret; other sessions end with it (ASVS 7.4.3), a mail tells (6.3.7)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core import clock, sealed, sql
from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import Part, Verb, plan, register

from .factors import APP, CODES, HAS_ONE, PASSKEY, hash_of, is_needed, mail, new_codes
from .own import OWN

LONGEST_NAME = 64
# What stands in the journal and in mails -> its words.
FACTORS = {
    APP: gettext_lazy("authenticator app"),
    PASSKEY: gettext_lazy("passkey “{name}”"),
    CODES: gettext_lazy("new recovery codes"),
    "all_by": gettext_lazy("all of them, by {name}"),
    "all_by_operator": gettext_lazy("all of them, by whoever runs Usher"),
}


def add_app(actor: Actor, login: UUID, secret: str, step: int, here: str | None) -> list[str]:
    """An authenticator app that has shown a code of this step. The recovery codes that came with it, if there were none. Refused when there is one."""
    return _add(actor, login, APP, {"secret": sealed.seal(secret, APP, login), "step": step}, "", here)


def add_passkey(actor: Actor, login: UUID, name: str, credential: dict[str, Any], here: str | None) -> list[str]:
    """A passkey whose registration was verified (passkeys.registered)."""
    told = "".join(c for c in name if c.isprintable()).strip()[:LONGEST_NAME] or "Passkey"
    return _add(actor, login, PASSKEY, {"name": told, **credential}, told, here)


def renew_codes(actor: Actor, login: UUID, here: str | None) -> list[str]:
    """New recovery codes; the old ones are worth nothing any more. Refused without another factor."""
    with transaction.atomic():
        _lock(login)
        if not sql.value(f"SELECT {HAS_ONE.format(login='%(l)s')}", {"l": login}):
            raise Refused("conflict", "no_factor", _("Recovery codes stand in for a second factor, and there is none. Add one first."))
        sql.execute("DELETE FROM mfa_authenticator WHERE user_id = %(l)s AND type = 'recovery_codes'", {"l": login})
        codes = _make_codes(login)
        mail(actor, "factor_added", CODES)
        _start(actor, RenewCodes.name, {"here": here})
    return codes


def remove(actor: Actor, login: UUID, factor: int, here: str | None) -> str:
    """Take a factor away; what it was, in words. With the last one the recovery codes go. Refused when an administrator must keep one."""
    with transaction.atomic():
        _lock(login)
        found = sql.row(
            f"""SELECT m.type, m.data->>'name' AS name, {HAS_ONE.format(login="%(l)s AND m.id <> %(id)s")} AS others FROM mfa_authenticator m
                WHERE m.user_id = %(l)s AND m.id = %(id)s AND m.type <> 'recovery_codes'""",
            {"l": login, "id": factor},
        )
        if not found:
            raise Refused("missing", "no_factor", _("This factor is not here any more."))
        if not found["others"] and actor.role != "member" and is_needed(actor):
            words = _("Your account asks every administrator for a second factor, and this is your last one. Add another one first.")
            raise Refused("conflict", "last_factor", words)
        name = found["name"] or ""
        gone = "id = %(id)s" if found["others"] else "true"
        sql.execute(f"DELETE FROM mfa_authenticator WHERE user_id = %(l)s AND {gone}", {"l": login, "id": factor})
        mail(actor, "factor_removed", found["type"], name)
        _start(actor, RemoveFactor.name, {"what": found["type"], "name": name, "here": here})
    return str(in_words(found["type"], name))


def in_words(what: str, name: str = "") -> str | Promise:
    """A factor as the journal and mails name it, in the reader's language; what is not known speaks for itself."""
    return format_lazy(FACTORS[what], name=name) if what in FACTORS else what


def note_code_used(actor: Actor) -> None:
    """A recovery code was spent; the caller has taken it from the row."""
    with transaction.atomic():
        mail(actor, "recovery_code_used", "")
        _start(actor, UseRecoveryCode.name, {})


def _add(actor: Actor, login: UUID, kind: str, data: dict[str, Any], name: str, here: str | None) -> list[str]:
    with transaction.atomic():
        _lock(login)
        if kind == APP and sql.value("SELECT true FROM mfa_authenticator WHERE user_id = %(l)s AND type = 'totp'", {"l": login}):
            raise Refused("conflict", "has_app", _("There is an authenticator app already. Remove it first to set up another one."))
        _insert(login, kind, data)
        has_codes = sql.value("SELECT true FROM mfa_authenticator WHERE user_id = %(l)s AND type = 'recovery_codes'", {"l": login})
        codes = [] if has_codes else _make_codes(login)
        mail(actor, "factor_added", kind, name)
        _start(actor, AddFactor.name, {"what": kind, "name": name, "here": here})
    return codes


def _lock(login: UUID) -> None:
    """Whoever changes the factors of a login waits for whoever else does."""
    sql.execute("SELECT 1 FROM people_login WHERE id = %(l)s FOR NO KEY UPDATE", {"l": login})


def _make_codes(login: UUID) -> list[str]:
    codes = new_codes()
    _insert(login, CODES, {"hashes": [hash_of(login, c) for c in codes]})
    return codes


def _insert(login: UUID, kind: str, data: dict[str, Any]) -> None:
    sql.execute(
        "INSERT INTO mfa_authenticator (user_id, type, data, created_at) VALUES (%(l)s, %(k)s, %(d)s, %(now)s)",
        {"l": login, "k": kind, "d": data, "now": clock.now()},
    )


def _start(actor: Actor, verb: str, params: dict[str, Any]) -> None:
    own = replace(actor, privileges=frozenset({OWN}))
    if engine.start(plan(own, verb, params), f"{verb}:{uuid7()}").change_id is None:
        raise Refused("conflict", "not_active", _("Nothing was changed: this person is not active any more."))


class OtherSessionsEnded(Part):
    """The actor, whose sessions end but for the one with the id %(here)s; the factor itself is written beside it, so no secret is a parameter."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, s.user_id AS obj, s.version, jsonb_build_object('version', s.version) AS before,
                  jsonb_build_object('version', s.version + 1) AS after, NULL::text AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM people_standing s WHERE s.account_id = %(account)s AND s.user_id = %(actor)s AND s.status = 'active'"""

    write = """gone AS (DELETE FROM django_session d USING access_session a, ok
                 WHERE a.user_id = ok.obj AND a.session_key = d.session_key AND a.id IS DISTINCT FROM %(here)s::uuid RETURNING d.session_key),
               did AS (UPDATE people_standing t SET version = t.version + 1 FROM ok
                 WHERE t.user_id = ok.obj AND t.version = (ok.before->>'version')::int AND (SELECT count(*) FROM gone) >= 0 RETURNING t.user_id AS obj)"""


class Noted(OtherSessionsEnded):
    """The actor; nothing ends."""

    write = """did AS (UPDATE people_standing t SET version = t.version + 1 FROM ok
               WHERE t.user_id = ok.obj AND t.version = (ok.before->>'version')::int RETURNING t.user_id AS obj)"""


class _OnOneself(Verb):
    """The shared half: one person, themselves."""

    keeps_scope = True
    privilege = OWN
    parts: ClassVar[tuple[Part, ...]] = (OtherSessionsEnded(),)
    undoable = False
    then = ("mail.deliver",)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if actor.user_id is None:
            raise Refused("forbidden", "no_person", _("Only people have second factors."))
        return params

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True


def factor_of(params: Mapping[str, Any]) -> str:
    return str(in_words(params.get("what", ""), params.get("name", "")))


@register
class AddFactor(_OnOneself):
    """An app or a passkey was added. `what` and `name` as FACTORS has them, `here` the session that goes on."""

    name = "access.add_factor"

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("A second factor will be added: %(factor)s.") % {"factor": factor_of(params)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("Second factor added: %(factor)s") % {"factor": factor_of(params)}


@register
class RemoveFactor(_OnOneself):
    """An app or a passkey was taken away."""

    name = "access.remove_factor"

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("A second factor will be removed: %(factor)s.") % {"factor": factor_of(params)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("Second factor removed: %(factor)s") % {"factor": factor_of(params)}


@register
class RenewCodes(_OnOneself):
    """New recovery codes were made."""

    name = "access.renew_recovery_codes"

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("New recovery codes will be made; the old ones stop working.")

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("New recovery codes were made")


@register
class UseRecoveryCode(_OnOneself):
    """A recovery code was used in place of a factor."""

    name = "access.use_recovery_code"
    parts = (Noted(),)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("A recovery code will be used.")

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("A recovery code was used")
