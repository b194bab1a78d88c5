"""Somebody who already has an account here comes into the one that asks them: with their content and meeting ID, out of their own account, which is
closed (S0-33 … S0-36, S1-20, S1-21; behaviour.md D).

Two Changes, one per account, have the invitation as their cause. Nobody but the person learns that they had an account (R11): the asking account
sees an invitation like any other until it is accepted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import Verb, plan, register
from usher.licenses.catalog import PRODUCTS
from usher.people.stored_settings import COMING_ALONG

from .accept import Activated, AddOnsActivated
from .coming_along import ContentComesAlong
from .leave import FULL_NAME
from .moving_out import MoveOut

# Where a login lives now, and what keeps it there. What an account had at its opening was not bought.
LIVES = f"""SELECT u.id AS user_id, u.account_id, u.email, u.time_zone, u.language, u.personal_meeting_id AS meeting_id, {FULL_NAME} AS name, a.name AS account_name,
  s.status, s.role,
  EXISTS (SELECT 1 FROM people_user x WHERE x.account_id = u.account_id AND x.left_at IS NULL AND x.id <> u.id) AS others,
  EXISTS (SELECT 1 FROM accounts_room r WHERE r.account_id = u.account_id) AS rooms,
  EXISTS (SELECT 1 FROM accounts_domain d WHERE d.account_id = u.account_id AND d.state = 'verified') AS domains,
  EXISTS (SELECT 1 FROM licenses_license l WHERE l.account_id = u.account_id AND l.bought > coalesce((%(at_opening)s::jsonb->>l.product)::int, 0)) AS bought,
  EXISTS (SELECT 1 FROM journal_run r WHERE r.account_id = u.account_id AND r.state = 'running') AS busy
  FROM people_user u JOIN people_standing s ON s.user_id = u.id JOIN accounts_account a ON a.id = u.account_id WHERE u.login_id = %(login)s AND u.left_at IS NULL"""
AT_OPENING = {p.code: p.at_opening for p in PRODUCTS.values() if p.at_opening}
WAITS = """SELECT s.account_id, s.license, ARRAY(SELECT a.product FROM licenses_seat a WHERE a.user_id = s.user_id ORDER BY 1) AS add_ons, x.name AS account_name,
  (SELECT e.change_id FROM journal_effect e WHERE e.obj = s.user_id AND e.result = 'done' ORDER BY e.change_id LIMIT 1) AS cause
  FROM people_standing s JOIN accounts_account x ON x.id = s.account_id WHERE s.user_id = %(user)s"""


@dataclass(frozen=True)
class Offer:
    """What accepting would do, for the person to read first. `comes` is kind -> how many items, what lies in the trash apart; `why_not` says in words
    what keeps them where they are, empty when nothing does."""

    user: UUID
    name: str
    email: str
    account: str
    time_zone: str
    language: str
    meeting_id: int | None
    comes: Mapping[str, int]
    in_trash: int
    into: str
    license: str
    add_ons: tuple[str, ...]
    why_not: str


def offer(login: UUID, user: UUID) -> Offer:
    """What it would mean for the person of this login to become `user`, who is pending in the account that asks. Refused (missing) when they live nowhere."""
    here, waits = _home_of(login), sql.rows(WAITS, {"user": user})[0]
    held = sql.rows(
        """SELECT s.kind, (s.trashed_at IS NOT NULL) AS trashed, count(*)::int AS n FROM content_standing s
           WHERE s.account_id = %(a)s AND s.owner_id = %(u)s GROUP BY 1, 2""",
        {"a": here["account_id"], "u": here["user_id"]},
    )
    refused = why_not(login)
    return Offer(
        user=here["user_id"],
        name=here["name"],
        email=here["email"],
        account=here["account_name"],
        time_zone=here["time_zone"],
        language=here["language"],
        meeting_id=here["meeting_id"],
        comes={h["kind"]: h["n"] for h in held if not h["trashed"]},
        in_trash=sum(h["n"] for h in held if h["trashed"]),
        into=waits["account_name"],
        license=waits["license"],
        add_ons=tuple(waits["add_ons"]),
        why_not=refused.words if refused else "",
    )


def why_not(login: UUID) -> Refused | None:
    """What keeps the person of a login in their account, or None: only the sole person of an account of their own may take it along (1009).

    Told to that person alone. Codes: lives_elsewhere, has_people, has_rooms, has_domains, has_seats (conflict); busy (later).
    """
    here = _home_of(login)
    words = {"account": here["account_name"]}
    if here["role"] != "owner":
        told = _("You belong to %(account)s. Ask its administrator to unlink you first, then use this link again.")
        return Refused("conflict", "lives_elsewhere", told % words)
    if here["others"]:
        told = _(
            "You own %(account)s, and other people are in it. Make somebody else its owner and let them unlink you, or remove the others first."
        )
        return Refused("conflict", "has_people", told % words)
    if here["rooms"]:
        return Refused("conflict", "has_rooms", _("%(account)s still has rooms. Remove them there first.") % words)
    if here["domains"]:
        return Refused("conflict", "has_domains", _("%(account)s still holds a domain. Release it there first.") % words)
    if here["bought"]:
        told = _("%(account)s still has seats that were bought. End them under Subscriptions first.")
        return Refused("conflict", "has_seats", told % words)
    if here["busy"]:
        return Refused("later", "busy", _("Something is still being done in %(account)s. Try again in a few minutes.") % words)
    return None


def _home_of(login: UUID) -> dict[str, Any]:
    found = sql.row(LIVES, {"login": login, "at_opening": AT_OPENING})
    if found is None or found["status"] != "active":
        raise Refused("missing", "gone", _("There is no active account for this address any more."))
    return found


def accept(login: UUID, user: UUID, still: Callable[[], object], *, ip: str = "", request_id: str = "") -> None:
    """Move the person of a login, who was shown to be theirs a moment ago, into the account in which `user` is pending. Once; all of it or nothing.

    `still` asks, when everything is locked, whether the asking still stands, and raises Refused when not: a link is looked up again (accept.look_up).
    Refuses what why_not says, and (conflict, changed) when they went somewhere else at this very moment. Content beyond the first few hundred items
    follows in the background.
    """
    with transaction.atomic():
        here, waits = _home_of(login), sql.rows(WAITS, {"user": user})[0]
        _lock(here, user, waits["account_id"])
        still()
        now = _home_of(login)
        if now["user_id"] != here["user_id"]:
            raise Refused("conflict", "changed", _("You moved to another account a moment ago. Open the link again."))
        refused = why_not(login)
        if refused:
            raise refused
        own = Actor(
            "person",
            here["account_id"],
            here["name"] or here["email"],
            frozenset({MoveOut.privilege}),
            "sign_in",
            here["user_id"],
            request_id=request_id,
            ip=ip,
        )
        left = engine.start(plan(own, MoveOut.name, {"user": str(here["user_id"])}, cause=waits["cause"]), f"move_out:{here['user_id']}")
        _step(left, len(MoveOut.parts))
        _come_in(own, login, now, user, waits)


def _lock(here: Mapping[str, Any], user: UUID, account: UUID) -> None:
    """Accounts, then the people by id, then the address, as every verb does."""
    lock_accounts(here["account_id"], account)
    sql.execute(
        "SELECT 1 FROM people_standing WHERE user_id = ANY(%(u)s) ORDER BY user_id FOR NO KEY UPDATE", {"u": [here["user_id"], user]}
    )
    sql.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('login:' || canonical, 0)) FROM people_user WHERE id = %(u)s", {"u": here["user_id"]}
    )


def lock_accounts(closing: UUID, other: UUID) -> None:
    """Both accounts by id, before any people; the one to be closed so that nothing begins in it any more."""
    for each in sorted({closing, other}):
        mode = "UPDATE" if each == closing else "KEY SHARE"
        sql.execute(f"SELECT 1 FROM accounts_account WHERE id = %(a)s FOR {mode}", {"a": each})


def _come_in(own: Actor, login: UUID, here: Mapping[str, Any], user: UUID, waits: Mapping[str, Any]) -> None:
    """The same person in the other account; of much content the first chunks wait for nobody, because the person goes on at once."""
    person = Actor(
        "person",
        waits["account_id"],
        own.name,
        frozenset({AcceptTransfer.privilege}),
        "sign_in",
        user,
        request_id=own.request_id,
        ip=own.ip,
    )
    params = {
        "user": str(user),
        "login": str(login),
        "from_users": [str(here["user_id"])],
        "from_accounts": [str(here["account_id"])],
        "meeting_id": here["meeting_id"],
    }
    started = engine.start(plan(person, AcceptTransfer.name, params, cause=waits["cause"]), f"accept:{user}")
    _step(started, 2)


def _step(started: engine.Started, parts: int) -> None:
    """The first parts of a change that is done in the background, which belong to this moment."""
    if started.state == "running" and started.change_id:
        for _part in range(parts):
            engine.step(started.change_id)


class ActivatedAsThemselves(Activated):
    """Like any acceptance, with the profile and the meeting ID the person has already (S0-34). What the administrator entered stays where they said nothing."""

    write = f"""
