"""How a sample is told: the same verbs that everybody uses, each at its own moment of a travelling clock, always forwards."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from usher.access.actors import PERSON, actor_of_row, operator
from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.core.refusals import Refused
from usher.journal import denials, engine
from usher.journal.verb import plan
from usher.licenses import history
from usher.lifecycle import staging
from usher.lifecycle.join import plan_invite
from usher.lifecycle.reading import Line
from usher.mail.send import deliver_waiting
from usher.people.models import Login

from .names import Person


class Telling:
    """One telling of one account's past; `at(n)` is n days before today."""

    account: UUID

    def __init__(self, today: datetime) -> None:
        self.today = today
        self.wishes = 0

    @contextmanager
    def at(self, days: float, hours: float = 0) -> Iterator[None]:
        """Travel to so many days and hours before now. The ledger of that day is written down as the clock would have."""
        with clock.travel(self.today - timedelta(days=days, hours=hours)):
            yield
            history.write_today(self.account)

    def do(self, actor: Actor, verb: str, params: dict[str, Any]) -> int:
        """One wish of one actor, done to its end; the number of its Change."""
        return self.finish(engine.start(plan(actor, verb, params), self.key()))

    def key(self) -> str:
        self.wishes += 1
        return f"sample:{self.wishes}"

    def finish(self, started: engine.Started) -> int:
        """No worker runs yet: whatever is not done in line is stepped here."""
        while started.change_id and engine.step(started.change_id):
            pass
        return int(started.number or 0)

    def refused(self, actor: Actor, verb: str, params: dict[str, Any]) -> None:
        """A try of somebody who may not; it is written down as the portal does it."""
        try:
            plan(actor, verb, params)
        except Refused as no:
            denials.record(actor, verb, no.code)

    def buy(self, seats: dict[str, int], prices: dict[str, str] | None = None, days: int = 365) -> None:
        """So many seats of each product; those with a price for so many days from the day travelled to."""
        first = clock.now().date()
        for product, quantity in seats.items():
            wish: dict[str, Any] = {"product": product, "quantity": quantity}
            if price := (prices or {}).get(product):
                term = {"price": price, "currency": "EUR", "starts": str(first), "ends": str(first + timedelta(days=days))}
                self.do(operator(self.account), "licenses.subscribe", {**wish, **term})
            else:
                self.do(operator(self.account), "licenses.set_seats", wish)

    def invite(self, actor: Actor, new: list[Person], **choices: Any) -> list[str]:
        """Invite people of one place with shared choices; their ids in the order of the list."""
        lines = (Line(n, p.email, p.email, p.first, p.last, p.department, "", "", None, "", "") for n, p in enumerate(new, 1))
        stage = staging.stage_people(actor, lines, {})
        self.finish(engine.start(plan_invite(actor, stage, {"location": new[0].place, **choices}), self.key()))
        self.mails_out()
        return self.ids_of(p.email for p in new)

    def mails_out(self) -> None:
        """Invented people get no real mail: without a server the mails become readable in the Outbox."""
        while not os.environ.get("USHER_SMTP_URL") and deliver_waiting():
            pass

    def accept(self, ids: list[str]) -> None:
        """Each accepts their own invitation, with a login that has no usable password."""
        for person in sql.rows(
            "SELECT id, email, canonical, first_name, last_name FROM people_user WHERE id = ANY(%(i)s::uuid[]) ORDER BY id", {"i": ids}
        ):
            login = Login(id=uuid7(), email=person["email"], canonical=person["canonical"])
            login.set_unusable_password()
            login.save(force_insert=True)
            name = f"{person['first_name']} {person['last_name']}"
            actor = Actor("person", self.account, name, frozenset({"people:self:manage"}), "sign_in", person["id"])
            wish = {"subjects": {"ids": [str(person["id"])]}, "login": str(login.id), "first_name": "", "last_name": ""}
            self.do(actor, "lifecycle.accept", wish)

    def activate(self, **subjects: Any) -> None:
        """A whole set at once, by the operator."""
        self.do(operator(self.account), "lifecycle.activate", {"subjects": subjects})

    def actor(self, address: str) -> Actor:
        found = sql.row(f"{PERSON} AND u.canonical = %(c)s AND u.account_id = %(a)s", {"c": address, "a": self.account})
        assert found is not None  # noqa: S101 - the sample made this person a moment ago
        return actor_of_row(found, "portal")

    def ids_of(self, addresses: Iterable[str]) -> list[str]:
        """Ids in the order of the addresses."""
        wanted = list(addresses)
        found = {
            r["canonical"]: str(r["id"])
            for r in sql.rows(
                "SELECT id, canonical FROM people_user WHERE account_id = %(a)s AND canonical = ANY(%(c)s) AND left_at IS NULL",
                {"a": self.account, "c": wanted},
            )
        }
        return [found[address] for address in wanted]

    def some(self, license: str, n: int, salt: str = "") -> list[str]:
        """Some active members with a license, always the same ones for the same people."""
        found = sql.rows(
            """SELECT s.user_id::text AS id FROM people_standing s JOIN people_user u ON u.id = s.user_id
               WHERE s.account_id = %(a)s AND s.license = %(l)s AND s.status = 'active' AND s.role = 'member'
               ORDER BY md5(u.canonical || %(salt)s || %(n)s::text) LIMIT %(n)s""",
            {"a": self.account, "l": license, "n": n, "salt": salt},
        )
        return [f["id"] for f in found]

    def key_of_role(self, name: str) -> str:
        """The key of a role of the account, by its name."""
        found = sql.row("SELECT key FROM access_role WHERE account_id = %(a)s AND name = %(n)s", {"a": self.account, "n": name})
        assert found is not None  # noqa: S101 - the sample made this role a moment ago
        return str(found["key"])

    def signed_in(self) -> None:
        """When each was last seen. A sign-in is no change and has no verb; this is the only thing a sample writes by itself."""
        sql.execute(
            """UPDATE people_standing s SET last_sign_in = greatest(u.activated_at, %(today)s::timestamptz - make_interval(days => d.days, mins => 1 + d.roll / 7 %% 600))
               FROM people_user u, LATERAL (SELECT ('x' || left(md5(u.canonical), 7))::bit(28)::int AS roll) r,
                    LATERAL (SELECT r.roll, CASE r.roll %% 100 / 5 WHEN 19 THEN NULL ELSE (ARRAY[0,0,0,0,0,0,1,1,1,1,1,3,3,3,3,9,9,40,150])[1 + r.roll %% 100 / 5] END AS days) d
               WHERE u.id = s.user_id AND s.account_id = %(a)s AND s.status = 'active' AND d.days IS NOT NULL""",
            {"a": self.account, "today": self.today},
        )
