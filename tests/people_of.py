"""A test company with named people, made by the real verbs: an owner, an admin, a member, somebody pending; and a stranger in another account.

The fixtures `northlake` and `southport` (companies.py) are two of them.
"""

import itertools
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from usher.access.actors import PERSON, actor_of_row, operator
from usher.core import link_token, sql
from usher.core.actor import Actor
from usher.core.address import looked_up
from usher.core.ids import uuid7
from usher.core.refusals import Refused
from usher.journal import engine, reads, undo, verify
from usher.journal.verb import plan
from usher.lifecycle import accept, join, staging
from usher.lifecycle.open_account import open_account

PASSWORD = "a river runs past seven mills"
LICENSED, BASIC, ON_PREM = "meetings:licensed", "meetings:basic", "meetings:on_prem"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Company:
    """One account. `domain` is its own, so that addresses of two companies never meet."""

    account: UUID
    domain: str
    operator: Actor
    owner: Actor
    admin: Actor
    member: Actor
    pending: UUID


def open_company(name: str, *, plan_code: str = "business", **seats: int) -> Company:
    """An account with ten Licensed seats and five of Phone, Whiteboard, Webinar 500 and Events 500 unless `seats` says otherwise."""
    domain = f"{name.lower()}{next(_numbers)}.test"
    account, _ = open_account(name, plan_code, f"owner@{domain}", first_name="Olga", last_name="Owner")
    chief = operator(account)
    for product, quantity in {
        LICENSED: 10,
        "phone": 5,
        "whiteboard": 5,
        "webinar:500": 5,
        "events:500": 5,
        "scheduler": 5,
        **seats,
    }.items():
        do(chief, "licenses.set_seats", {"product": product, "quantity": quantity})
    owner = sql.value("SELECT user_id FROM people_standing WHERE account_id = %(a)s", {"a": account})
    admin, member, pending = invite(chief, f"admin@{domain}", f"member@{domain}", f"pending@{domain}")
    for user in (owner, admin, member):
        accept_invitation(user)
    do(chief, "access.set_role", {"role": "admin", "subjects": one(admin)})
    return Company(account, domain, chief, actor_of(owner), actor_of(admin), actor_of(member), pending)


def actor_of(user: UUID) -> Actor:
    """The person as they are now, at the portal."""
    found = sql.row(f"{PERSON} AND u.id = %(u)s", {"u": user})
    assert found is not None
    return actor_of_row(found, "portal", request_id="test", ip="192.0.2.7")


def one(*users: UUID | str) -> dict[str, list[str]]:
    """Hand-picked subjects."""
    return {"ids": [str(u) for u in users]}


def everybody(company: Company, *but: UUID, **query: Any) -> dict[str, Any]:
    """Everybody of the account a query finds."""
    return {"query": query, "except": [str(b) for b in but]}


def do(actor: Actor, verb: str, params: dict[str, Any], *, key: str = "", **how: Any) -> engine.Started:
    """Start a verb under a key of its own and run it to its end, as a worker would."""
    started = engine.start(plan(actor, verb, params), key or f"test:{uuid7()}", **how)
    return finish(started)


def finish(started: engine.Started) -> engine.Started:
    """Step a run to its end in this process."""
    if started.change_id:
        while engine.step(started.change_id):
            pass
    return started


def invite(actor: Actor, *addresses: str, **choices: Any) -> list[UUID]:
    """Invite addresses; the ids of the people, in the order of the addresses."""
    stage = staging.stage_addresses(actor, list(addresses), choices)
    finish(engine.start(join.plan_invite(actor, stage, choices), f"test:{uuid7()}"))
    found = {
        r["canonical"]: r["id"]
        for r in sql.rows(
            "SELECT id, canonical FROM people_user WHERE account_id = %(a)s AND left_at IS NULL AND canonical = ANY(%(c)s)",
            {"a": actor.account_id, "c": [looked_up(a) for a in addresses]},
        )
    }
    return [found[looked_up(a)] for a in addresses]


def crowd(actor: Actor, size: int, *, prefix: str = "p", **choices: Any) -> list[UUID]:
    """That many invited people, Basic unless the choices say otherwise."""
    domain = f"{prefix}{next(_numbers)}.test"
    return invite(actor, *[f"{prefix}{i:05}@{domain}" for i in range(size)], **choices)


