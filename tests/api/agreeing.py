"""A person who agrees to an app, as a browser and the app's own server do it."""

import base64
import json
import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.http import HttpResponse
from django.test import Client

from tests.signed_in import signed_in
from usher.access import api_apps
from usher.core.actor import Actor
from usher.core.ids import short, uuid7

HERE = "https://portal.example.com/callback"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # of RFC 7636, appendix B
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@dataclass(frozen=True)
class Asking:
    """An app for people: `for_code` is the address it sends them to."""

    id: UUID
    secret: str | None
    redirect: str = HERE
    more: dict[str, str] = field(default_factory=dict)

    @property
    def client_id(self) -> str:
        return short(self.id)

    def asked(self, **more: str) -> dict[str, str]:
        """The parameters of an authorization request with PKCE; an empty one is left out."""
        given = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect,
            "state": "x y&z",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **more,
        }
        return {name: value for name, value in given.items() if value}

    def ask(self, path: str = "/oauth/token", **form: str) -> tuple[int, Any]:
        """What the app's server asks; a public one says its id alone."""
        basic = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}"} if self.secret else {}
        told = form if self.secret else {"client_id": self.client_id, **form}
        answer: HttpResponse = Client(enforce_csrf_checks=True).post(path, told, headers=headers)  # type: ignore[assignment]
        assert answer["Cache-Control"] == "no-store" and not answer.cookies
        return answer.status_code, json.loads(answer.content)

    def redeem(self, code: str, **more: str) -> tuple[int, Any]:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect, "code_verifier": VERIFIER, **more}
        return self.ask(**{name: value for name, value in form.items() if value})

    def renew(self, token: str, **more: str) -> tuple[int, Any]:
        return self.ask(grant_type="refresh_token", refresh_token=token, **more)


def app_for_people(actor: Actor, scopes: Any = "all", *, redirects: Any = (HERE,), is_public: bool = False, redirect: str = HERE) -> Asking:
    id, secret = api_apps.make(actor, "Phone book", scopes, f"test:{uuid7()}", redirects=list(redirects), is_public=is_public)
    return Asking(id, secret, redirect)


def agree(user: UUID | None, app: Asking, answer: str = "yes", **more: str) -> dict[str, str]:
    """The page and its button; what the app is told at its address."""
    browser = signed_in(user)
    page = browser.get("/oauth/authorize", app.asked(**more))
    assert page.status_code == 200, page.content.decode()
    form = dict(re.findall(r'<input type="hidden" name="(?!csrf)([^"]*)" value="([^"]*)"', page.content.decode()))
    form = {name: value.replace("&amp;", "&") for name, value in form.items()}
    return told_at(browser.post("/oauth/authorize", {**form, "answer": answer}), app)  # type: ignore[arg-type]


def told_at(answer: HttpResponse, app: Asking) -> dict[str, str]:
    """What an answer takes to the address of the app."""
    assert answer.status_code == 303, answer.content
    assert answer["Location"].startswith(app.redirect + ("&" if "?" in app.redirect else "?")), answer["Location"]
    return {name: value[0] for name, value in parse_qs(urlsplit(answer["Location"]).query).items()}


def tokens_for(user: UUID | None, app: Asking, **more: str) -> dict[str, Any]:
    """What an app has when somebody agreed."""
    status, body = app.redeem(agree(user, app, **more)["code"])
    assert status == 200, body
    return dict(body)


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def call(token: str, path: str = "/users/me") -> tuple[int, Any]:
    answer = Client().get("/v2" + path, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, json.loads(answer.content)
