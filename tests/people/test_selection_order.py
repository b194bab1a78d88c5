"""In which order a set of people is done: it decides who finds a seat when there are too few (portal.md 5.10)."""

from uuid import UUID

import pytest

from tests.people_of import LICENSED, Company, do, everybody, invite, one, standing
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal.rows import sample
from usher.journal.verb import plan

NAME = "licenses.change_license"


@pytest.fixture
def four(db: None, northlake: Company) -> dict[str, str]:
    """Four people whose order by name, by address and by time differ; three Licensed seats for them."""
    added = invite(northlake.owner, "d@order.test", "a@order.test", "c@order.test", "b@order.test")
    for nth, (user, name) in enumerate(zip(added, ("Bo", "Cy", "Al", "Di"), strict=True)):
        told = {"n": name, "nth": nth, "u": user}
        sql.execute(
            "UPDATE people_user SET first_name = %(n)s, created_at = created_at + %(nth)s * interval '1 hour' WHERE id = %(u)s", told
        )
    do(northlake.operator, "licenses.set_seats", {"product": LICENSED, "quantity": 3})
    return {str(u): n for u, n in zip(added, ("Bo", "Cy", "Al", "Di"), strict=True)}


@pytest.mark.parametrize(
    ("order", "names"),
    [("name", "Al Bo Cy Di"), ("-name", "Di Cy Bo Al"), ("email", "Cy Di Al Bo"), ("created", "Bo Cy Al Di"), ("-created", "Di Al Cy Bo")],
)
def test_the_first_find_a_seat(northlake: Company, four: dict[str, str], order: str, names: str) -> None:
    """S0-22, S0-57: what the plan shows, for hand-picked people and for a query, is what is done."""
    first = names.split()[:3]
    for subjects in ({**one(*four), "order": order}, {**everybody(northlake, q="order.test"), "order": order}):
        wish = plan(northlake.owner, NAME, {"license": LICENSED, "subjects": subjects})
        assert [four[str(r["obj"])] for r in sample(wish)] == names.split()
        assert [four[str(r["obj"])] for r in sample(wish, free={LICENSED: 3})] == first
        assert [four[str(r["obj"])] for r in sample(wish, free={LICENSED: 3}, skipped=True, skip=["no_seat"])] == names.split()[3:]
    do(northlake.owner, NAME, {"license": LICENSED, "subjects": subjects}, short="first")
    assert {n for u, n in four.items() if standing(UUID(u))["license"] == LICENSED} == set(first)


@pytest.mark.parametrize("order", ["unicorn", "name; DROP TABLE people_user", "--name"])
def test_an_unknown_order_is_refused(northlake: Company, four: dict[str, str], order: str) -> None:
    with pytest.raises(Refused) as no:
        plan(northlake.owner, NAME, {"license": LICENSED, "subjects": {**one(*four), "order": order}})
    assert no.value.code == "bad_order"


def test_one_person_needs_no_order(northlake: Company, four: dict[str, str]) -> None:
    wish = plan(northlake.owner, NAME, {"license": LICENSED, "subjects": {**one(next(iter(four))), "order": "name"}})
    assert "order" not in wish.params["subjects"]
