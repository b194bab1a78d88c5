"""licenses.set_seats: the bought quantity of a product."""

import pytest

from tests.people_of import LICENSED, Company, breaches, do, outcome, seats
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.plan import preview
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db
NAME = "licenses.set_seats"


def test_it_works(northlake: Company) -> None:
    started = do(northlake.owner, NAME, {"product": LICENSED, "quantity": 12})
    assert started.state == "done"
    assert seats(northlake, LICENSED)["bought"] == 12
    assert not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    """S0-5"""
    with pytest.raises(Refused) as no:
        do(northlake.member, NAME, {"product": LICENSED, "quantity": 12})
    assert no.value.kind == "forbidden"
    assert seats(northlake, LICENSED)["bought"] == 10


def test_another_account_keeps_its_own(northlake: Company, southport: Company) -> None:
    """TENANT-12"""
    do(northlake.owner, NAME, {"product": LICENSED, "quantity": 99})
    assert seats(southport, LICENSED)["bought"] == 10


@pytest.mark.parametrize(
    "params",
    [{}, {"product": "gold", "quantity": 1}, {"product": LICENSED}, {"product": ["x"], "quantity": 1}]
    + [{"product": LICENSED, "quantity": q} for q in (-1, True, "5", 1.5, None, [], 10**12)],
)
def test_wrong_parameters(northlake: Company, params: dict[str, object]) -> None:
    """MASS-08"""
    with pytest.raises(Refused) as no:
        plan(northlake.owner, NAME, params)
    assert no.value.kind == "invalid"


def test_fewer_than_in_use_is_refused(northlake: Company) -> None:
    """LIC-05: what is bought is never less than what is used, pending and held."""
    in_use = seats(northlake, "meetings:basic")
    with pytest.raises(Refused) as no:
        do(northlake.owner, NAME, {"product": "meetings:basic", "quantity": in_use["used"] + in_use["pending"] - 1})
    assert no.value.code == "in_use"
    assert seats(northlake, "meetings:basic") == in_use


def test_the_quantity_it_has_already_writes_no_change(northlake: Company) -> None:
    started = do(northlake.owner, NAME, {"product": LICENSED, "quantity": 10})
    assert (started.state, started.change_id) == ("unchanged", None)


def test_undo_gives_the_old_quantity_back(northlake: Company) -> None:
    started = do(northlake.owner, NAME, {"product": "phone", "quantity": 50})
    assert started.number
    undone = undo.start_undo(northlake.owner, started.number)
    assert outcome(northlake.owner, undone).done == 1
    assert seats(northlake, "phone")["bought"] == 5


def test_a_product_never_bought_can_be_planned_and_then_started(northlake: Company) -> None:
    wish = plan(northlake.owner, NAME, {"product": "large_meeting:500", "quantity": 3})
    seen = preview(wish)
    assert seen.will == 1
    do(northlake.owner, NAME, {"product": "large_meeting:500", "quantity": 3}, digest=seen.digest)
    assert seats(northlake, "large_meeting:500")["bought"] == 3