did AS (UPDATE people_standing t SET status = 'active', access_epoch = t.access_epoch + 1, version = t.version + 1 FROM ok
  WHERE t.user_id = ok.obj AND t.status = 'pending' AND t.license = ok.takes RETURNING t.user_id AS obj),
named AS (UPDATE people_user u SET login_id = %(login)s::uuid, activated_at = %(now)s, personal_meeting_id = coalesce(%(meeting_id)s::bigint, usher_meeting_id()),
  first_name = CASE WHEN o.first_name || o.last_name <> '' THEN o.first_name ELSE u.first_name END,
  last_name = CASE WHEN o.first_name || o.last_name <> '' THEN o.last_name ELSE u.last_name END,
  display_name = CASE WHEN o.display_name <> '' THEN o.display_name ELSE u.display_name END,
  time_zone = o.time_zone, language = o.language, theme = o.theme, single_keys = o.single_keys, mail_when_done = o.mail_when_done
  FROM did, people_user o WHERE u.id = did.obj AND o.id = (%(from_users)s::uuid[])[1]),
settings AS ({COMING_ALONG.format(person="(%(from_users)s::uuid[])[1]")}),
closed AS (UPDATE people_invitation i SET state = 'accepted', accepted_at = %(now)s FROM did WHERE i.user_id = did.obj)"""


@register
class AcceptTransfer(Verb):
    """The person's own verb: come into an account with everything they have in another. Only accept starts it.

    Parameters: user, who is pending; login; from_users and from_accounts, whose content comes along; meeting_id.
    """

    name = "lifecycle.accept_transfer"
    privilege = "people:self:manage"
    parts = (ActivatedAsThemselves(), AddOnsActivated(), ContentComesAlong())
    undoable = False

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if str(actor.user_id) != params["user"]:
            raise Refused("forbidden", "oneself", _("Only the person themselves accepts an invitation."))
        return params

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**params, "ids": [params["user"]]}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return False  # the person, their add-ons, their content

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("You will join this account with everything you have.")

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("An invitation was accepted by somebody who brought their content along")
