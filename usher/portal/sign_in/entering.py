"""The last steps of every way in: allauth's stages, the session bound to the person, and links that do not open."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from usher.access import sessions
from usher.access.backend import PATH
from usher.access.origin import client_ip, neighborhood
from usher.access.throttle import BAD_LINK, spend
from usher.access.way_in import Person, by_login
from usher.core.ids import unshort
from usher.core.refusals import Refused
from usher.lifecycle.own_account import open_for
from usher.people.models import Login
from usher.portal.problem import problem

BAD, GONE = 400, 410


def enter(request: HttpRequest, person: Person, means: str, path: str) -> HttpResponse:
    """Sign a person in who has shown who they are, and go to `path`. `means` stands in their history. 403 for who may not.

    Who was unlinked from the last account gets one of their own at this moment, and is told so.
    """
    if person.user_id is None:
        person, path = somewhere(request, person.login_id) or person, "/me/own-account"
    if person.user_id is None or person.status != "active":
        return no_way_in(request, person)
    sessions.expect(request.session, person, means)
    login = Login.objects.get(pk=person.login_id)
    login.backend = PATH
    if means == "passkey":  # password and second factor in one: allauth's stage asks no more
        record_authentication(request, login, "mfa", type="webauthn", passwordless=True)
    return perform_login(request, login, email_verification="none", redirect_url=path)


def somewhere(request: HttpRequest, login: UUID) -> Person | None:
    """The person of a login somebody has shown to be theirs. Who was unlinked and belongs nowhere gets an account of their own."""
    person = by_login(login)
    if person is not None and person.user_id is None:
        open_for(login, ip=client_ip(request.META), request_id=getattr(request, "request_id", ""))
        return by_login(login)
    return person


def no_way_in(request: HttpRequest, person: Person) -> HttpResponse:
    """Told only to who has shown that the address is theirs."""
    if person.status == "inactive":
        return problem(request, 403, _("This account is deactivated"), _("You cannot sign in at the moment. Ask your administrator."))
    if person.status == "pending":
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
