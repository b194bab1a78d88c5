"""licenses.give_add_on and licenses.take_add_on."""

from uuid import UUID

import pytest

from tests.people_of import LICENSED, Company, add_ons, breaches, crowd, do, one, outcome, seats, standing
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.verb import plan
from usher.licenses.catalog import ADD_ONS, PRODUCTS, what_is_wrong

pytestmark = pytest.mark.django_db
NAME, NAMES = "licenses.give_add_on", ("licenses.give_add_on", "licenses.take_add_on")


def user_of(company: Company) -> UUID:
    assert company.member.user_id
    return company.member.user_id


def test_it_works(northlake: Company) -> None:
    """S0-24"""
    user = user_of(northlake)
    do(northlake.admin, "licenses.give_add_on", {"add_on": "phone", "subjects": one(user)})
    assert (add_ons(user), seats(northlake, "phone")["used"]) == (["phone"], 1)
    do(northlake.admin, "licenses.take_add_on", {"add_on": "phone", "subjects": one(user)})
    assert (add_ons(user), seats(northlake, "phone")["used"]) == ([], 0)
    assert not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    for name in NAMES:
        with pytest.raises(Refused) as no:
            do(northlake.member, name, {"add_on": "phone", "subjects": one(user_of(northlake))})
        assert no.value.kind == "forbidden"


def test_another_account_s_people_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-12"""
    do(southport.owner, "licenses.give_add_on", {"add_on": "phone", "subjects": one(user_of(southport))})
    assert do(northlake.owner, "licenses.take_add_on", {"add_on": "phone", "subjects": one(user_of(southport))}).change_id is None
    assert do(northlake.owner, "licenses.give_add_on", {"add_on": "whiteboard", "subjects": one(user_of(southport))}).change_id is None
    assert add_ons(user_of(southport)) == ["phone"]


def test_wrong_parameters(northlake: Company) -> None:
    """MASS-08"""
    for name in NAMES:
        for params in (
            {},
            {"add_on": "phone"},
            {"add_on": LICENSED, "subjects": one(user_of(northlake))},
            {"add_on": ["phone"], "subjects": one(user_of(northlake))},
        ):
            with pytest.raises(Refused) as no:
                plan(northlake.owner, name, params)
            assert no.value.kind == "invalid"


def test_each_add_on_needs_a_free_seat(northlake: Company) -> None:
    """S0-25"""
    do(northlake.owner, "licenses.set_seats", {"product": "phone", "quantity": 2})
    people = crowd(northlake.owner, 3)
    with pytest.raises(Refused) as no:
        do(northlake.owner, NAME, {"add_on": "phone", "subjects": one(*people)})
    assert no.value.code == "no_seat"
    assert seats(northlake, "phone") == {"bought": 2, "used": 0, "pending": 0, "held": 0}


def test_an_add_on_needs_its_base_and_bears_no_rival(northlake: Company) -> None:
    """LIC-08: Webinar on Basic, and Events beside Webinar, are refused."""
    user = user_of(northlake)
    with pytest.raises(Refused) as no:
        do(northlake.owner, NAME, {"add_on": "webinar:500", "subjects": one(user)})
    assert no.value.code == "needs_base"
    do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(user)})
    do(northlake.owner, NAME, {"add_on": "webinar:500", "subjects": one(user)})
    with pytest.raises(Refused) as no:
        do(northlake.owner, NAME, {"add_on": "events:500", "subjects": one(user)})
    assert no.value.code == "excluded"
    assert add_ons(user) == ["webinar:500"]


def test_undo_of_giving_and_of_taking(northlake: Company) -> None:
    """LIC-05: a seat is freed once, however often it is asked for."""
    people = crowd(northlake.owner, 3)
    given = do(northlake.owner, "licenses.give_add_on", {"add_on": "phone", "subjects": one(*people)})
    do(northlake.owner, "licenses.take_add_on", {"add_on": "phone", "subjects": one(people[0])})
    assert given.number
    undone = undo.start_undo(northlake.owner, given.number)
    assert (outcome(northlake.owner, undone).done, outcome(northlake.owner, undone).reasons) == (2, {"changed": 1})
    with pytest.raises(Refused):
        do(northlake.owner, "licenses.take_add_on", {"add_on": "phone", "subjects": one(people[1])})
    assert seats(northlake, "phone")["pending"] == 0
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.owner, given.number)
    assert no.value.code == "not_undoable"
    assert not breaches()


def test_undo_of_taking_gives_only_what_may_be_held(northlake: Company) -> None:
    """LIC-08: a Webinar seat does not come back to somebody who became Basic meanwhile."""
    people = crowd(northlake.owner, 2)
    do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(*people)})
    do(northlake.owner, "licenses.give_add_on", {"add_on": "webinar:500", "subjects": one(*people)})
    taken = do(northlake.owner, "licenses.take_add_on", {"add_on": "webinar:500", "subjects": one(*people)})
    do(northlake.owner, "licenses.change_license", {"license": "meetings:basic", "subjects": one(people[0])})
    assert taken.number
    undo.start_undo(northlake.owner, taken.number)
    assert (add_ons(people[0]), add_ons(people[1])) == ([], ["webinar:500"])
    assert not breaches()


def test_what_can_be_held_together() -> None:
    """S0-24, S1-15: the catalog answers for every pair; sizes of one family and Webinar beside Events exclude each other."""
    assert what_is_wrong(LICENSED, ["phone", "webinar:500", "whiteboard"]) == ""
    assert "exclude" in what_is_wrong(LICENSED, ["webinar:100", "webinar:500"])
    assert "exclude" in what_is_wrong(LICENSED, ["events:500", "webinar:500"])
    assert "needs" in what_is_wrong("meetings:basic", ["large_meeting:500"])
    for one_product in ADD_ONS:
        for other in ADD_ONS:
            both = what_is_wrong(LICENSED, [one_product.code, other.code])
            assert both == "" or "exclude" in both
            assert (both == "") == (what_is_wrong(LICENSED, [other.code, one_product.code]) == "")
    assert all(p.kind in {"workplace", "add_on", "package"} for p in PRODUCTS.values())


def test_seats_of_contact_center(northlake: Company, southport: Company) -> None:
    """S2-5, S2-6, S2-8: given to people who are here and taken back; none without a license of the account; everybody who has one counts."""
    essentials = "contact_center:essentials"
    people = [user_of(northlake), northlake.admin.user_id]
    wish = {"add_on": essentials, "subjects": one(*people)}
    with pytest.raises(Refused) as no:
        do(northlake.owner, "licenses.give_add_on", wish)
    assert no.value.code == "no_seat"
    do(northlake.operator, "licenses.set_seats", {"product": essentials, "quantity": 2})
    assert do(northlake.owner, "licenses.give_add_on", {**wish, "subjects": one(user_of(southport))}).change_id is None
    do(northlake.owner, "licenses.give_add_on", wish)
    assert seats(northlake, essentials)["used"] == 2 and add_ons(people[0]) == [essentials]
    with pytest.raises(Refused) as no:
        do(northlake.owner, "licenses.give_add_on", {**wish, "subjects": one(northlake.owner.user_id)})
    assert no.value.code == "no_seat"
    do(northlake.admin, "licenses.take_add_on", wish)
    assert seats(northlake, essentials)["used"] == 0 and standing(people[0])["status"] == "active" and not breaches()
