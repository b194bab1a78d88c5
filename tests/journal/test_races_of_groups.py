"""Groups under many hands: two opposite moves with single edits between them, and a group that is deleted while people come into it."""

from functools import partial

import pytest

from tests.journal.racing import deadlocks
from tests.people.profiles import group
from tests.people_of import Company, breaches, crowd, do, one
from tests.threads import at_once
from usher.core import sql
from usher.core.refusals import Refused

pytestmark = pytest.mark.django_db(transaction=True)
PRIMARIES = """SELECT count(*) FILTER (WHERE n = 1)::int AS one, count(*)::int AS people FROM (SELECT m.user_id, count(*) FILTER (WHERE m."primary") AS n
               FROM people_membership m WHERE m.account_id = %(a)s GROUP BY 1) x"""


def test_two_opposite_moves_and_single_edits(company: Company) -> None:
    """MASS, FLOW-02: no deadlock, nobody without a primary group and nobody with two, whichever comes first."""
    for name in ("Day", "Night"):
        group(company.owner, name)
    day, night = (crowd(company.owner, 600, prefix=name.lower(), group=name) for name in ("Day", "Night"))
    before = deadlocks()
    edits = [
        partial(do, company.owner, "people.move_group", {"group": to, "subjects": one(p)})
        for p in (day[9], night[9])
        for to in ("Day", "Night")
    ]
    moves = [
        partial(do, company.owner, "people.move_members", {"group": left, "to": to}) for left, to in (("Day", "Night"), ("Night", "Day"))
    ]
    told = at_once([*moves, *edits, *edits])
    assert {t.code for t in told if isinstance(t, Refused)} <= {"changed", "already"}
    assert not [t for t in told if isinstance(t, Exception) and not isinstance(t, Refused)]
    assert deadlocks() == before
    assert sql.row(PRIMARIES, {"a": company.account}) == {"one": 1200, "people": 1200}
    assert not breaches()


def test_a_group_is_deleted_while_people_come_into_it(company: Company) -> None:
    """Either the group stays with somebody in it, or it is gone and nobody is; a half does not happen (F20, TENANT-03)."""
    lab = group(company.owner, "Lab")
    people = crowd(company.owner, 40)
    before = deadlocks()
    comes = [partial(do, company.owner, "people.add_to_group", {"group": str(lab), "subjects": one(p)}) for p in people]
    told = at_once([*comes[:20], partial(do, company.owner, "people.delete_group", {"group": str(lab)}), *comes[20:]])
    assert not [t for t in told if isinstance(t, Exception) and not isinstance(t, Refused)]
    inside = sql.value("SELECT count(*)::int FROM people_membership WHERE group_id = %(g)s", {"g": lab})
    there = sql.value("SELECT count(*)::int FROM people_group WHERE id = %(g)s", {"g": lab})
    assert there or not inside
    assert deadlocks() == before
    assert not breaches()
