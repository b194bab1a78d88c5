"""What the tests of Phone start from: seats and numbers bought, phones given by the real verb, and what is where."""

from typing import Any
from uuid import UUID

from tests.people_of import Company, do, one
from usher.core import sql
from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.journal import engine
from usher.phone.verbs.extension import change_own

PLAN, OTHER_PLAN, EXTRA = "calling:200", "calling:100", "calling_more:4010"


def equip(company: Company, **seats: int) -> None:
    """Packages to give, and ten Norwegian numbers in an account in Norway."""
    buy(company, **{"calling__200": 5, "calling__100": 5, "calling_more__4010": 5, **seats})
    sql.execute("UPDATE accounts_account SET country = 'NO' WHERE id = %(a)s", {"a": company.account})
    do(company.owner, "phone.add_numbers", {"numbers": [f"+47 22 00 00 {n:02}" for n in range(10)]})


def buy(company: Company, **seats: int) -> None:
    """So many of each product from now on: calling__200=1 is one of calling:200."""
    for product, n in seats.items():
        do(company.operator, "licenses.set_seats", {"product": product.replace("__", ":"), "quantity": n})


def add(company: Company, *people: UUID, **wish: Any) -> engine.Started:
    return do(company.owner, "phone.add", {"subjects": one(*people), **wish})


def own(actor: Actor, wish: dict[str, Any]) -> None:
    """What somebody saves on the page of their own phone."""
    change_own(actor, wish.get("extension", ""), wish.get("policy", {}), str(uuid7()))


def phone(person: UUID) -> dict[str, Any]:
    """extension, state, site_id, numbers and packages of somebody's phone; empty without one."""
    found = sql.row(
        """SELECT h.extension, h.state, h.site_id, h.policy, h.set_up_at,
             ARRAY(SELECT n.number FROM phone_number n WHERE n.holder_id = h.id ORDER BY n.number) AS numbers,
             ARRAY(SELECT a.product FROM licenses_seat a WHERE a.user_id = h.user_id AND a.product LIKE 'calling%%' ORDER BY a.product) AS packages
           FROM phone_user h WHERE h.id = %(p)s""",
        {"p": person},
    )
    return found or {}


def extension(person: UUID) -> str:
    """Of an active phone; empty without one."""
    found = phone(person)
    return str(found["extension"]) if found.get("state") == "active" else ""
