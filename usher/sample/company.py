"""Northlake Instruments: a believable company of a few hundred people, made by the real verbs under a travelling clock.

Nobody in it has a password. `usher sign-in-link EMAIL` lets the operator look at the portal as any of them.
"""

import os
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction

from usher.access.actors import PERSON, actor_of_row, operator
from usher.accounts.models import Account
from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.journal import engine, undo
from usher.journal.verb import plan
from usher.licenses.catalog import BASIC, LICENSED
from usher.lifecycle import staging
from usher.lifecycle.join import plan_invite
from usher.lifecycle.open_account import open_account
from usher.lifecycle.reading import Line
from usher.lifecycle.tasks import expire_invitations
from usher.mail.send import deliver_waiting
from usher.people.models import Login

from .names import people

OWNER = "ingrid.halvorsen@northlake.test"
ADMIN = "priya.raman@northlake.test"
SEATS = {BASIC: 25_000, LICENSED: 180, "phone": 90, "webinar:500": 12, "large_meeting:500": 8, "whiteboard": 60, "contact_center:essentials": 25}
GROUPS = ["Everyone", "Field crew", "Kraków lab", "Leadership", "Night shift"]
IM_GROUPS = ["Northlake", "Nordic", "Customer Care"]


def open_if_empty() -> str | None:
    """Open the sample company when no account exists; the owner's address then, else None. All of it or nothing."""
    with transaction.atomic():
        sql.execute("SELECT pg_advisory_xact_lock(hashtextextended('usher sample', 0))")
        if Account.objects.exists():
            return None
        _Company(clock.now()).make()
    return OWNER


