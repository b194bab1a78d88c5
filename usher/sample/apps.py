"""The programs that work with the company: one that keeps people in step, and a phone book that people agree to; and how often they called since."""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from usher.access import api_apps, app_calls, consents, grants, tokens
from usher.access.actors import person
from usher.core import clock
from usher.core.actor import Actor
from usher.core.ids import short
from usher.licenses.catalog import LICENSED

if TYPE_CHECKING:
    from .company import Company

DAYS = 19
CALLBACK = "https://phonebook.northlake.test/callback"
HERE = "192.0.2.20"  # where both run
OWN = ["user:read", "user:read:user"]


def begin_apps(company: "Company") -> None:
    """Both are made; a few people agree to the phone book, which asks for its tokens at once."""
    with company.at(DAYS, 12):
        sync, secret = api_apps.make(company.admin, "HR sync", ["user:read:admin", "user:write:admin"], company.key())
        book, other = api_apps.make(company.admin, "Phone book", [*OWN, "user:read:admin"], company.key(), redirects=[CALLBACK])
    with company.at(DAYS, 6):
        for somebody in (company.owner, company.desk, *(person(UUID(id), "portal") for id in company.some(LICENSED, 3, "phone book"))):
            _agree(somebody, book, other)
    for day in range(DAYS, -1, -1):
        at = company.today - timedelta(days=day)
        with clock.travel(at):
            _work(sync, secret, 240 - 17 * (day % 5) if at.weekday() < 5 else 24)
            _work(book, None, 60 + 9 * (day % 4) if at.weekday() < 5 else 3)


def _agree(somebody: Actor, app: UUID, secret: str | None) -> None:
    asking = consents.app_asking(somebody, short(app), CALLBACK)
    code = consents.give(somebody, asking, consents.wish_of(asking, {"response_type": "code"}))
    if client := tokens.client(short(app), secret or "", HERE):
        grants.redeem(client, code, CALLBACK, "", HERE)


def _work(app: UUID, secret: str | None, calls: int) -> None:
    """A day of a program: a token, when it has a secret to ask with, and so many calls."""
    if secret and (client := tokens.client(short(app), secret, HERE)):
        tokens.issue(client)
    for _n in range(calls):
        app_calls.count(app)
    app_calls.write()
