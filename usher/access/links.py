"""One-time links that let somebody in: the operator's sign-in link (15 minutes) and the reset of a password (1 hour).

A link is looked at as often as one likes; only `use` spends it, by a conditional update (INVITE-01, INVITE-10).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core import clock, jobs, link_token, sql
from usher.core.ids import short, uuid7
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import Part, Verb, plan, reason, register

from .actors import operator
from .way_in import canonical_of

SIGN_IN, RESET = "sign_in", "reset"
LIVES = {SIGN_IN: timedelta(minutes=15), RESET: timedelta(hours=1)}
PATHS = {SIGN_IN: "link", RESET: "reset"}


def sign_in_link(email: str) -> str:
    """A link that signs this person in once, for the operator of this machine. For somebody pending it is their invitation, with a new link.

    Refused (missing) for an address nobody active or pending has. The older invitation link of a pending person stops working.
    """
    person = sql.row(
        """SELECT u.id, u.account_id, u.login_id, s.status FROM people_user u JOIN people_standing s ON s.user_id = u.id
           WHERE u.canonical = %(c)s AND u.left_at IS NULL AND s.status IN ('active', 'pending')
           ORDER BY s.status = 'active' AND u.login_id IS NULL, s.status, u.created_at LIMIT 1""",
        {"c": canonical_of(email)},
    )
    if person is None:
        raise Refused("missing", "no_person", _("Nobody active or pending has the address %(email)s.") % {"email": email}, field="email")
    link = uuid7()
    with transaction.atomic():
        params = {"user": str(person["id"]), "link": str(link), "status": person["status"]}
        engine.start(plan(operator(person["account_id"]), MakeLink.name, params), f"link:{link}")
        return invitation_urls([person["id"]])[person["id"]] if person["status"] == "pending" else urls([link])[link]


def send_reset(email: str) -> None:
    """Put the mail of a reset link into the outbox when an active person has this very address, or somebody unlinked who belongs nowhere since and
    gets an account of their own by signing in; otherwise do nothing (MAIL-03)."""
    with transaction.atomic():
        sql.execute(
            """WITH person AS (SELECT l.id AS login, u.id, u.account_id, u.email FROM people_login l JOIN people_user u ON u.login_id = l.id
                 JOIN people_standing s ON s.user_id = u.id WHERE l.canonical = %(c)s AND (u.left_at IS NULL AND s.status = 'active'
                   OR u.left_how = 'unlinked' AND NOT EXISTS (SELECT 1 FROM people_user x WHERE x.login_id = l.id AND x.left_at IS NULL))
                 ORDER BY u.left_at DESC NULLS FIRST LIMIT 1),
               link AS (INSERT INTO access_link (id, login_id, purpose, nonce, created_at, expires_at)
                 SELECT %(id)s, login, 'reset', gen_random_uuid(), %(now)s, %(until)s FROM person)
               INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try)
               SELECT usher_uuid7(), account_id, 'password_reset', id, email, jsonb_build_object('link', %(id)s::text), %(now)s, %(now)s FROM person""",
            {"c": canonical_of(email), "id": uuid7(), "now": (now := clock.now()), "until": now + LIVES[RESET]},
        )
        jobs.defer("mail.deliver")


def urls(links: Iterable[UUID]) -> dict[UUID, str]:
    """The addresses of links that can still be used; the hash each needs is stored."""
    found = sql.rows(
        "SELECT id, id AS row, nonce, token_hash, purpose FROM access_link WHERE id = ANY(%(ids)s) AND used_at IS NULL AND expires_at > %(now)s",
        {"ids": list(links), "now": clock.now()},
    )
    secrets = {f["id"]: link_token.token(f["purpose"], f["id"], f["nonce"], f["token_hash"]) for f in found}
    _keep("access_link", "id", "true", found, secrets)
    return {f["id"]: address(PATHS[f["purpose"]], f["id"], secrets[f["id"]]) for f in found}


def invitation_urls(users: Iterable[UUID]) -> dict[UUID, str]:
    """The addresses of open invitations by person; one whose row is being changed this very moment is left out."""
    found = sql.rows(
        "SELECT user_id AS row, nonce, token_hash FROM people_invitation WHERE user_id = ANY(%(ids)s) AND state = 'open'",
        {"ids": list(users)},
    )
    secrets = {f["row"]: link_token.token("invite", f["row"], f["nonce"], f["token_hash"]) for f in found}
    kept = _keep("people_invitation", "user_id", "state = 'open'", found, secrets)
    return {user: address("join", user, secrets[user]) for user in kept}


ASKED = {"sign_up": "sign-up", "address": "new-address"}


def asked_urls(asked: Iterable[UUID], purpose: str) -> dict[UUID, str]:
    """The addresses of links that prove an address, of a purpose of ASKED, and can still be used; the hash each needs is stored."""
    found = sql.rows(
        "SELECT id AS row, nonce, token_hash FROM accounts_signup WHERE id = ANY(%(ids)s) AND used_at IS NULL AND expires_at > %(now)s",
        {"ids": list(asked), "now": clock.now()},
    )
    secrets = {f["row"]: link_token.token(purpose, f["row"], f["nonce"], f["token_hash"]) for f in found}
    return {row: address(ASKED[purpose], row, secrets[row]) for row in _keep("accounts_signup", "id", "used_at IS NULL", found, secrets)}


def address(path: str, row: UUID, secret: str) -> str:
    """Under the configured address only, whatever a request says its host is (INVITE-13)."""
    return f"{settings.BASE_URL}/{path}/{short(row)}/{secret}"


def look_up(purpose: str, link: UUID, secret: str) -> dict[str, Any]:
    """The link and whose it is. Refused (missing): bad_link, used or expired."""
    found = sql.row(
        """SELECT k.id, k.nonce, k.token_hash, k.used_at, k.expires_at, k.login_id, l.email FROM access_link k JOIN people_login l ON l.id = k.login_id
           WHERE k.id = %(id)s AND k.purpose = %(p)s""",
        {"id": link, "p": purpose},
    )
    if not found or not link_token.matches(purpose, link, found["nonce"], found["token_hash"], secret):
        raise Refused("missing", "bad_link", _("This link is not valid. Ask for a new one."))
    if found["used_at"]:
        raise Refused("missing", "used", _("This link was used already. Ask for a new one."))
    if found["expires_at"] <= clock.now():
        raise Refused("missing", "expired", too_old(purpose))
    return {"id": link, "login_id": found["login_id"], "email": found["email"]}


def use(purpose: str, link: UUID, secret: str) -> UUID:
    """Spend a link; the login it was made for. Of any number at once exactly one succeeds, the others are Refused (missing, used)."""
    found = look_up(purpose, link, secret)
    now: datetime = clock.now()
    spent = sql.execute(
        "UPDATE access_link SET used_at = %(now)s WHERE id = %(id)s AND used_at IS NULL AND expires_at > %(now)s", {"id": link, "now": now}
    )
    if not spent:
        raise Refused("missing", "used", _("This link was used already. Ask for a new one."))
    return UUID(str(found["login_id"]))


def too_old(purpose: str) -> str:
    """What a link says whose time (LIVES) is over."""
    if purpose == SIGN_IN:
        return _("This link is older than 15\u00a0minutes. Ask for a new one.")
    return _("This link is older than 1\u00a0hour. Ask for a new one.")


def _keep(table: str, key: str, still: str, found: list[dict[str, Any]], secrets: Mapping[UUID, str]) -> set[UUID]:
    """Store the hashes of secrets whose rows still have the nonce they were made from, in one statement that never waits. Whose hash is stored."""
    hashes = {f["row"]: link_token.token_hash(secrets[f["row"]]) for f in found}
    new = [f for f in found if f["token_hash"] is None or bytes(f["token_hash"]) != hashes[f["row"]]]
    kept = {f["row"] for f in found} - {f["row"] for f in new}
    if new:
        rows = sql.rows(
            f"""WITH v AS (SELECT * FROM unnest(%(ids)s::uuid[], %(nonces)s::uuid[], %(hashes)s::bytea[]) AS v(id, nonce, hash)),
                free AS (SELECT t.{key} AS id FROM {table} t JOIN v ON v.id = t.{key} AND v.nonce = t.nonce WHERE {still} FOR NO KEY UPDATE OF t SKIP LOCKED)
                UPDATE {table} t SET token_hash = v.hash FROM v JOIN free ON free.id = v.id WHERE t.{key} = v.id AND t.nonce = v.nonce RETURNING t.{key} AS id""",
            {"ids": [f["row"] for f in new], "nonces": [f["nonce"] for f in new], "hashes": [hashes[f["row"]] for f in new]},
        )
        kept |= {r["id"] for r in rows}
    return kept


reason("no_login", gettext_lazy("has no login: nobody signs in as them"))


class LinkMade(Part):
    """A sign-in link for somebody active, a new nonce and 30 days for somebody pending. Parameters: user, link, until, status."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, s.user_id AS obj, s.version, NULL::jsonb AS before, jsonb_build_object('until', %(until)s::timestamptz) AS after,
                  CASE WHEN s.status <> %(status)s THEN 'changed' WHEN s.status = 'active' AND u.login_id IS NULL THEN 'no_login' END AS skip,
                  NULL::text AS takes, NULL::text AS gives
                  FROM people_standing s JOIN people_user u ON u.id = s.user_id WHERE s.account_id = %(account)s AND s.user_id = %(user)s::uuid"""

    write = """
