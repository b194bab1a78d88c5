"""The token endpoint: an app shows its id and secret and gets a token for an hour; and the end of a token (README 2, OAuth; RFC 6749, RFC 7009).

Where somebody agrees to an app is a page (portal/consents).
"""

import base64
import binascii
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from usher.access import grants, scopes, tokens
from usher.access.origin import client_ip
from usher.core.policy import Policy
from usher.zoom_wire.codes import Fault, WireRefused

from .door import answer, answered


class _Denied(Exception):
    """A token error as the contract writes one."""

    def __init__(self, error: str, reason: str) -> None:
        super().__init__(error)
        self.error, self.reason = error, reason


def _endpoint(work: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """POST only; refusals are `{"reason", "error"}` with 400."""

    def done(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            raise WireRefused(Fault(405, 300, "This method is not allowed here.", headers={"Allow": "POST"}))
        try:
            return work(request)
        except _Denied as denied:
            return answer(400, {"reason": denied.reason, "error": denied.error})

    def view(request: HttpRequest) -> HttpResponse:
        with translation.override("en"):
            return answered(request, lambda: done(request))

    view.policy = Policy("client", ("POST",))  # type: ignore[attr-defined]
    return csrf_exempt(view)


@_endpoint
def token(request: HttpRequest) -> HttpResponse:
    """A token for one of four grants; parameters stand in the query or in a form (S4-33)."""
    client = client_of(request)
    grant = parameter(request, "grant_type")
    if grant not in GRANTS:
        raise _Denied("unsupported_grant_type", "unsupported grant type")
    for_people, give = GRANTS[grant]
    if client.for_people != for_people:
        raise _Denied("unauthorized_client", f"this app does not use {grant}")
    return answer(200, give(request, client))


def for_account(request: HttpRequest, client: tokens.Client) -> dict[str, Any]:
    """A token for who created the app, in the account that is named."""
    if not tokens.is_account(client, parameter(request, "account_id")):
        raise _Denied("invalid_client", "Invalid client_id or client_secret")
    return for_creator(request, client)


def for_creator(request: HttpRequest, client: tokens.Client) -> dict[str, Any]:
    made, _ends = tokens.issue(client)
    return told(made, scopes.held(client.scopes))


def for_code(request: HttpRequest, client: tokens.Client) -> dict[str, Any]:
    """Tokens for whoever agreed, against the code that came of it."""
    code, redirect, verifier = (parameter(request, name) for name in ("code", "redirect_uri", "code_verifier"))
    given = grants.redeem(client, code, redirect, verifier, client_ip(request.META)) if code else None
    if given is None:
        raise _Denied("invalid_grant", "Invalid authorization code")
    return told(given.access, given.scopes, given.refresh)


def for_refresh(request: HttpRequest, client: tokens.Client) -> dict[str, Any]:
    """The next tokens, against a refresh token, which is worth nothing then."""
    given, wanted = None, parameter(request, "scope").split()
    if shown := parameter(request, "refresh_token"):
        try:
            given = grants.renew(client, shown, wanted, client_ip(request.META))
        except ValueError:
            raise _Denied("invalid_scope", "a scope was not given") from None
    if given is None:
        raise _Denied("invalid_grant", "Invalid Token!")
    return told(given.access, given.scopes, given.refresh)


# grant_type -> whether it is for apps for people, and what it gives. What an app does not need it does not get (ASVS 10.4.4).
GRANTS: dict[str, tuple[bool, Callable[[HttpRequest, tokens.Client], dict[str, Any]]]] = {
    "account_credentials": (False, for_account),
    "client_credentials": (False, for_creator),
    "authorization_code": (True, for_code),
    "refresh_token": (True, for_refresh),
}


def told(token: str, scopes: Iterable[str], refresh: str = "") -> dict[str, Any]:
    """What the contract tells of a token."""
    return {
        "access_token": token,
        "token_type": "bearer",
        **({"refresh_token": refresh} if refresh else {}),
        "expires_in": int(tokens.LIFE.total_seconds()),
        "scope": " ".join(sorted(scopes)),
        "api_url": settings.BASE_URL,
    }


@_endpoint
def revoke(request: HttpRequest) -> HttpResponse:
    """The end of one of the client's tokens, of either kind. The answer is the same for a token it does not have (OAUTH-08)."""
    client = client_of(request)
    grants.end(parameter(request, "token"), client)
    return answer(200, {"status": "success"})


def client_of(request: HttpRequest) -> tokens.Client:
    """The app that shows its secret, by HTTP Basic or in the form; never in the query, which is written into logs. A public app says its id alone."""
    name, secret = _basic(request) or (str(request.POST.get("client_id", "")), str(request.POST.get("client_secret", "")))
    client = tokens.client(name, secret, client_ip(request.META)) if name else None
    if client is None:
        raise _Denied("invalid_client", "Invalid client_id or client_secret")
    return client


def parameter(request: HttpRequest, name: str) -> str:
    """A parameter of the query or the form. One that is given twice is refused (MASS-05)."""
    given = request.GET.getlist(name) + request.POST.getlist(name)
    if len(given) > 1:
        raise _Denied("invalid_request", f"{name} stands more than once")
    return given[0] if given else ""


def _basic(request: HttpRequest) -> tuple[str, str] | None:
    scheme, _blank, coded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, secret = base64.b64decode(coded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return (name, secret) if colon else None
