"""The last steps of every way in: allauth's stages, the session bound to the person, and links that do not open."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from usher.access import sessions
from usher.access.actors import remember
from usher.access.backend import PATH
from usher.access.origin import client_ip, neighborhood
from usher.access.throttle import BAD_LINK, spend
from usher.access.way_in import Person, came_in, went_out
from usher.connections.webhooks.listening import came_or_went
from usher.core.ids import unshort
from usher.core.refusals import Refused
from usher.lifecycle.consolidate import question
from usher.lifecycle.own_account import waits_for
from usher.people.models import Login
from usher.portal.page import MUST_ANSWER, QUESTION, SignedIn
from usher.portal.problem import problem

BAD, GONE = 400, 410


def enter(request: HttpRequest, person: Person, means: str, path: str) -> HttpResponse:
    """Sign a person in who has shown who they are, and go to `path`. `means` stands in their history. 403 for who may not.

    Who was unlinked from the last account gets one of their own after the last step (coming_home.py), and is told so.
    """
    if person.user_id is None and waits_for(person.login_id):
        path = path if path.startswith("/join/") else "/me/own-account"
    elif person.user_id is None or person.status != "active":
        return no_way_in(request, person)
    sessions.expect(request.session, person, means)
    if not path.startswith("/join/") and (asked := question(person.login_id)):  # by an account that manages their domain (behaviour.md H)
        request.session[MUST_ANSWER], path = asked.must, QUESTION
    login = Login.objects.get(pk=person.login_id)
    login.backend = PATH
    if means == "passkey":  # password and second factor in one: allauth's stage asks no more
        record_authentication(request, login, "mfa", type="webauthn", passwordless=True)
    return perform_login(request, login, email_verification="none", redirect_url=path)


def leave(request: SignedIn) -> None:
    """The session ends, with a line in the history of whoever had it, and whoever listens is told."""
    if request.actor is not None and request.actor.user_id is not None:
        went_out(request.actor)
        came_or_went(request.actor.user_id, "user.signed_out")
    logout(request)


def bind(request: HttpRequest, person: Person, means: str) -> None:
    """The session is this person's from now on, with a line in their history. Its id is new."""
    if person.user_id is None or person.epoch is None:
        raise RuntimeError("nobody is bound to a session who lives nowhere")
    remember(request, person.user_id, person.epoch)
    came_in(person.user_id, means, client_ip(request.META), request.headers.get("User-Agent", ""))
    came_or_went(person.user_id, "user.signed_in")


def no_way_in(request: HttpRequest, person: Person | None) -> HttpResponse:
    """Told only to who has shown that the address is theirs."""
    if person and person.status == "inactive":
        return problem(request, 403, _("This account is deactivated"), _("You cannot sign in at the moment. Ask your administrator."))
    if person and person.status == "pending":
        words = _("Your invitation is still open. Use the link in the mail, or ask who invited you to send it again.")
        return problem(request, 403, _("Not activated yet"), words)
    words = _("Your sign-in is right, but no account has a place for you now. Ask your administrator for an invitation.")
    return problem(request, 403, _("There is no account for this address"), words)


def by_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page behind a link of a mail: its id is read, and a link that does not open is 400 without detail, or 410 (INVITE-02, INVITE-04)."""

    @wraps(view)
    def opened(request: HttpRequest, row: str, secret: str) -> HttpResponse:
        try:
            response = view(request, _id_of(row), secret)
        except Refused as refused:
            response = closed(request, refused)
        response["Referrer-Policy"] = "strict-origin"  # never the path; no-referrer would make our own form send "Origin: null"
        return response

    return opened


def closed(request: HttpRequest, refused: Refused) -> HttpResponse:
    """A link that does not open. Guessing is counted: after thirty bad ones it is 429 (INVITE-17)."""
    if refused.kind != "missing":
        raise refused
    if refused.code == "bad_link":
        spend((BAD_LINK, neighborhood(client_ip(request.META))))
        return problem(
            request, BAD, _("This link does not open"), _("It is not complete, or not one of ours. Open it again from the mail.")
        )
    return problem(request, GONE, _("This link does not work any more"), refused.words)


def _id_of(row: str) -> UUID:
    try:
        return unshort(row)
    except ValueError:
        raise Refused("missing", "bad_link", "") from None
