"""The account is handed over many times at once: exactly one owner, before, meanwhile and after. Everything here commits for real."""

from functools import partial
from uuid import UUID

import pytest

from tests.journal.racing import deadlocks
from tests.people_of import Company, accept_invitation, actor_of, breaches, crowd, do, one
from tests.threads import at_once
from usher.access.owner_offer import answer
from usher.core import sql
from usher.core.ids import uuid7
from usher.core.refusals import Refused
from usher.journal import engine

pytestmark = pytest.mark.django_db(transaction=True)
OFFER, ACCEPT = "access.offer_ownership", "access.accept_ownership"


def accept(user: UUID) -> engine.Started:
    return engine.start(answer(actor_of(user), ACCEPT), f"test:{uuid7()}")


def test_twenty_questions_and_twenty_answers_at_once(company: Company) -> None:
    """LIC-02's promise for owners (I4): one is asked and one owns, the others are told; nobody waits in a ring."""
    admins = crowd(company.operator, 6, prefix="heir")
    for admin in admins:
        accept_invitation(admin)
    do(company.owner, "access.set_role", {"role": "admin", "subjects": one(*admins)})
    before = deadlocks()
    asked = [partial(do, company.owner, OFFER, {"to": str(admins[n % 6])}) for n in range(20)]
    for told in (at_once(asked), at_once([partial(accept, admins[n % 6]) for n in range(20)])):
        won = [t for t in told if isinstance(t, engine.Started) and t.state == "done"]
        lost = [t for t in told if not (isinstance(t, engine.Started) and t.state == "done")]
        assert len(won) == 1, told
        assert all(isinstance(t, Refused) and t.kind in ("conflict", "missing") for t in lost), told
    owners = sql.rows(
        "SELECT user_id FROM people_standing WHERE account_id = %(a)s AND role = 'owner' AND status <> 'gone'", {"a": company.account}
    )
    assert len(owners) == 1 and owners[0]["user_id"] in admins
    assert deadlocks() == before
    assert not breaches()


def test_handed_over_while_the_heir_leaves(company: Company) -> None:
    """Whoever is made a member in the moment they say yes does not become the owner, or is one before: never neither."""
    heir = crowd(company.operator, 1, prefix="leaving")[0]
    accept_invitation(heir)
    do(company.owner, "access.set_role", {"role": "admin", "subjects": one(heir)})
    assert company.owner.user_id
    for _round in range(5):
        owner = actor_of(
            sql.value("SELECT user_id FROM people_standing WHERE account_id = %(a)s AND role = 'owner'", {"a": company.account})
        )
        others = sql.rows("SELECT user_id FROM people_standing WHERE account_id = %(a)s AND role = 'admin'", {"a": company.account})
        do(owner, OFFER, {"to": str(others[0]["user_id"])})
        at_once(
            [
                partial(accept, others[0]["user_id"]),
                partial(do, company.operator, "access.set_role", {"role": "member", "subjects": one(others[0]["user_id"])}),
            ]
        )
        assert not breaches()
        sql.execute("DELETE FROM access_owneroffer")  # of whoever came too late
        do(company.operator, "access.set_role", {"role": "admin", "subjects": {"query": {"status": ["active"], "role": ["member"]}}})
