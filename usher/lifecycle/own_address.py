"""Another address for the sole person of an own account, instead of joining the account that manages the domain of the present one (behaviour.md H).

The new address is proven by a link in a mail to it. Whether it is free shows in that mail alone, and in no answer (R11).
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from usher.core import clock, jobs, link_token, sql
from usher.core.actor import Actor
from usher.core.address import NotAnAddress, parse
from usher.core.ids import uuid7
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import Verb, plan, register

from . import consolidate
from .addresses import TAKEN, NewAddress

PURPOSE = "address"
LIVES = timedelta(hours=24)
# Free is what nobody signs in with, and what no other account manages.
FREE = """NOT EXISTS (SELECT 1 FROM people_login l WHERE l.canonical = {canonical})
  AND NOT EXISTS (SELECT 1 FROM accounts_domain d WHERE d.name = split_part({canonical}, '@', 2) AND d.manage)"""
FOUND = f"""SELECT k.id, k.account_id, k.email, k.canonical, k.nonce, k.token_hash, k.used_at, k.expires_at, u.id AS user_id, u.login_id, u.email AS now_email,
  a.name AS account_name, {FREE.format(canonical="k.canonical")} AS free
  FROM accounts_signup k JOIN accounts_account a ON a.id = k.account_id AND a.closed_at IS NULL
  JOIN people_standing s ON s.account_id = k.account_id AND s.role = 'owner' AND s.status = 'active' JOIN people_user u ON u.id = s.user_id WHERE k.id = %(id)s"""


def ask(login: UUID, email: str) -> None:
    """Send the link to the new address when it is free. Refused (invalid) for what is no address, (missing, not_asked) when nobody asks them to choose."""
    try:
        new = parse(email)
    except NotAnAddress as wrong:
        raise Refused("invalid", wrong.code, wrong.words, field="email") from None
    asked = consolidate.question(login)
    if asked is None:
        raise Refused("missing", "not_asked", _("Nobody asks you to join any more. Nothing was changed."))
    now = clock.now()
    with transaction.atomic():
        if sql.value(f"SELECT {FREE.format(canonical='%(c)s::text')}", {"c": new.canonical}):
            row = {"id": uuid7(), "a": asked.own, "email": new.shown, "c": new.canonical, "now": now, "until": now + LIVES}
            sql.execute(
                """WITH k AS (INSERT INTO accounts_signup (id, account_id, email, canonical, nonce, created_at, expires_at)
                     VALUES (%(id)s, %(a)s, %(email)s, %(c)s, gen_random_uuid(), %(now)s, %(until)s) RETURNING id)
                   INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try)
                   SELECT usher_uuid7(), %(a)s, 'new_address', NULL, %(email)s, jsonb_build_object('asked', k.id::text), %(now)s, %(now)s FROM k""",
                row,
            )
        jobs.defer("mail.deliver")


def look_up(id: UUID, secret: str) -> dict[str, Any]:
    """What a link is for: email, now_email, account_name. Refused (missing): bad_link, used, expired."""
    found = sql.row(FOUND, {"id": id})
    if not found or not link_token.matches(PURPOSE, id, found["nonce"], found["token_hash"], secret):
        raise Refused("missing", "bad_link", _("This link is not valid. Ask for a new one."))
    if found["used_at"]:
        raise Refused("missing", "used", _("This link was used already. Sign in instead."))
    if found["expires_at"] <= clock.now():
        raise Refused("missing", "expired", _("This link is older than 24\u00a0hours. Ask for a new one."))
    return {k: v for k, v in found.items() if k not in {"nonce", "token_hash"}}


def change(id: UUID, secret: str, *, ip: str = "", request_id: str = "") -> str:
    """Move the account of the link to its address; the address. Their sessions end. Refuses what look_up refuses, and (conflict, not_free)."""
    not_free = Refused("conflict", "not_free", _("The new address is not free any more. Nothing was changed."))
    try:
        with transaction.atomic():
            sql.execute("SELECT 1 FROM accounts_signup WHERE id = %(id)s FOR UPDATE", {"id": id})
            found = look_up(id, secret)
            if not found["free"]:
                raise not_free
            actor = Actor(
                "person",
                found["account_id"],
                found["now_email"],
                frozenset({ChooseAddress.privilege}),
                "sign_in",
                found["user_id"],
                request_id=request_id,
                ip=ip,
                role="owner",
            )
            params = {"subjects": {"ids": [str(found["user_id"])]}, "email": found["email"], "canonical": found["canonical"]}
            engine.start(plan(actor, ChooseAddress.name, params), f"own_address:{id}")
            sql.execute("UPDATE accounts_signup SET used_at = %(now)s WHERE id = %(id)s", {"id": id, "now": clock.now()})
    except IntegrityError:  # somebody took it between our reading and our writing
        raise not_free from None
    return str(found["email"])


class OwnNewAddress(NewAddress):
    """The one row of the person themselves; no domain of theirs limits it. Parameters: ids, address, canonical."""

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, u.id AS obj, s.version, jsonb_build_object('address', u.email, 'canonical', u.canonical) AS before,
                   jsonb_build_object('address', %(address)s::text, 'canonical', %(canonical)s::text) AS after,
                   CASE WHEN u.canonical = %(canonical)s::text THEN 'already' WHEN {TAKEN.format(canonical="%(canonical)s::text", user="u")} THEN 'not_free' END AS skip,
                   NULL::text AS takes, NULL::text AS gives
                   FROM people_user u JOIN people_standing s ON s.user_id = u.id WHERE u.account_id = %(account)s AND u.id = ANY(%(ids)s::uuid[]) AND u.left_at IS NULL"""

    write = f"{NewAddress.FIT}), {NewAddress.THEREFORE}"


@register
class ChooseAddress(Verb):
    """The person's own verb: another address for their own account, which a link has proven to be theirs. Only `change` starts it."""

    name = "lifecycle.choose_address"
    privilege = "people:self:manage"
    parts = (OwnNewAddress(),)
    undoable = False
    then = ("mail.deliver",)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if params.get("subjects") != {"ids": [str(actor.user_id)]} or actor.door != "sign_in":
            raise Refused("forbidden", "oneself", _("Only the person themselves changes it, by the link in the mail."))
        return params

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"ids": params["subjects"]["ids"], "address": params["email"], "canonical": params["canonical"]}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("You will sign in with %(email)s.") % {"email": params["email"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The own address was changed to %(email)s") % {"email": params["email"]}