made AS (INSERT INTO access_link (id, login_id, purpose, nonce, created_at, expires_at)
  SELECT %(link)s::uuid, u.login_id, 'sign_in', gen_random_uuid(), %(now)s, %(until)s FROM ok JOIN people_user u ON u.id = ok.obj
  WHERE %(status)s = 'active' RETURNING id),
invited AS (UPDATE people_invitation i SET nonce = gen_random_uuid(), token_hash = NULL, expires_at = %(until)s, state = 'open' FROM ok
  WHERE %(status)s = 'pending' AND i.user_id = ok.obj RETURNING i.user_id),
did AS (SELECT ok.obj FROM ok WHERE EXISTS (SELECT 1 FROM made) OR EXISTS (SELECT 1 FROM invited))"""


@register
class MakeLink(Verb):
    """The operator let somebody in. Only from the command line of the machine itself."""

    name = "access.make_link"
    privilege = "access:admin:manage"
    parts = (LinkMade(),)
    undoable = False

    def check(self, actor: Any, params: dict[str, Any]) -> dict[str, Any]:
        if actor.kind != "operator":
            raise Refused("forbidden", "operator_only", _("Sign-in links are made on the machine itself: `usher sign-in-link EMAIL`."))
        return params

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        lives = LIVES[SIGN_IN] if params["status"] == "active" else timedelta(days=30)
        return {**params, "until": clock.now() + lives}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("A one-time link will be made.")

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("A one-time sign-in link was made") if params.get("status") == "active" else _("A new invitation link was made")
