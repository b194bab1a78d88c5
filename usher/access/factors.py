"""Second factors of a login: an authenticator app, passkeys, recovery codes. They stand in allauth's table mfa_authenticator.

What is kept of a secret: the app's sealed with the server key, of recovery codes a keyed hash, of a passkey only its public half.
"""

import logging
import secrets
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from usher.core import clock, sealed, sql
from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.people.scope import within

from . import throttle, totp
from .actors import name_of
from .roles import called
from .throttle import FACTOR_DAY, FACTOR_HERE
from .way_in import failed_login

log = logging.getLogger(__name__)
APP, PASSKEY, CODES = "totp", "webauthn", "recovery_codes"
RECOVERY = "recovery"  # what the keyed hashes of codes are for
CODE_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"  # nothing that looks like something else
CODE_LENGTH, HOW_MANY_CODES = 10, 10  # 49 bits each, behind a limit and a keyed hash

OWN = "FROM people_user u JOIN mfa_authenticator m ON m.user_id = u.login_id WHERE u.id = %(u)s AND u.left_at IS NULL"
HAS_ONE = "EXISTS (SELECT 1 FROM mfa_authenticator m WHERE m.user_id = {login} AND m.type IN ('totp', 'webauthn'))"


def own(actor: Actor) -> list[dict[str, Any]]:
    """The actor's factors: id, type, name, created_at, last_used_at and, for recovery codes, how many are left. No secret."""
    return sql.rows(
        f"""SELECT m.id, m.type, coalesce(m.data->>'name', '') AS name, m.created_at, m.last_used_at,
            jsonb_array_length(coalesce(m.data->'hashes', '[]'::jsonb)) AS codes_left {OWN} ORDER BY m.type = 'recovery_codes', m.created_at, m.id""",
        {"u": actor.user_id},
    )


def of_person(actor: Actor, user: UUID) -> dict[str, Any]:
    """What a person of the actor's account shows to come in: has_password, apps, passkeys, codes_left. A foreign one has nothing (TENANT-01)."""
    actor.require("people:user:view")
    found = sql.row(
        f"""SELECT coalesce(l.password <> '' AND l.password NOT LIKE '!%%', false) AS has_password,
           count(m.id) FILTER (WHERE m.type = 'totp')::int AS apps, count(m.id) FILTER (WHERE m.type = 'webauthn')::int AS passkeys,
           coalesce(sum(jsonb_array_length(m.data->'hashes')) FILTER (WHERE m.type = 'recovery_codes'), 0)::int AS codes_left
           FROM people_user u JOIN people_login l ON l.id = u.login_id LEFT JOIN mfa_authenticator m ON m.user_id = l.id
           WHERE u.account_id = %(a)s AND u.id = %(u)s AND u.left_at IS NULL{within(actor)} GROUP BY l.id""",
        {"a": actor.account_id, "u": user},
    )
    return found or {"has_password": False, "apps": 0, "passkeys": 0, "codes_left": 0}


def is_needed(actor: Actor) -> bool:
    """Whether the account asks its administrators for one."""
    return bool(sql.value("SELECT admins_need_factor FROM accounts_account WHERE id = %(a)s", {"a": actor.account_id}))


def administrators(actor: Actor, limit: int = 200) -> list[dict[str, Any]]:
    """Active administrators with id, name, role and whether they have a factor, the owner first; those without one before the others."""
    actor.require("accounts:sign_in:view")
    found = sql.rows(
        f"""SELECT u.id, u.first_name, u.last_name, u.display_name, u.email, s.role, r.name AS role_name,
              {HAS_ONE.format(login="u.login_id")} AS has_factor
            FROM people_standing s JOIN people_user u ON u.id = s.user_id
            LEFT JOIN access_role r ON r.account_id = s.account_id AND r.key = s.role WHERE s.account_id = %(a)s AND s.status = 'active' AND s.role <> 'member'
            ORDER BY s.role <> 'owner', has_factor, u.name_key, u.id LIMIT %(n)s""",
        {"a": actor.account_id, "n": limit},
    )
    return [{**f, "name": name_of(f), "role": called(f)} for f in found]


def kinds_of(login: UUID) -> set[str]:
    """What this login has to show beside its password."""
    return {r["type"] for r in sql.rows("SELECT DISTINCT type FROM mfa_authenticator WHERE user_id = %(l)s", {"l": login})}


