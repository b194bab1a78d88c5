"""People who have an account of their own here, made by the real verbs, and what is told about where they are."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from tests.people_of import BASIC, LICENSED, Company, accept_invitation, do, finish, invite, link_of, one
from usher.access.actors import operator
from usher.accounts.plans import CAPABILITIES
from usher.core import sql
from usher.journal import engine
from usher.lifecycle import accept, transfer
from usher.lifecycle.open_account import open_account


@dataclass(frozen=True)
class Mover:
    """The sole person of an account, with the login that goes along."""

    account: UUID
    user: UUID
    login: UUID
    email: str


def on_their_own(email: str, *titles: str, kind: str = "note") -> Mover:
    """Somebody with a free account of their own and items of these titles."""
    account, _ = open_account("Of their own", "business", email, first_name="Ida", last_name="Own", opened_by="person")
    user = sql.value("SELECT user_id FROM people_standing WHERE account_id = %(a)s", {"a": account})
    accept_invitation(user)
    if titles:
        with_items(account, user, *({"kind": kind, "title": t} for t in titles))
    sql.execute("UPDATE accounts_account SET plan = 'free' WHERE id = %(a)s", {"a": account})  # which has no rights to make the above
    login = sql.value("SELECT login_id FROM people_user WHERE id = %(u)s", {"u": user})
    return Mover(account, user, login, email)


def with_items(account: UUID, user: UUID, *items: dict[str, str]) -> None:
    """Items made while they held the seats for them; afterwards they are Basic again and nothing is bought."""
    chief = replace(operator(account), capabilities=frozenset(CAPABILITIES))
    for product in (LICENSED, "webinar:100"):
        do(chief, "licenses.set_seats", {"product": product, "quantity": 1})
    do(chief, "licenses.change_license", {"license": LICENSED, "subjects": one(user)})
    do(chief, "licenses.give_add_on", {"add_on": "webinar:100", "subjects": one(user)})
    do(chief, "content.create", {"items": [{"owner": str(user), **item} for item in items]})
    do(chief, "licenses.take_add_on", {"add_on": "webinar:100", "subjects": one(user)})
    do(chief, "licenses.change_license", {"license": BASIC, "subjects": one(user)})
    for product in (LICENSED, "webinar:100"):
        do(chief, "licenses.set_seats", {"product": product, "quantity": 0})


def asked(company: Company, mover: Mover, **choices: Any) -> UUID:
    """Invited like anybody else; the pending person."""
    return invite(company.owner, mover.email, **choices)[0]


def move(login: UUID, user: UUID, secret: str = "") -> None:
    """Accept by the link, with all that follows in the background."""
    secret = secret or link_of(user)
    transfer.accept(login, user, lambda: accept.look_up(user, secret), ip="192.0.2.9", request_id="r1")
    for change in sql.rows("SELECT change_id FROM journal_run WHERE state = 'running'"):
        finish(engine.Started(change["change_id"], 0, "running"))


def living(login: UUID) -> tuple[UUID, UUID] | None:
    """(account, user) of where a login lives now."""
    found = sql.row("SELECT account_id, id FROM people_user WHERE login_id = %(l)s AND left_at IS NULL", {"l": login})
    return (found["account_id"], found["id"]) if found else None


def is_closed(account: UUID) -> bool:
    return bool(sql.value("SELECT closed_at IS NOT NULL FROM accounts_account WHERE id = %(a)s", {"a": account}))


def titles_of(user: UUID) -> list[str]:
    """What somebody has, the trash too, with item and standing in one account."""
    found = sql.rows(
        """SELECT i.title FROM content_item i JOIN content_standing s ON s.item_id = i.id AND s.account_id = i.account_id
           JOIN people_user u ON u.id = s.owner_id AND u.account_id = i.account_id WHERE s.owner_id = %(u)s ORDER BY 1""",
        {"u": user},
    )
    return [f["title"] for f in found]
