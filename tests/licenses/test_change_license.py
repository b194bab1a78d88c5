"""licenses.change_license: one Workplace license for each of a set."""

from uuid import UUID

import pytest

from tests.people_of import (
    BASIC,
    LICENSED,
    ON_PREM,
    Company,
    add_ons,
    breaches,
    crowd,
    do,
    everybody,
    one,
    outcome,
    rows_written,
    seats,
    standing,
)
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.plan import preview
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db
NAME = "licenses.change_license"


def user_of(company: Company) -> UUID:
    assert company.member.user_id
    return company.member.user_id


def test_it_works(northlake: Company) -> None:
    """S0-9"""
    do(northlake.owner, NAME, {"license": LICENSED, "subjects": one(user_of(northlake))})
    assert standing(user_of(northlake))["license"] == LICENSED
    assert seats(northlake, LICENSED) == {"bought": 10, "used": 1, "pending": 0, "held": 0}
    assert not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    """S0-5"""
    with pytest.raises(Refused) as no:
        do(northlake.member, NAME, {"license": LICENSED, "subjects": one(user_of(northlake))})
    assert no.value.kind == "forbidden"
    assert standing(user_of(northlake))["license"] == BASIC


def test_another_account_s_people_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03, AUTHZ-10: foreign ids select nobody, alone and among one's own."""
    before = standing(user_of(southport))
    alone = do(northlake.owner, NAME, {"license": LICENSED, "subjects": one(user_of(southport))})
    mixed = do(northlake.owner, NAME, {"license": LICENSED, "subjects": one(user_of(southport), user_of(northlake))})
    assert alone.change_id is None
    assert outcome(northlake.owner, mixed).done == 1
    assert standing(user_of(southport)) == before
    assert seats(southport, LICENSED)["used"] == 0


@pytest.mark.parametrize("subjects", [None, {}, [], "all", {"ids": []}, {"ids": ["1"]}, {"ids": [None]}, {"ids": ["x'; --"]}])
def test_wrong_parameters(northlake: Company, subjects: object) -> None:
    """MASS-08"""
    for params in (
        {"license": LICENSED, "subjects": subjects},
        {"license": "meetings:gold", "subjects": one(user_of(northlake))},
        {"license": "phone", "subjects": one(user_of(northlake))},
    ):
        with pytest.raises(Refused) as no:
            plan(northlake.owner, NAME, params)
        assert no.value.kind == "invalid"


def test_without_a_free_seat_it_is_refused(northlake: Company) -> None:
    """S0-22, S1-16"""
    do(northlake.owner, "licenses.set_seats", {"product": LICENSED, "quantity": 0})
    with pytest.raises(Refused) as no:
        do(northlake.owner, NAME, {"license": LICENSED, "subjects": one(user_of(northlake))})
    assert (no.value.kind, no.value.code) == ("conflict", "no_seat")
    assert standing(user_of(northlake))["license"] == BASIC
    assert not breaches()


def test_on_prem_needs_the_meeting_connector(northlake: Company) -> None:
    """S0-23"""
    do(northlake.owner, "licenses.set_seats", {"product": ON_PREM, "quantity": 5})
    with pytest.raises(Refused) as no:
        plan(northlake.owner, NAME, {"license": ON_PREM, "subjects": one(user_of(northlake))})
    assert no.value.code == "switched_off"
    do(northlake.owner, "accounts.change_settings", {"meeting_connector": True})
    do(northlake.owner, NAME, {"license": ON_PREM, "subjects": one(user_of(northlake))})
    assert standing(user_of(northlake))["license"] == ON_PREM


def test_a_license_goes_not_away_under_an_add_on(northlake: Company) -> None:
    """LIC-08: Webinar needs a paid license, so the license stays as long as it is there."""
    user = user_of(northlake)
    do(northlake.owner, NAME, {"license": LICENSED, "subjects": one(user)})
    do(northlake.owner, "licenses.give_add_on", {"add_on": "webinar:500", "subjects": one(user)})
    with pytest.raises(Refused) as no:
        do(northlake.owner, NAME, {"license": BASIC, "subjects": one(user)})
    assert no.value.code == "needs_base"
    assert (standing(user)["license"], add_ons(user)) == (LICENSED, ["webinar:500"])


def test_short_of_seats_all_or_nothing(northlake: Company) -> None:
    """S0-57, LIC-03: with `refuse` nobody is changed and nothing is left behind."""
    crowd(northlake.owner, 20)
    before = rows_written()
    with pytest.raises(Refused) as no:
        do(northlake.owner, NAME, {"license": LICENSED, "subjects": everybody(northlake, status=["pending"])})
    assert no.value.code == "no_seat"
    assert no.value.details == {"product": LICENSED, "needed": 21, "free": 10}
    assert rows_written() == before
    assert seats(northlake, LICENSED) == {"bought": 10, "used": 0, "pending": 0, "held": 0}


def test_short_of_seats_the_first_n(northlake: Company) -> None:
    """S0-57, LIC-03: with `first` exactly as many as there are seats, in the order of the plan; the rest is listed with the reason."""
    crowd(northlake.owner, 20)
    wish = plan(northlake.owner, NAME, {"license": LICENSED, "subjects": everybody(northlake, status=["pending"])})
    assert preview(wish).missing == {LICENSED: 11}
    started = do(northlake.owner, NAME, wish.params, short="first")
    told = outcome(northlake.owner, started)
    assert (told.done, told.reasons) == (10, {"no_seat": 11})
    assert seats(northlake, LICENSED) == {"bought": 10, "used": 0, "pending": 10, "held": 0}
    assert not breaches()


def test_undo_takes_the_old_license_back_unless_it_was_changed_since(northlake: Company) -> None:
    people = crowd(northlake.owner, 4)
    started = do(northlake.owner, NAME, {"license": LICENSED, "subjects": one(*people)})
    do(northlake.owner, NAME, {"license": "meetings:unassigned", "subjects": one(people[0])})
    assert started.number
    undone = undo.start_undo(northlake.owner, started.number)
    assert (outcome(northlake.owner, undone).done, outcome(northlake.owner, undone).reasons) == (3, {"changed": 1})
    assert [standing(p)["license"] for p in people] == ["meetings:unassigned", BASIC, BASIC, BASIC]
    assert not breaches()


def test_undo_takes_no_base_away_from_an_add_on_given_since(northlake: Company) -> None:
    """LIC-08: a Webinar seat given after the change keeps its license when the change is undone."""
    people = crowd(northlake.owner, 2)
    started = do(northlake.owner, NAME, {"license": LICENSED, "subjects": one(*people)})
    do(northlake.owner, "licenses.give_add_on", {"add_on": "webinar:500", "subjects": one(people[0])})
    assert started.number
    undo.start_undo(northlake.owner, started.number)
    assert standing(people[1])["license"] == BASIC
    assert not breaches()


def test_seven_ways_to_choose_the_whole_account_touch_only_it(northlake: Company, southport: Company) -> None:
    """TENANT-03: a query never reaches another account, whatever it names."""
    for query in (
        {},
        {"q": ""},
        {"q": "test"},
        {"status": ["active", "pending"]},
        {"role": ["owner"]},
        {"group": ["%"]},
        {"account_id": str(southport.account)},
    ):
        do(northlake.owner, NAME, {"license": "meetings:unassigned", "subjects": everybody(northlake, **query)}, short="first")
        do(northlake.owner, NAME, {"license": BASIC, "subjects": everybody(northlake, **query)}, short="first")
    assert seats(southport, "meetings:unassigned")["used"] == 0
    assert seats(southport, BASIC)["used"] == 3
