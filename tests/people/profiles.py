"""What the tests of this room ask about a person."""

from typing import Any
from uuid import UUID

from tests.people_of import Company, do
from usher.core import sql
from usher.core.actor import Actor
from usher.core.ids import uuid7

CREATE = {"user": "people.create_group", "im": "people.create_im_group"}


def column(user: UUID | None, name: str) -> Any:
    return sql.value(f"SELECT {name} FROM people_user WHERE id = %(u)s", {"u": user})


def group(actor: Actor, name: str, kind: str = "user") -> UUID:
    """A group of this name, made now."""
    do(actor, CREATE[kind], {"name": name})
    return UUID(str(sql.value("SELECT id FROM people_group WHERE account_id = %(a)s AND name = %(n)s", {"a": actor.account_id, "n": name})))


def groups(user: UUID | None) -> tuple[str | None, list[str]]:
    """The primary group's name, and all names in the order of joining."""
    found = sql.rows(
        'SELECT g.name, m."primary" FROM people_membership m JOIN people_group g ON g.id = m.group_id WHERE m.user_id = %(u)s ORDER BY m.id',
        {"u": user},
    )
    primary = [f["name"] for f in found if f["primary"]]
    assert len(primary) == bool(found)
    return (primary[0] if primary else None), [f["name"] for f in found]


def second_admin(company: Company) -> UUID:
    """The member, made an admin by the owner."""
    assert company.member.user_id
    do(company.owner, "access.set_role", {"role": "admin", "subjects": {"ids": [str(company.member.user_id)]}})
    return company.member.user_id


def proven(company: Company, name: str = "") -> str:
    """A domain of the company's, its own unless another is named, as if its record had been found."""
    name = name or company.domain
    do(company.owner, "accounts.claim_domain", {"domain": f"{uuid7().hex[-8:]}.example.org"})
    sql.execute(
        """UPDATE accounts_domain SET name = %(d)s, state = 'verified', how = 'dns', verified_at = now()
           WHERE account_id = %(a)s AND name LIKE '%%.example.org'""",
        {"d": name, "a": company.account},
    )
    return name
