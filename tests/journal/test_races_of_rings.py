"""What the database ends because two wait for each other is tried again. Everything here commits for real."""

from typing import Any

import pytest
from django.db import transaction

from tests.harness import wait_until
from tests.journal.racing import UNASSIGNED, deadlocks, to
from tests.people_of import Company, breaches, standing
from tests.threads import at_once
from usher.core import sql

pytestmark = pytest.mark.django_db(transaction=True)
WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"


def test_a_change_in_a_ring_is_done_a_moment_later(company: Company) -> None:
    """F35: somebody holds the person and then wants the account, which the change holds; the change is ended by the database, and done all the same."""
    person, before = company.pending, deadlocks()

    def against_the_order() -> Any:
        with transaction.atomic():
            sql.execute("SELECT 1 FROM people_standing WHERE user_id = %(u)s FOR UPDATE", {"u": person})
            held.append(True)
            wait_until(lambda: sql.value(WAITS), what="the change waiting for the person")
            sql.execute("SELECT 1 FROM accounts_account WHERE id = %(a)s FOR UPDATE", {"a": company.account})

    def change() -> Any:
        wait_until(lambda: held, what="the person being held")
        return to(UNASSIGNED, person, company=company)()

    held: list[bool] = []
    ended, done = at_once([against_the_order, change])
    assert ended is None and done.state == "done", (ended, done)
    assert deadlocks() == before + 1
    assert standing(person)["license"] == UNASSIGNED
    assert not breaches()
