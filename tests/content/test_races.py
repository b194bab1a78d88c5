"""Two heirs at once: every item ends with exactly one of them. Everything here commits for real."""

from functools import partial
from uuid import UUID

import pytest

from tests.content.items import item, make
from tests.people_of import Company, breaches, do, one, outcome
from tests.threads import at_once
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