def new_codes() -> list[str]:
    """Ten recovery codes, to be shown once."""
    return ["".join(secrets.choice(CODE_LETTERS) for _i in range(CODE_LENGTH)) for _n in range(HOW_MANY_CODES)]


def hash_of(login: UUID, code: str) -> str:
    return sealed.keyed_hash(code, RECOVERY, login)


def by_code(actor: Actor | None, login: UUID, code: str, ip: str) -> str | None:
    """What this code is, "totp" or "recovery_code"; it is spent by being asked for. None for a wrong or a used one.

    A spent recovery code is told to the actor; for somebody who lives nowhere yet (None) whoever opens their account notes it there.
    Refused (later, too_many) beyond the limits, before the code is looked at.
    """
    counts = [(FACTOR_HERE, str(login)), (FACTOR_DAY, str(login))]
    exceeded = throttle.count(*counts)
    if exceeded:
        failed_login(login, ip, "too_many")
    throttle.refuse_beyond(exceeded)
    typed = "".join(c for c in code.lower() if c.isalnum())[:64]
    means = "totp" if _spend_step(login, typed) else "recovery_code" if _spend_recovery_code(actor, login, typed) else None
    if means is None:
        failed_login(login, ip, "wrong_code")
        return None
    throttle.forget(counts[0])
    throttle.give_back(counts[1])
    return means


def _spend_step(login: UUID, code: str) -> bool:
    """RFC 6238 5.2: a step is accepted once, and none before it afterwards, by one conditional update, on every process alike."""
    found = sql.row("SELECT id, data->>'secret' AS secret FROM mfa_authenticator WHERE user_id = %(l)s AND type = 'totp'", {"l": login})
    if not found:
        return False
    try:
        step = totp.step_of(sealed.unseal(found["secret"], APP, login), code, clock.now().timestamp())
    except sealed.Unreadable:
        log.error("The secret of an authenticator app was sealed with a key that is not known here (login %s).", login)
        return False
    return step is not None and bool(
        sql.execute(
            """UPDATE mfa_authenticator SET data = data || jsonb_build_object('step', %(s)s::bigint), last_used_at = %(now)s
               WHERE id = %(id)s AND coalesce((data->>'step')::bigint, 0) < %(s)s""",
            {"id": found["id"], "s": step, "now": clock.now()},
        )
    )


def _spend_recovery_code(actor: Actor | None, login: UUID, code: str) -> bool:
    """Once: of any number of tries at the same moment one finds the hash still there."""
    from .factor_verbs import note_code_used  # late: the verbs know the factors

    with transaction.atomic():
        spent = sql.execute(
            """UPDATE mfa_authenticator SET data = jsonb_set(data, '{hashes}', (data->'hashes') - %(h)s::text[]), last_used_at = %(now)s
               WHERE user_id = %(l)s AND type = 'recovery_codes' AND jsonb_exists_any(data->'hashes', %(h)s::text[])""",
            {"l": login, "h": sealed.keyed_hashes(code, RECOVERY, login), "now": clock.now()},
        )
        if spent and actor:
            note_code_used(actor)
    return bool(spent)


def seal_anew() -> None:
    """Seal with the present key what an older one sealed. Nothing to do while there is none."""
    if not settings.SECRET_KEY_FALLBACKS:
        return
    for found in sql.rows("SELECT id, user_id, data->>'secret' AS secret FROM mfa_authenticator WHERE type = 'totp'"):
        if new := sealed.anew(found["secret"], APP, found["user_id"]):
            sql.execute(
                "UPDATE mfa_authenticator SET data = data || jsonb_build_object('secret', %(new)s::text) WHERE id = %(id)s AND data->>'secret' = %(old)s",
                {"id": found["id"], "new": new, "old": found["secret"]},
            )


def mail(actor: Actor, kind: str, what: str, name: str = "") -> None:
    """A notice to the person about their own factors (ASVS 6.3.7); `what` and `name` as in the journal (factor_verbs.FACTORS)."""
    sql.execute(
        """INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try)
           SELECT %(id)s, u.account_id, %(k)s, u.id, u.email, %(p)s, %(now)s, %(now)s FROM people_user u WHERE u.id = %(u)s""",
        {"id": uuid7(), "k": kind, "p": {"what": what, "name": name}, "u": actor.user_id, "now": clock.now()},
    )
