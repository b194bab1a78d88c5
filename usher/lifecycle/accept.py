"""Accepting an invitation: a pending person becomes active, in the account that asked, once (S0-50, S1-22; INVITE-01 … INVITE-18)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from usher.accounts.domains import MANAGED_ELSEWHERE
from usher.core import clock, link_token, sql
from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import Part, Verb, plan, register
from usher.people.filters import SENDER_GONE
from usher.people.models import Login

PURPOSE = "invite"
FOUND = f"""SELECT i.user_id, i.account_id, i.nonce, i.token_hash, i.state, i.expires_at, i.invited_by, a.name AS account_name, u.email, u.canonical, u.first_name, u.last_name,
                  s.role, s.status, l.id AS login_id,
                  EXISTS (SELECT 1 FROM people_user x LEFT JOIN lifecycle_departure d ON d.user_id = x.id
                          WHERE x.login_id = l.id AND (x.left_at IS NULL OR d.how = 'unlinked')) AS login_lives,
                  {SENDER_GONE} AS inviter_gone, {MANAGED_ELSEWHERE.format(canonical="u.canonical", account="i.account_id")} AS managed_elsewhere,
                  btrim(b.first_name || ' ' || b.last_name) AS inviter_name
           FROM people_invitation i JOIN people_user u ON u.id = i.user_id JOIN people_standing s ON s.user_id = i.user_id JOIN accounts_account a ON a.id = i.account_id
           LEFT JOIN people_login l ON l.canonical = u.canonical LEFT JOIN people_user b ON b.id = i.invited_by WHERE i.user_id = %(u)s"""


def look_up(user: UUID, secret: str) -> dict[str, Any]:
    """The invitation behind a link. Refused (missing): bad_link, used, withdrawn, expired, or inviter_gone; (conflict): managed_domain.

    Expiry is checked here, not by the clock (INVITE-02), and so is whether whoever sent it is still active (INVITE-09).
    """
    found = sql.row(FOUND, {"u": user})
    if not found:
        raise Refused("missing", "bad_link", _("This link is not valid. Ask for a new invitation."))
    if found["state"] == "accepted":
        raise Refused("missing", "used", _("This invitation was used already. Sign in instead."))
    if found["state"] == "declined":
        raise Refused("missing", "declined", _("This invitation was declined. Ask for a new one if that was a mistake."))
    if found["state"] == "withdrawn":
        raise Refused("missing", "withdrawn", _("This invitation was withdrawn. Ask who invited you."))
    if not link_token.matches(PURPOSE, found["user_id"], found["nonce"], found["token_hash"], secret):
        raise Refused("missing", "bad_link", _("This link is not valid. Ask for a new invitation."))
    if found["state"] == "expired" or found["expires_at"] <= clock.now():
        raise Refused("missing", "expired", _("This invitation is older than 30 days. Ask for a new one."))
    if found["inviter_gone"]:
        raise Refused("missing", "inviter_gone", _("Whoever invited you has left. Ask for a new invitation."))
    if found["managed_elsewhere"] and found["role"] != "owner":  # behaviour.md H: told to the person alone, and not by whom (R11)
        words = _("Addresses at %(domain)s are managed by another account here. Ask who invited you to invite another address of yours.")
        raise Refused("conflict", "managed_domain", words % {"domain": found["canonical"].rpartition("@")[2]})
    found["login_exists"] = found["login_id"] is not None
    return {k: v for k, v in found.items() if k not in {"nonce", "token_hash"}}


def accept(user: UUID, secret: str, *, first_name: str, last_name: str, password: str, ip: str = "", request_id: str = "") -> None:
    """Activate the person behind a link and give them a password, or attach the login they have after its password was given.

    Refuses what look_up refuses, a weak password (invalid, password), and a login that has an account to come out of (conflict, elsewhere): its person
    signs in and comes with what they have (transfer.py).
    """
    with transaction.atomic():
        # The person first, as every verb does; then the address, which may be accepting in another account at this moment.
        sql.execute("SELECT 1 FROM people_standing WHERE user_id = %(u)s FOR NO KEY UPDATE", {"u": user})
        sql.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('login:' || canonical, 0)) FROM people_user WHERE id = %(u)s", {"u": user}
        )
        found = look_up(user, secret)
        login = login_of(found, password)
        actor = Actor(
            "person",
            found["account_id"],
            _name(first_name, last_name, found),
            frozenset({"people:self:manage"}),
            "sign_in",
            user,
            request_id=request_id,
            ip=ip,
        )
        params = {
            "subjects": {"ids": [str(user)]},
            "login": str(login.id),
            "first_name": one_line(first_name, "first_name"),
            "last_name": one_line(last_name, "last_name"),
        }
        engine.start(plan(actor, Accept.name, params), f"accept:{user}")


def login_of(found: Mapping[str, Any], password: str) -> Login:
    """The login of an address (email, canonical, login_lives), made with this password when there is none. Refuses as accept says."""
    login = Login.objects.filter(canonical=found["canonical"]).first()
    if login is not None and found["login_lives"]:
        raise Refused("conflict", "elsewhere", _("This address is in use here already. Sign in with it to go on; nothing was accepted."))
    if login is not None:
        if not login.check_password(password):
            raise Refused(
                "invalid", "password", _("This is not the password of this address. Use the one you sign in with."), field="password"
            )
        return login
    login = Login(id=uuid7(), email=found["email"], canonical=found["canonical"])
    refuse_weak(password, login)
    login.set_password(password)
    login.save(force_insert=True)
    return login


def refuse_weak(password: str, login: Login) -> None:
    """Refuse (invalid, password) what is too short, too common or too like the address."""
    try:
        validate_password(password, login)
    except ValidationError as trouble:
        raise Refused("invalid", "password", " ".join(trouble.messages), field="password") from None


def one_line(text: str, field: str) -> str:
    """A name as it is kept, or Refused (invalid, name)."""
    text = text.strip()
    if len(text) > 64 or not text.isprintable():
        raise Refused("invalid", "name", _("At most %(n)s characters, on one line.") % {"n": 64}, field=field)
    return text


def _name(first: str, last: str, found: Mapping[str, Any]) -> str:
    return f"{first} {last}".strip()[:130] or str(found["email"])


class Activated(Part):
    """Pending becomes active; the pending seat becomes a used one. Parameters: login, first_name, last_name."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, s.user_id AS obj, s.version, jsonb_build_object('status', s.status) AS before,
                  jsonb_build_object('status', 'active', 'email', u.email) AS after,
                  CASE WHEN s.status <> 'pending' THEN 'not_pending' END AS skip, s.license AS takes, s.license || '@pending' AS gives
                  FROM people_standing s JOIN people_user u ON u.id = s.user_id WHERE s.account_id = %(account)s AND s.user_id = ANY(%(ids)s::uuid[])"""

    write = """
