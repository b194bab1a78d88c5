"""People who leave, made by the real verbs, and what is left of them."""

from uuid import UUID

from tests.people_of import LICENSED, Company, accept_invitation, do, invite, one
from usher.core import sql


def somebody(company: Company, name: str, *products: str) -> UUID:
    """An active Licensed person with these add-ons."""
    (user,) = invite(company.operator, f"{name}@{company.domain}", license=LICENSED)
    accept_invitation(user)
    for product in products:
        do(company.operator, "licenses.give_add_on", {"add_on": product, "subjects": one(user)})
    return user


def with_content(company: Company, owner: UUID, *titles: str) -> None:
    """Recurring meetings of these titles."""
    items = [{"owner": str(owner), "kind": "meeting", "title": title, "occurs": "recurring"} for title in titles]
    do(company.owner, "content.create", {"items": items})


def departure(user: UUID) -> dict[str, object] | None:
    return sql.row("SELECT how, was, at, purge_at, warned_at FROM lifecycle_departure WHERE user_id = %(u)s", {"u": user})


def exists(user: UUID) -> bool:
    return bool(sql.value("SELECT true FROM people_user WHERE id = %(u)s", {"u": user}))
