"""A program of a company: an app with a token, and calls as it would make them."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client

from usher.access import api_apps, tokens
from usher.core.actor import Actor
from usher.core.ids import short, uuid7


@dataclass(frozen=True)
class Caller:
    """`get("/users")` -> (status, body); `last` is the whole answer."""

    token: str
    client: Client

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        sent = {} if body is None else {"data": body if isinstance(body, str | bytes) else json.dumps(body)}
        return self.client.generic(  # type: ignore[return-value]
            method,
            "/v2" + path,
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}", **{k.replace("_", "-"): v for k, v in headers.items()}},
            **sent,
        )

    def get(self, path: str) -> tuple[int, Any]:
        return told(self("GET", path))

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        return told(self("POST", path, body, **headers))

    def patch(self, path: str, body: Any) -> tuple[int, Any]:
        return told(self("PATCH", path, body))

    def put(self, path: str, body: Any) -> tuple[int, Any]:
        return told(self("PUT", path, body))

    def delete(self, path: str) -> tuple[int, Any]:
        return told(self("DELETE", path))


def told(answer: HttpResponse) -> tuple[int, Any]:
    """Status and body; nothing has no body, everything else is JSON."""
    if answer.status_code == 204:
        assert answer.content == b"" and "Content-Type" not in answer.headers
        return 204, None
    assert answer["Content-Type"] == "application/json", answer.content
    return answer.status_code, json.loads(answer.content)


def app_of(actor: Actor, scopes: Any = "all", *, creator: Any = None) -> tuple[str, str]:
    """A new app: client id and secret."""
    id, secret = api_apps.make(actor, "Test", scopes, f"test:{uuid7()}", creator=creator)
    assert secret is not None
    return short(id), secret


def caller(actor: Actor, scopes: Any = "all") -> Caller:
    """A program with an app of this person's."""
    return Caller(token_of(actor, scopes), Client())


def token_of(actor: Actor, scopes: Any = "all", *, creator: Any = None) -> str:
    client = tokens.client(*app_of(actor, scopes, creator=creator), "192.0.2.9")
    assert client is not None
    return tokens.issue(client)[0]
