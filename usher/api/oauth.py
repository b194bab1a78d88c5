"""The token endpoint: an app shows its id and secret and gets a token for an hour; and the end of a token (README 2, OAuth; RFC 6749, RFC 7009)."""

import base64
import binascii
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from usher.access import scopes, tokens
from usher.access.origin import client_ip
from usher.core.policy import Policy
from usher.zoom_wire.codes import Fault, WireRefused

from .door import answer, answered

GRANTS = ("account_credentials", "client_credentials")


class _Denied(Exception):
    """A token error as the contract writes one."""

    def __init__(self, error: str, reason: str) -> None:
        super().__init__(error)
        self.error, self.reason = error, reason


def _endpoint(work: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """POST only; refusals are `{"reason", "error"}` with 400."""

    def told(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            raise WireRefused(Fault(405, 300, "This method is not allowed here.", headers={"Allow": "POST"}))
        try:
            return work(request)
        except _Denied as denied:
            return answer(400, {"reason": denied.reason, "error": denied.error})

    def view(request: HttpRequest) -> HttpResponse:
        with translation.override("en"):
            return answered(request, lambda: told(request))

    view.policy = Policy("client", ("POST",))  # type: ignore[attr-defined]
    return csrf_exempt(view)


@_endpoint
def token(request: HttpRequest) -> HttpResponse:
    """A token for account_credentials or client_credentials; parameters stand in the query or in a form (S4-33)."""
    client = client_of(request)
    grant = parameter(request, "grant_type")
    if grant not in GRANTS:
        raise _Denied("unsupported_grant_type", "unsupported grant type")
    if grant == "account_credentials" and not tokens.is_account(client, parameter(request, "account_id")):
        raise _Denied("invalid_client", "Invalid client_id or client_secret")
    made, _ends = tokens.issue(client)
    return answer(
        200,
        {
            "access_token": made,
            "token_type": "bearer",
            "expires_in": int(tokens.LIFE.total_seconds()),
            "scope": " ".join(sorted(scopes.held(client.scopes))),
            "api_url": settings.BASE_URL,
        },
    )


@_endpoint
def revoke(request: HttpRequest) -> HttpResponse:
    """The end of one of the client's tokens. The answer is the same for a token it does not have (OAUTH-08)."""
    client = client_of(request)
    tokens.revoke(parameter(request, "token"), client)
    return answer(200, {"status": "success"})


def client_of(request: HttpRequest) -> tokens.Client:
    """The app that shows its secret, by HTTP Basic or in the form; never in the query, which is written into logs."""
    name, secret = _basic(request) or (str(request.POST.get("client_id", "")), str(request.POST.get("client_secret", "")))
    client = tokens.client(name, secret, client_ip(request.META)) if name and secret else None
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
