"""Signing up by a domain: somebody with an address at it asks, gets a link by mail, and is a member of the account it belongs to (behaviour.md H, S0-61).

ask      a job, for every address alike: whether it has a place anywhere shows in the mail alone, and in no answer (R11, SECRET-03)
look_up  the link, as often as one likes
accept   once, by POST: a pending person who came in by the domain, active in the same transaction by the verb of every acceptance
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.access.way_in import canonical_of
from usher.core import clock, jobs, link_token, sql
from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import Part, Verb, plan, reason, register
from usher.licenses.catalog import UNASSIGNED
from usher.people.groups import default_of

from .accept import Accept, login_of, one_line
from .parts import DAYS, EXISTS

PURPOSE = "sign_up"
LIVES = timedelta(hours=24)
NO_SIGN_UP = reason("no_sign_up", gettext_lazy("nobody signs up by this domain any more"))

OPEN = """accounts_domain d JOIN accounts_account a ON a.id = d.account_id AND a.closed_at IS NULL
  WHERE d.name = split_part({canonical}, '@', 2) AND d.state = 'verified' AND d.sign_up"""
# Whoever the address belongs to: here or elsewhere, living first, then unlinked, who gets an own account by signing in.
HOME = """SELECT u.id, u.account_id, u.email, s.status FROM people_login l JOIN people_user u ON u.login_id = l.id JOIN people_standing s ON s.user_id = u.id
  LEFT JOIN lifecycle_departure d ON d.user_id = u.id WHERE l.canonical = %(c)s AND (u.left_at IS NULL OR d.how = 'unlinked')
  ORDER BY u.left_at DESC NULLS FIRST LIMIT 1"""
MAIL = """INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try)
  VALUES (usher_uuid7(), %(account)s, %(kind)s, %(user)s, %(email)s, %(params)s, %(now)s, %(now)s)"""


def is_open() -> bool:
    """Whether anybody at all can sign up on this server."""
    return bool(
        sql.value(
            "SELECT EXISTS (SELECT 1 FROM accounts_domain d JOIN accounts_account a ON a.id = d.account_id WHERE d.sign_up AND a.closed_at IS NULL)"
        )
    )


def ask(email: str) -> None:
    """Send the link to an address at a domain with sign-up; to somebody who has a place already a mail that says so; to everybody else nothing."""
    canonical = canonical_of(email)
    with transaction.atomic():
        account = sql.value(f"SELECT d.account_id FROM {OPEN.format(canonical='%(c)s::text')}", {"c": canonical})
        if account is None:
            return
        home, now = sql.row(HOME, {"c": canonical}), clock.now()
        mail: dict[str, Any] = {"account": account, "email": email.strip(), "user": None, "kind": "sign_up", "params": {}, "now": now}
        if home is not None:  # in the outbox of their own account, so that the one of the domain does not learn of it (R11)
            if home["status"] == "inactive":
                return
            mail |= {"account": home["account_id"], "user": home["id"], "email": home["email"], "kind": "sign_up_known"}
        elif waits := _pending(account, canonical):
            mail |= {"user": waits["id"], "email": waits["email"], "kind": "invitation"}
        else:
            mail["params"] = {"sign_up": str(_asked(account, email.strip(), canonical))}
        sql.execute(MAIL, {**mail, "params": sql.Jsonb(mail["params"])})
        jobs.defer("mail.deliver")


def _pending(account: UUID, canonical: str) -> dict[str, Any] | None:
    """Somebody invited already gets the invitation once more."""
    return sql.row(
        """SELECT u.id, u.email FROM people_user u JOIN people_standing s ON s.user_id = u.id AND s.status = 'pending'
           WHERE u.account_id = %(a)s AND u.canonical = %(c)s AND u.left_at IS NULL""",
        {"a": account, "c": canonical},
    )


def _asked(account: UUID, email: str, canonical: str) -> UUID:
    id, now = uuid7(), clock.now()
    sql.execute(
        """INSERT INTO accounts_signup (id, account_id, email, canonical, nonce, created_at, expires_at)
           VALUES (%(id)s, %(a)s, %(email)s, %(c)s, gen_random_uuid(), %(now)s, %(until)s)""",
        {"id": id, "a": account, "email": email, "c": canonical, "now": now, "until": now + LIVES},
    )
    return id


FOUND = f"""SELECT k.id, k.account_id, k.email, k.canonical, k.nonce, k.token_hash, k.used_at, k.expires_at, a.name AS account_name, a.id IS NOT NULL AS open,
  o.license, o.group_id, l.id AS login_id,
  EXISTS (SELECT 1 FROM people_user u LEFT JOIN lifecycle_departure p ON p.user_id = u.id WHERE u.login_id = l.id AND (u.left_at IS NULL OR p.how = 'unlinked')) AS login_lives
  FROM accounts_signup k LEFT JOIN people_login l ON l.canonical = k.canonical LEFT JOIN accounts_account a ON a.id = k.account_id
  LEFT JOIN LATERAL (SELECT d.account_id, d.license, d.group_id FROM {OPEN.format(canonical="k.canonical")}) o ON o.account_id = k.account_id
  WHERE k.id = %(id)s"""


def look_up(id: UUID, secret: str) -> dict[str, Any]:
    """What a link is for: email, account_name, login_exists. Refused (missing): bad_link, used, expired, no_sign_up."""
    found = sql.row(FOUND, {"id": id})
    if not found or not link_token.matches(PURPOSE, id, found["nonce"], found["token_hash"], secret):
        raise Refused("missing", "bad_link", _("This link is not valid. Ask for a new one."))
    if found["used_at"]:
        raise Refused("missing", "used", _("This link was used already. Sign in instead."))
    if found["expires_at"] <= clock.now():
        raise Refused("missing", "expired", _("This link is older than 24\u00a0hours. Ask for a new one."))
    if found["license"] is None:
        raise Refused("missing", NO_SIGN_UP, _("Nobody can sign up by this domain any more. Ask an administrator for an invitation."))
    return {**{k: v for k, v in found.items() if k not in {"nonce", "token_hash"}}, "login_exists": found["login_id"] is not None}


def accept(
    id: UUID, secret: str, *, first_name: str, last_name: str, password: str, ip: str = "", request_id: str = ""
) -> tuple[UUID, bool]:
    """Come into the account. The new person's id, and whether they got the license of the domain (False: Unassigned, because no seat was free).

    Refuses what look_up refuses, a weak password (invalid, password), and an address that has found a place meanwhile (conflict: elsewhere, exists).
    """
    names = {"first_name": one_line(first_name, "first_name"), "last_name": one_line(last_name, "last_name")}
    with transaction.atomic():
        sql.execute("SELECT 1 FROM accounts_signup WHERE id = %(id)s FOR UPDATE", {"id": id})
        sql.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('login:' || canonical, 0)) FROM accounts_signup WHERE id = %(id)s", {"id": id}
        )
        found = look_up(id, secret)
        login = login_of(found, password)
        user = uuid7()
        name = f"{first_name} {last_name}".strip()[:130] or found["email"]
        actor = Actor("person", found["account_id"], name, frozenset({SignUp.privilege}), "sign_in", user, request_id=request_id, ip=ip)
        cause, got = come_in(actor, found, "sign_up")
        params = {"subjects": {"ids": [str(user)]}, "login": str(login.id), **names}
        engine.start(plan(actor, Accept.name, params, cause=cause), f"accept:{user}")
        sql.execute("UPDATE accounts_signup SET used_at = %(now)s WHERE id = %(id)s", {"id": id, "now": clock.now()})
    return user, got


def come_in(actor: Actor, found: Mapping[str, Any], switch: str) -> tuple[UUID | None, bool]:
    """The pending person `actor.user_id` by the domain's license, or Unassigned when it has no free seat. The Change, and whether it was the license.

    `found` has email, canonical, license and group_id; `switch` is what must be on: sign_up or consolidate.
    """
    params = {"user": str(actor.user_id), "email": found["email"], "canonical": found["canonical"], "switch": switch}
    params["group"] = str(found["group_id"]) if found["group_id"] else None
    for license in dict.fromkeys((found["license"], UNASSIGNED)):
        try:
            with transaction.atomic():
                wish = plan(actor, SignUp.name, {**params, "license": license})
                return engine.start(wish, f"sign_up:{actor.user_id}:{license}").change_id, license == found["license"]
        except Refused as no:
            if no.code != "no_seat" or license == UNASSIGNED:
                raise
    return None, False


class CameByDomain(Part):
    """A pending person without an invitation mail: they are about to accept. Parameters: user, email, canonical, license, group, switch."""

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, %(user)s::uuid AS obj, NULL::int AS version, NULL::jsonb AS before,
                   jsonb_build_object('email', %(email)s::text, 'license', %(license)s::text, 'domain', split_part(%(canonical)s::text, '@', 2),
                     'group', coalesce(%(group)s::uuid, {default_of("user")}), 'im_group', {default_of("im")}) AS after,
                   CASE WHEN EXISTS (SELECT 1 FROM people_user u WHERE u.account_id = %(account)s AND u.canonical = %(canonical)s::text AND u.left_at IS NULL) THEN '{EXISTS}'
                        WHEN NOT EXISTS (SELECT 1 FROM accounts_domain d WHERE d.account_id = %(account)s AND d.name = split_part(%(canonical)s::text, '@', 2)
                          AND CASE WHEN %(switch)s::text = 'sign_up' THEN d.sign_up ELSE d.consolidate END) THEN '{NO_SIGN_UP}' END AS skip,
                   %(license)s::text || '@pending' AS takes, NULL::text AS gives"""

    write = f"""
did AS (INSERT INTO people_user (id, account_id, email, canonical, im_group_id, came_in, created_at)
  SELECT obj, %(account)s, %(email)s::text, %(canonical)s::text, (ok.after->>'im_group')::uuid, 'domain', %(now)s FROM ok
  ON CONFLICT (account_id, canonical) WHERE left_at IS NULL DO NOTHING RETURNING id AS obj),
standing AS (INSERT INTO people_standing (user_id, account_id, status, license, role, access_epoch, version)
  SELECT obj, %(account)s, 'pending', %(license)s::text, 'member', 1, 1 FROM did),
invitation AS (INSERT INTO people_invitation (user_id, account_id, nonce, sent_at, expires_at, state)
  SELECT obj, %(account)s, gen_random_uuid(), %(now)s, %(now)s::timestamptz + interval '{DAYS} days', 'open' FROM did),
membership AS (INSERT INTO people_membership (account_id, group_id, user_id, "primary")
  SELECT %(account)s, (ok.after->>'group')::uuid, did.obj, true FROM did JOIN ok ON ok.obj = did.obj WHERE ok.after->>'group' IS NOT NULL)"""


@register
class SignUp(Verb):
    """The person's own verb: come in by a domain whose switch is on. What follows in the same transaction makes them active."""

    name = "lifecycle.sign_up"
    privilege = "people:self:manage"
    parts = (CameByDomain(),)
    makes_new = True
    undoable = False

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if str(actor.user_id) != params["user"]:
            raise Refused("forbidden", "oneself", _("Only the person themselves signs up."))
        return params

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("You will join this account.")

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("%(email)s came in by their domain") % {"email": params["email"]}


def sweep() -> int:
    """Forget links that are a month old."""
    return sql.execute("DELETE FROM accounts_signup WHERE expires_at < %(old)s", {"old": clock.now() - timedelta(days=30)})