class _Company:
    """One telling of the company's year; `day(n)` is n days before today."""

    def __init__(self, today: datetime) -> None:
        self.today = today
        self.dice = random.Random(11)  # noqa: S311 - invented people, not secrets
        self.people = people()
        self.wishes = 0

    def make(self) -> None:
        with self.at(360):
            self.account, _ = open_account("Northlake Instruments", "business", OWNER, first_name="Ingrid", last_name="Halvorsen")
            self.buy()
        with self.at(359, 3):
            self.activate([self.id_of(OWNER)])
            self.owner = self.actor(OWNER)
            for name in GROUPS:
                self.do(self.owner, "people.create_group", {"kind": "user", "name": name})
            for name in IM_GROUPS:
                self.do(self.owner, "people.create_group", {"kind": "im", "name": name})
        with self.at(358):
            self.invite([("Priya", "Raman", ADMIN, "Pune", "IT", "Workplace lead")], license=LICENSED, group="Leadership")
        with self.at(357):
            self.activate([self.id_of(ADMIN)])
            self.do(self.owner, "access.set_role", {"role": "admin", "subjects": {"ids": [self.id_of(ADMIN)]}})
        self.waves()
        self.lately()

    def waves(self) -> None:
        """Waves of joiners over the year."""
        admin = self.actor(ADMIN)
        for days, size, choices in (
            (330, 90, {"license": LICENSED, "add_ons": ["phone"], "group": "Everyone", "im_group": "Northlake"}),
            (250, 70, {"license": BASIC, "group": "Field crew", "im_group": "Northlake"}),
            (190, 60, {"license": LICENSED, "add_ons": ["whiteboard"], "group": "Everyone"}),
            (120, 40, {"license": BASIC, "group": "Kraków lab"}),
            (70, 35, {"license": BASIC, "group": "Night shift"}),
        ):
            self.wave(admin, days, size, choices)

    def wave(self, admin: Actor, days: int, size: int, choices: dict[str, Any]) -> None:
        """So many people are invited; most of them activate two days later, a few never do."""
        with self.at(days):
            invited = self.invite(list(islice(self.people, size)), actor=admin, **choices)
        late = set(self.dice.sample(invited, max(1, size // 14)))
        with self.at(days - 2):
            self.activate([i for i in invited if i not in late])

    def lately(self) -> None:
        """Changes that make the first look interesting: promotions, an undone mistake, fresh invitations."""
        admin = self.actor(ADMIN)
        with self.at(60):
            self.do(admin, "licenses.give_add_on", {"add_on": "webinar:500", "subjects": {"ids": self.some("meetings:licensed", 11)}})
        with self.at(41):
            self.do(
                admin, "licenses.give_add_on", {"add_on": "contact_center:essentials", "subjects": {"ids": self.some("meetings:basic", 21)}}
            )
        self.wave(admin, 35, 12, {"license": LICENSED, "group": "Everyone"})
        with self.at(27):
            self.invite(list(islice(self.people, 2)), actor=admin, license=BASIC, group="Night shift")
        with self.at(20):
            number = self.do(admin, "licenses.change_license", {"license": BASIC, "subjects": {"ids": self.some("meetings:licensed", 6)}})
        with self.at(20, -1):
            undo.start_undo(admin, number)
        with self.at(9):
            self.do(
                self.owner, "licenses.give_add_on", {"add_on": "large_meeting:500", "subjects": {"ids": self.some("meetings:licensed", 7)}}
            )
        with self.at(4):
            expire_invitations()
        with self.at(1, 4):
            self.invite(list(islice(self.people, 9)), actor=admin, license=BASIC, group="Field crew", im_group="Northlake")
        with self.at(0, 2):
            self.invite(list(islice(self.people, 3)), actor=admin, license=LICENSED, add_ons=["phone"], group="Everyone")
        self.signed_in()

    def at(self, days: int, hours: int = 0) -> Any:
        """Travel to so many days and hours before now."""
        return clock.travel(self.today - timedelta(days=days, hours=hours))

    def do(self, actor: Actor, verb: str, params: dict[str, Any]) -> int:
        """One wish of one actor; the number of its Change."""
        self.wishes += 1
        started = engine.start(plan(actor, verb, params), f"sample:{self.wishes}")
        return int(started.number or 0)

    def buy(self) -> None:
        for product, quantity in SEATS.items():
            self.do(operator(self.account), "licenses.set_seats", {"product": product, "quantity": quantity})

    def invite(self, new: list[tuple[str, str, str, str, str, str]], *, actor: Actor | None = None, **choices: Any) -> list[str]:
        """Invite people with shared choices; the ids of those who are new."""
        lines = [
            Line(n, mail, mail, first, last, department, "", "", None, "", "")
            for n, (first, last, mail, _, department, _) in enumerate(new, 1)
        ]
        stage = staging.stage_people(actor or self.owner, lines, {})
        self.wishes += 1
        engine.start(plan_invite(actor or self.owner, stage, {"location": new[0][3], **choices}), f"sample:{self.wishes}")
        if not os.environ.get("USHER_SMTP_URL"):  # invented people get no real mail
            deliver_waiting()
        return [self.id_of(mail) for _, _, mail, *_ in new]

    def activate(self, ids: list[str]) -> None:
        """Each accepts their own invitation, with a login that has no usable password."""
        for id in ids:
            person = sql.row("SELECT email, canonical, first_name, last_name FROM people_user WHERE id = %(i)s", {"i": id})
            assert person is not None  # noqa: S101 - the sample made this person a moment ago
            login = Login(id=uuid7(), email=person["email"], canonical=person["canonical"])
            login.set_unusable_password()
            login.save(force_insert=True)
            actor = Actor(
                "person",
                self.account,
                f"{person['first_name']} {person['last_name']}",
                frozenset({"people:self:manage"}),
                "sign_in",
                UUID(id),
            )
            self.do(actor, "lifecycle.accept", {"subjects": {"ids": [id]}, "login": str(login.id), "first_name": "", "last_name": ""})

    def actor(self, address: str) -> Actor:
        found = sql.row(f"{PERSON} AND u.canonical = %(c)s AND u.account_id = %(a)s", {"c": address, "a": self.account})
        assert found is not None  # noqa: S101 - the sample made this person a moment ago
        return actor_of_row(found, "portal")

    def id_of(self, address: str) -> str:
        return str(
            sql.value(
                "SELECT id FROM people_user WHERE account_id = %(a)s AND canonical = %(c)s AND left_at IS NULL",
                {"a": self.account, "c": address},
            )
        )

    def some(self, license: str, n: int) -> list[str]:
        """Some active members with a license, always the same ones."""
        found = sql.rows(
            """SELECT user_id::text AS id FROM people_standing WHERE account_id = %(a)s AND license = %(l)s AND status = 'active' AND role = 'member'
               ORDER BY md5(user_id::text || %(n)s::text) LIMIT %(n)s""",
            {"a": self.account, "l": license, "n": n},
        )
        return [f["id"] for f in found]

    def signed_in(self) -> None:
        """When each was last seen. A sign-in is no change and has no verb; this is the only thing the sample writes by itself."""
        active = sql.rows(
            "SELECT user_id FROM people_standing WHERE account_id = %(a)s AND status = 'active' ORDER BY user_id", {"a": self.account}
        )
        seen = list(self._moments(len(active)))
        sql.execute(
            "UPDATE people_standing s SET last_sign_in = v.at FROM unnest(%(i)s::uuid[], %(t)s::timestamptz[]) AS v(id, at) WHERE s.user_id = v.id",
            {"i": [a["user_id"] for a in active], "t": seen},
        )

    def _moments(self, n: int) -> Iterator[datetime | None]:
        for _ in range(n):
            days = self.dice.choices([0, 1, 3, 9, 40, 150, None], weights=[30, 25, 20, 10, 6, 3, 6])[0]
            yield None if days is None else self.today - timedelta(days=days, minutes=self.dice.randrange(1, 600))