did AS (UPDATE people_standing t SET status = 'active', access_epoch = t.access_epoch + 1, version = t.version + 1 FROM ok
  WHERE t.user_id = ok.obj AND t.status = 'pending' AND t.license = ok.takes RETURNING t.user_id AS obj),
named AS (UPDATE people_user u SET login_id = %(login)s::uuid, first_name = CASE WHEN %(first_name)s <> '' THEN %(first_name)s ELSE u.first_name END,
  last_name = CASE WHEN %(last_name)s <> '' THEN %(last_name)s ELSE u.last_name END, activated_at = %(now)s, personal_meeting_id = usher_meeting_id()
  FROM did WHERE u.id = did.obj),
closed AS (UPDATE people_invitation i SET state = 'accepted', accepted_at = %(now)s FROM did WHERE i.user_id = did.obj)"""


class AddOnsActivated(Part):
    """The pending add-on seats become used ones."""

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, a.id AS obj, NULL::int AS version, '{"seat": "pending"}'::jsonb AS before, '{"seat": "used"}'::jsonb AS after,
                  NULL::text AS skip, a.product AS takes, a.product || '@pending' AS gives
                  FROM licenses_seat a WHERE a.account_id = %(account)s AND a.user_id = ANY(%(ids)s::uuid[]) ORDER BY a.id"""

    write = "did AS (UPDATE licenses_seat t SET since = %(now)s FROM ok WHERE t.id = ok.obj RETURNING t.id AS obj)"


@register
class Accept(Verb):
    """The person's own verb: accept the invitation to an account."""

    name = "lifecycle.accept"
    privilege = "people:self:manage"
    parts = (Activated(), AddOnsActivated())
    then = ("phone.hurry",)  # a phone follows its seat
    undoable = False

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"ids": params["subjects"]["ids"], **{k: params[k] for k in ("login", "first_name", "last_name")}}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("You will join this account.")

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("An invitation was accepted")