def activate(*users: UUID) -> None:
    """Make pending people active through the real verb, without links: what a crowd needs before a license race."""
    for user in users:
        accept_invitation(user)


def why_no_way_back(actor: Actor, started: engine.Started) -> str:
    """The code with which the undo of a Change is refused of which nothing can be taken back."""
    assert started.number is not None
    with pytest.raises(Refused) as no:
        undo.start_undo(actor, started.number)
    return no.value.code


def link_of(user: UUID) -> str:
    """The secret of a person's link, shown as the outbox shows it: from then on the row keeps its hash."""
    found = sql.row("SELECT user_id, nonce FROM people_invitation WHERE user_id = %(u)s", {"u": user})
    assert found is not None
    secret = link_token.token("invite", found["user_id"], found["nonce"])
    sql.execute(
        "UPDATE people_invitation SET token_hash = %(h)s WHERE user_id = %(u)s AND state = 'open'",
        {"h": link_token.token_hash(secret), "u": user},
    )
    return secret


def accept_invitation(user: UUID) -> None:
    accept.accept(user, link_of(user), first_name="", last_name="", password=PASSWORD)


def standing(user: UUID) -> dict[str, Any]:
    found = sql.row("SELECT status, license, role, access_epoch, version FROM people_standing WHERE user_id = %(u)s", {"u": user})
    assert found is not None
    return found


def add_ons(user: UUID) -> list[str]:
    return [r["product"] for r in sql.rows("SELECT product FROM licenses_seat WHERE user_id = %(u)s ORDER BY 1", {"u": user})]


def seats(company: Company, product: str) -> dict[str, int]:
    """bought, used, pending, held of one product."""
    found = sql.row(
        "SELECT bought, used, pending, held FROM licenses_license WHERE account_id = %(a)s AND product = %(p)s",
        {"a": company.account, "p": product},
    )
    return found or {"bought": 0, "used": 0, "pending": 0, "held": 0}


NOTHING = reads.Outcome(done=0, unchanged=0, skipped=0, failed=0, refused=0, left=0, reasons={}, state="unchanged")


def outcome(actor: Actor, started: engine.Started) -> reads.Outcome:
    """What came of a start; NOTHING when there was nothing to do and no Change was written."""
    if started.state == "unchanged":
        return NOTHING
    assert started.number is not None
    return reads.outcome(reads.change(actor, started.number))


def breaches() -> list[tuple[str, list[dict[str, Any]]]]:
    """What `usher verify` would complain of."""
    return [(i.id, found) for i, found in verify.verify() if found]


def rows_written() -> dict[str, int]:
    """How many rows every table of ours has: equal before and after means nothing was inserted or deleted."""
    tables = [t for t in connection.introspection.table_names() if t.split("_")[0] in OURS]
    return {t: sql.value(f"SELECT count(*) FROM {t}") for t in tables}


OURS = {"journal", "mail", "accounts", "people", "access", "licenses", "content", "phone", "lifecycle", "procrastinate"}


MADE_BY_MIGRATE = "'django_migrations', 'django_content_type', 'auth_permission', 'accounts_plancapability', 'phone_reserved'"


@cache
def broom() -> psycopg.Connection[Any]:
    """A connection that no trigger and no privilege stops, one for the whole process."""
    settings = connection.settings_dict
    opened = psycopg.connect(
        host=settings["HOST"], port=settings["PORT"] or None, dbname=settings["NAME"], user="postgres", autocommit=True
    )
    opened.execute("SET session_replication_role = replica")
    tables = opened.execute(
        f"SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ({MADE_BY_MIGRATE})"
    ).fetchall()
    deletes = " ".join(f"DELETE FROM {table};" for (table,) in tables)
    opened.execute(
        f"CREATE FUNCTION pg_temp.empty() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {deletes} END $$"
    )  # so that each is planned once
    return opened


def empty() -> None:
    """Remove all rows, except those `migrate` itself wrote. DELETE of a few rows costs a tenth of what TRUNCATE of all these tables does."""
    broom().execute("SELECT pg_temp.empty()")
