"""Two heirs at once: every item ends with exactly one of them. Everything here commits for real."""

import threading
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from tests.content.items import in_trash, item, make, reasons
from tests.harness import patience
from tests.people_of import Company, breaches, do, one, outcome
from tests.threads import at_once, wait_until_locked
from usher.content import reads
from usher.core import sql
from usher.journal import engine

pytestmark = pytest.mark.django_db(transaction=True)
EVERYTHING = ["meetings", "recordings_and_webinars", "whiteboards_and_notes"]


def test_two_hand_overs_at_once(company: Company) -> None:
    """I8, F20: what one took the other finds changed; nothing twice, nothing lost, no deadlock."""
    leaver, heirs = company.member.user_id, [company.owner.user_id, company.admin.user_id]
    assert leaver
    for _ in range(4):
        made = make(company, *(item(leaver, "note", f"Note {n}") for n in range(40)))
        wishes = [{"owners": one(leaver), "heir": str(heir), "kinds": EVERYTHING} for heir in heirs]
        told = at_once([partial(do, company.operator, "content.hand_over", wish) for wish in wishes])
        assert all(isinstance(t, engine.Started) for t in told), told
        assert sum(outcome(company.operator, t).done for t in told if t.number) == 40
        assert where(made) <= set(heirs) and leaver not in where(made)
    assert not breaches()


def where(items: list[UUID]) -> set[UUID]:
    return {r["owner_id"] for r in sql.rows("SELECT owner_id FROM content_standing WHERE item_id = ANY(%(i)s)", {"i": items})}


def test_what_is_handed_on_meanwhile_is_not_put_away(company: Company) -> None:
    """S4-34, F20: who deletes several of their own by a right over these alone reads them as theirs, and finds them somebody else's when it comes to writing."""
    member = replace(company.member, privileges=frozenset({reads.OWN}))
    made = make(company, *(item(member.user_id, "note", f"Note {n}") for n in range(3)))
    items = {"items": {"ids": [str(i) for i in made]}}
    found: list[Any] = []
    deleting = threading.Thread(target=lambda: (found.append(do(member, "content.delete_own", items)), connection.close()))
    with transaction.atomic():
        do(company.owner, "content.transfer", {**items, "heir": str(company.admin.user_id)})
        deleting.start()
        wait_until_locked()
    deleting.join(30 * patience())
    (told,) = found
    assert outcome(company.operator, told).done == 0 and set(reasons(told.number, company.account).values()) == {"changed"}
    assert where(made) == {company.admin.user_id} and not any(in_trash(i) for i in made) and not breaches()
