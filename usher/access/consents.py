"""People and the apps that work for them: what an app asks, what they agree to, and the code that comes of it (RFC 6749, 4.1; OAUTH-04, OAUTH-05, OAUTH-21).

Every authorization is asked for anew: who could change the addresses of an app would otherwise get codes without anybody pressing a button.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.core.refusals import Refused, not_found
from usher.journal import engine
from usher.journal.verb import plan

from . import redirects, scopes
from .api_apps import hash_of
from .own import OWN

CODE_LIFE = timedelta(minutes=5)
CHALLENGE = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # RFC 7636, 4.2
LONGEST_STATE = 2000


class Unasked(Exception):
    """What an app asks for cannot be given; it is told so at its address (RFC 6749, 4.1.2.1). `error` is of that section, `words` are for its programmer."""

    def __init__(self, error: str, words: str) -> None:
        super().__init__(words)
        self.error, self.words = error, words


@dataclass(frozen=True)
class App:
    """An app that asks somebody, at an address of its own. `by` is who answers for it."""

    id: UUID
    name: str
    scopes: tuple[str, ...]
    is_public: bool
    redirect: str
    by: str


@dataclass(frozen=True)
class Wish:
    """What an app asks for: scopes it has, and how it will prove that the code went to it."""

    scopes: tuple[str, ...]
    challenge: str
    method: str


def app_asking(actor: Actor, client_id: str, redirect: str) -> App:
    """The app of a client id in the actor's account. Refused (missing) for none, one that is off or not for people, (invalid, redirect) for an address
    that is not one of its own (OAUTH-04, OAUTH-05): then nothing is sent there, not even a no."""
    found = sql.row(
        """SELECT p.id, p.name, p.scopes, p.is_public, p.redirects, u.email AS by FROM access_app p JOIN people_user u ON u.id = p.creator_id
           JOIN people_standing s ON s.user_id = p.creator_id WHERE p.account_id = %(a)s AND p.client_id = %(c)s AND p.for_people AND p.is_on AND s.status = 'active'""",
        {"a": actor.account_id, "c": client_id.replace("\x00", "")},
    )
    if found is None:
        raise Refused("missing", "no_app", _("There is no such app here, or it is switched off. Ask whoever sent you to this page."))
    if not redirects.is_one_of(found["redirects"], redirect):
        words = _("%(app)s asks to be answered at an address it did not register. Nothing was sent there. Tell whoever runs it.")
        raise Refused("invalid", "redirect", words % {"app": found["name"]})
    return App(found["id"], found["name"], tuple(found["scopes"]), found["is_public"], redirect, found["by"])


def wish_of(app: App, asked: Mapping[str, str]) -> Wish:
    """What the parameters of an authorization request ask for; Unasked for what is not given here (OAUTH-06, OAUTH-14).

    A public app has to use PKCE with S256 (RFC 9700, 2.1.1). One with a secret may use `plain`, as clients of the contract do, or nothing.
    """
    if asked.get("response_type") != "code":
        raise Unasked("unsupported_response_type", "response_type must be code")
    if len(asked.get("state", "")) > LONGEST_STATE:
        raise Unasked("invalid_request", f"state has at most {LONGEST_STATE} characters")
    challenge, method = asked.get("code_challenge", ""), asked.get("code_challenge_method", "")
    if challenge and not CHALLENGE.fullmatch(challenge):
        raise Unasked("invalid_request", "code_challenge is not one of RFC 7636")
    method = (method or "plain") if challenge else method
    if method not in ("", "S256", "plain") or (method and not challenge) or (app.is_public and method != "S256"):
        raise Unasked("invalid_request", "code_challenge_method must be S256, with a code_challenge")
    wanted = asked.get("scope", "").replace(",", " ").split()
    if beyond := sorted(set(wanted) - scopes.held(app.scopes)):
        raise Unasked("invalid_scope", f"this app has no scope {beyond[0][:80]}")
    return Wish(tuple(sorted(set(wanted) or scopes.held(app.scopes))), challenge, method)


def offered(actor: Actor, wish: Wish) -> list[str]:
    """The scopes somebody can agree to: those that are of use to them; what they may not do, nobody does for them (OAUTH-21)."""
    return scopes.useful(actor, wish.scopes)


def give(actor: Actor, app: App, wish: Wish) -> str:
    """The actor lets the app work for them; the code that tells it so. Refused (forbidden, nothing_to_give) when nothing it asks for is of use to them."""
    given = offered(actor, wish)
    if not given:
        raise Refused("forbidden", "nothing_to_give", _("Your role may nothing of what this app asks for."))
    code, family = secrets.token_urlsafe(32), uuid4()
    with transaction.atomic():
        own = replace(actor, privileges=frozenset({OWN}))
        params = {"app": app.id, "consent": uuid7(), "scopes": given}
        engine.start(plan(own, "access.give_consent", params), f"consent:{family}")
        kept = sql.execute(
            """INSERT INTO access_code (hash, consent_id, family, epoch, scopes, redirect, challenge, method, expires_at)
               SELECT %(h)s, k.id, %(f)s, k.epoch, %(s)s, %(r)s, %(c)s, %(m)s, %(end)s FROM access_consent k WHERE k.app_id = %(app)s AND k.user_id = %(u)s""",
            {
                "h": hash_of(code),
                "f": family,
                "s": given,
                "r": app.redirect,
                "c": wish.challenge,
                "m": wish.method,
                "end": clock.now() + CODE_LIFE,
                "app": app.id,
                "u": actor.user_id,
            },
        )
        if not kept:  # it ended in this very moment
            raise Refused("conflict", "changed", _("Somebody else is changing this right now. Nothing was done; try again."))
    return code


CONSENT = """SELECT k.id, k.scopes, k.given_at, k.last_used, p.id AS app, p.name, p.is_on, u.id AS user_id, u.email, u.first_name, u.last_name, u.display_name
             FROM access_consent k JOIN access_app p ON p.id = k.app_id JOIN people_user u ON u.id = k.user_id
             JOIN people_standing s ON s.user_id = k.user_id AND s.status = 'active' AND s.access_epoch = k.epoch WHERE k.account_id = %(a)s"""


def own(actor: Actor) -> list[dict[str, Any]]:
    """The apps that work for the actor, the newest first; a consent that ended with their access is none any more."""
    return sql.rows(f"{CONSENT} AND k.user_id = %(u)s ORDER BY k.given_at DESC, k.id DESC", {"a": actor.account_id, "u": actor.user_id})


def of_app(actor: Actor, app: UUID, limit: int) -> list[dict[str, Any]]:
    """For whom an app works, the newest first."""
    actor.require("access:app:view")
    params = {"a": actor.account_id, "i": app, "l": limit}
    return sql.rows(f"{CONSENT} AND k.app_id = %(i)s ORDER BY k.given_at DESC, k.id DESC LIMIT %(l)s", params)


def app_of(actor: Actor, consent: UUID) -> UUID:
    """The app of a consent in the actor's account. Refused (missing) for none."""
    actor.require("access:app:view")
    found = sql.value("SELECT app_id FROM access_consent WHERE account_id = %(a)s AND id = %(i)s", {"a": actor.account_id, "i": consent})
    if found is None:
        raise not_found(_("This consent"))
    return UUID(str(found))


def withdraw(actor: Actor, consent: UUID) -> None:
    """The end of one of the actor's own consents. Refused (missing) when it is over already or somebody else's."""
    own = replace(actor, privileges=frozenset({OWN}))
    engine.start(plan(own, "access.withdraw_consent", {"consent": consent}), f"withdraw:{uuid7()}")


def words_for(actor: Actor, given: Iterable[str]) -> list[tuple[str, list[str]]]:
    """What scopes let an app do for the actor, in words."""
    return scopes.in_words(actor, given)
