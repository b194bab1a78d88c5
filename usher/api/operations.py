"""What the API can do: one entry per method and path, in the words of the contract. Addresses, OpenAPI and the matrices of tests are made from it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from usher.access import scopes as known_scopes
from usher.access.throttle import UNTIL_MIDNIGHT
from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.journal import engine
from usher.journal.verb import plan
from usher.zoom_wire.fields import Fields
from usher.zoom_wire.scopes import Scopes

from . import own_words

if TYPE_CHECKING:
    from django.http import HttpRequest

LIGHT, MEDIUM, HEAVY, RESOURCE_INTENSIVE = "LIGHT", "MEDIUM", "HEAVY", "RESOURCE_INTENSIVE"
Codes = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Call:
    """One request of an operation: who, what the path, query and body say, checked, and the body as it came.

    `key` is what the client sent as Idempotency-Key, bound to its app; empty without one. `app` is the one whose token it is.
    """

    actor: Actor
    request: "HttpRequest"
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Mapping[str, Any]
    raw: Mapping[str, Any]
    key: str = ""
    app: UUID | None = None
    verbs: list[str] = field(default_factory=list)  # started so far

    @cached_property
    def cursor_scope(self) -> str:
        """What a page token is bound to: path and query without the place in the list (README 1, Pagination)."""
        rest = sorted((k, v) for k, v in self.query.items() if k not in ("next_page_token", "page_number"))
        return f"{self.actor.account_id} {self.request.path.rstrip('/')} {rest}"

    @cached_property
    def wish(self) -> str:
        """What the same key must ask for again: method, path, query and body, whatever their order."""
        return json.dumps([self.request.method, self.request.path.rstrip("/"), sorted(self.request.GET.lists()), self.raw], sort_keys=True)

    def do(self, verb: str, params: dict[str, Any], *, short: str = "refuse") -> engine.Started:
        """Start a verb; the same Idempotency-Key leads to the same change, however often it is sent. `short` is the engine's, for too few seats."""
        return engine.start(plan(self.actor, verb, params), self.next_key(verb), short=short)

    def next_key(self, verb: str) -> str:
        """The journal's key of the next thing this call does, by this verb. An answer that is kept is told again to who may still start all of them."""
        self.verbs.append(verb)
        return f"api:{sha256(self.key.encode()).hexdigest()[:40]}:{len(self.verbs)}" if self.key else f"api:once:{uuid7()}"


@dataclass(frozen=True)
class Cap:
    """How often one account may do something through the API, by plan (free, pro, business), in a window of seconds."""

    name: str
    most: Mapping[str, int]
    seconds: int = UNTIL_MIDNIGHT


@dataclass(frozen=True, eq=False)
class Operation:
    """`success` is the status of the contract; `codes` are better codes for reasons that mean something special here. `right` names what it is about:
    the account's plan must have it; the right itself is asked for by the read or the verb. `caps` come beside the rate of the label. `kept` are fields of the body
    beside those that act: checked, stored and returned as they were given.
    """

    method: str
    path: str
    name: str
    summary: str
    area: str
    scopes: Scopes
    label: str
    success: int
    query: Fields
    body: Fields
    kept: Fields
    codes: Codes
    right: str
    caps: tuple[Cap, ...]
    run: Callable[[Call], Any]


OPERATIONS: list[Operation] = []


def operation(
    method: str,
    path: str,
    scopes: Scopes,
    *,
    area: str,
    label: str = LIGHT,
    success: int = 200,
    query: Fields | None = None,
    body: Fields | None = None,
    kept: Fields | None = None,
    codes: Codes | None = None,
    right: str = "people:user:view",
    caps: tuple[Cap, ...] = (),
) -> Callable[[Callable[[Call], Any]], Callable[[Call], Any]]:
    """Register a function as an operation. What it returns is the body, as text when it is JSON already; nothing for a 204. The first paragraph of its docstring is its summary."""

    def keep(run: Callable[[Call], Any]) -> Callable[[Call], Any]:
        summary = " ".join((run.__doc__ or "").partition("\n\n")[0].split())
        OPERATIONS.append(
            Operation(
                method,
                path,
                run.__name__,
                summary,
                area,
                scopes,
                label,
                success,
                query or {},
                body or {},
                kept or {},
                codes or {},
                right,
                caps,
                run,
            )
        )
        known_scopes.register(scopes.all, right if method == "GET" else right.removesuffix(":view").removesuffix(":manage") + ":manage")
        own_words.register(scopes.own, area, method)
        return run

    return keep
