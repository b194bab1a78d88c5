"""People leave, come back and hand over while others do the same with them. Everything here commits for real."""

import random
from collections import Counter
from functools import partial
from uuid import UUID

import pytest

from tests.content.items import item, make, owner_of
from tests.journal.racing import CHANGE_LICENSE, deadlocks
from tests.people_of import BASIC, LICENSED, Company, add_ons, breaches, crowd, do, one, outcome, seats, standing
from tests.threads import at_once
from usher.core.refusals import Refused
from usher.journal import engine

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ["meetings", "recordings_and_webinars", "whiteboards_and_notes"]


def joined(company: Company, size: int, *products: str) -> list[UUID]:
    """Active Licensed people with these add-ons, and not one seat to spare for more than ten of them."""
    buy(company, 20, LICENSED, *products)  # activating holds what it takes before it gives the pending seats back
    people = crowd(company.owner, size, license=LICENSED, add_ons=list(products))
    do(company.operator, "lifecycle.activate", {"subjects": one(*people)})
    buy(company, 10, LICENSED, *products)
    return people


def buy(company: Company, quantity: int, *products: str) -> None:
    for product in products:
        do(company.owner, "licenses.set_seats", {"product": product, "quantity": quantity})


def test_two_hand_over_to_each_other_at_once(company: Company) -> None:
    """FLOW-02, I8: each item ends with one of the two, none is lost, and nobody waits for each other in a ring."""
    ann, ben = joined(company, 2)
    items = make(company, *(item(who, "note", f"{n}") for n in range(30) for who in (ann, ben)))
    before = deadlocks()
    for _ in range(5):
        wishes = [{"owners": one(a), "heir": str(b), "kinds": KINDS} for a, b in ((ann, ben), (ben, ann))]
        told = at_once([partial(do, company.owner, "content.hand_over", wish) for wish in wishes])
        assert all(isinstance(t, engine.Started | Refused) for t in told), told
        assert Counter(owner_of(i) for i in items).keys() <= {ann, ben}
    assert deadlocks() == before
    assert not breaches()


def test_twenty_deactivate_one_person_at_once(company: Company) -> None:
    """FLOW-03, LIC-05: with hand-over, from twenty windows: one does it, the seats come free once, and the others find it done."""
    ann, ben = joined(company, 2, "phone")
    items = make(company, *(item(ann, "note", f"{n}") for n in range(10)))
    used, epoch = seats(company, "phone")["used"], standing(ann)["access_epoch"]
    wish = {"subjects": one(ann), "content": {"kinds": KINDS, "heir": str(ben)}}
    told = at_once([partial(do, company.owner, "lifecycle.deactivate", wish)] * 20)
    assert all(isinstance(t, engine.Started | Refused) for t in told), told
    done = [t for t in told if isinstance(t, engine.Started) and t.number and outcome(company.owner, t).done]
    assert len(done) == 1
    assert (standing(ann)["status"], standing(ann)["access_epoch"]) == ("inactive", epoch + 1)
    assert (add_ons(ann), seats(company, "phone")["used"]) == ([], used - 1)
    assert {owner_of(i) for i in items} == {ben}
    assert not breaches()


@pytest.mark.parametrize("calls", [40, pytest.param(200, marks=pytest.mark.fault)])
def test_eight_who_do_everything_with_ten_people(company: Company, calls: int) -> None:
    """LIC-02, F24, F25, F31: deactivate, reactivate, license, add-on, delete and restore by eight at once: no deadlock, I1 and I2 hold."""
    people = joined(company, 10, "phone")
    seed = random.randrange(2**32)
    dice, before = random.Random(seed), deadlocks()

    def wish() -> tuple[str, dict[str, object]]:
        who = {"subjects": one(*dice.sample(people, dice.randint(1, 4)))}
        return dice.choice(
            [
                ("lifecycle.deactivate", who),
                ("lifecycle.reactivate", who),
                ("lifecycle.delete", who),
                ("lifecycle.restore", {"all": True}),
                (CHANGE_LICENSE, {**who, "license": dice.choice([LICENSED, BASIC])}),
                ("licenses.give_add_on", {**who, "add_on": "phone"}),
                ("licenses.take_add_on", {**who, "add_on": "phone"}),
            ]
        )

    for _ in range(calls // 8):
        told = at_once([partial(do, company.owner, verb, params) for verb, params in (wish() for _ in range(8))])
        assert all(isinstance(t, engine.Started | Refused) for t in told), (seed, told)
        assert not breaches(), seed
    assert deadlocks() == before, seed
    for person in people:
        assert standing(person)["status"] == "active" or add_ons(person) == [], seed
