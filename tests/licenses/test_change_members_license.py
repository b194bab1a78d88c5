"""licenses.change_members_license: one license for everybody who holds another and is no administrator."""

import pytest

from tests.people_of import BASIC, LICENSED, ON_PREM, Company, activate, breaches, crowd, do, outcome, seats, standing
from usher.core import sql
from usher.core.ids import uuid7
from usher.core.refusals import Refused
from usher.journal import engine, undo
from usher.journal.plan import preview, words_of
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db
NAME = "licenses.change_members_license"
UP, DOWN = {"from": BASIC, "license": LICENSED}, {"from": LICENSED, "license": BASIC}


def test_it_works(northlake: Company) -> None:
    """S0-54, S0-55, S0-56, R12: every Basic member, whoever is invited too; the owner and the admin are listed by their role and stay."""
    people = crowd(northlake.operator, 3)
    activate(people[0])
    told = outcome(northlake.admin, do(northlake.admin, NAME, UP))
    assert (told.done, told.reasons) == (5, {"owner_stays": 1, "admin_stays": 1})
    assert {standing(p)["license"] for p in people} == {LICENSED}
    assert {standing(a.user_id)["license"] for a in (northlake.owner, northlake.admin) if a.user_id} == {BASIC}
    assert seats(northlake, LICENSED) == {"bought": 10, "used": 2, "pending": 3, "held": 0}
    assert not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    """S0-5, AUTHZ-20"""
    with pytest.raises(Refused) as no:
        plan(northlake.member, NAME, UP)
    assert (no.value.kind, no.value.details) == ("forbidden", {"privilege": "people:advanced:manage"})


def test_another_account_s_people_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03: everybody means everybody of this account."""
    do(northlake.owner, NAME, UP)
    assert seats(southport, LICENSED)["used"] == 0


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"from": BASIC, "license": BASIC}, "same_license"),
        ({"from": BASIC}, "unknown_license"),
        ({"license": BASIC}, "unknown_license"),
        ({"from": "phone", "license": BASIC}, "unknown_license"),
        ({"from": BASIC, "license": "webinar:500"}, "unknown_license"),
        ({"from": BASIC, "license": ON_PREM}, "switched_off"),
        ({**UP, "order": "by luck"}, "bad_order"),
    ],
)
def test_wrong_parameters(northlake: Company, params: dict[str, str], code: str) -> None:
    """MASS-08, S0-23: the same license twice, none, no license at all, one that is switched off."""
    with pytest.raises(Refused) as no:
        plan(northlake.owner, NAME, params)
    assert (no.value.kind, no.value.code) == ("invalid", code)


def test_short_of_seats(northlake: Company) -> None:
    """S0-57, LIC-03: nothing at all, or exactly the first in the order that was chosen, and the others listed."""
    people = crowd(northlake.operator, 12)
    wish = plan(northlake.owner, NAME, {**UP, "order": "-email"})
    assert preview(wish).missing == {LICENSED: 4}
    with pytest.raises(Refused) as no:
        do(northlake.owner, NAME, UP)
    assert no.value.code == "no_seat" and seats(northlake, LICENSED)["pending"] == 0
    told = outcome(northlake.owner, do(northlake.owner, NAME, {**UP, "order": "-email"}, short="first"))
    assert (told.done, told.reasons) == (10, {"no_seat": 4, "owner_stays": 1, "admin_stays": 1})
    assert {standing(p)["license"] for p in people[:3]} == {BASIC} and {standing(p)["license"] for p in people[3:]} == {LICENSED}


def test_an_add_on_keeps_its_base(northlake: Company) -> None:
    """LIC-08: who holds a Webinar seat keeps the license it stands on, by name of the reason."""
    crowd(northlake.operator, 2, license=LICENSED, add_ons=["webinar:500"])
    crowd(northlake.operator, 1, license=LICENSED)
    told = outcome(northlake.owner, do(northlake.owner, NAME, DOWN))
    assert (told.done, told.reasons) == (1, {"needs_base": 2})
    assert not breaches()


def test_who_becomes_an_administrator_meanwhile_is_left_alone(northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """S0-55: the role is asked again where the row is locked, so a promotion between the plan and its chunk counts."""
    assert northlake.member.user_id
    monkeypatch.setattr(engine, "INLINE", 0)
    started = engine.start(plan(northlake.owner, NAME, UP), "long")
    do(northlake.owner, "access.set_role", {"role": "admin", "subjects": {"ids": [str(northlake.member.user_id)]}})
    assert started.change_id
    while engine.step(started.change_id):
        pass
    assert standing(northlake.member.user_id)["license"] == BASIC
    assert outcome(northlake.owner, started).reasons == {"owner_stays": 1, "admin_stays": 1, "changed": 1}
    assert not breaches()


def test_undo(northlake: Company) -> None:
    """S0-54: everybody is Basic again, but for whom somebody has changed since."""
    people = crowd(northlake.operator, 3)
    started = do(northlake.owner, NAME, UP)
    do(northlake.owner, "licenses.change_license", {"license": "meetings:unassigned", "subjects": {"ids": [str(people[0])]}})
    assert started.number
    told = outcome(northlake.owner, undo.start_undo(northlake.owner, started.number))
    assert (told.done, told.reasons) == (4, {"changed": 1})
    assert seats(northlake, LICENSED)["used"] == 0


def test_who_is_left_alone_is_told_by_the_name_of_the_role(northlake: Company) -> None:
    """R12, S0-55: the holder of a custom role too; where somebody would leave the account as well."""
    (helper,) = crowd(northlake.operator, 1)
    activate(helper)
    made = sql.value(
        "INSERT INTO access_role (id, account_id, key, name, privileges, created_at) VALUES (%(k)s, %(a)s, %(k)s, 'Help desk', '{}', now()) RETURNING key",
        {"a": northlake.account, "k": str(uuid7())},
    )
    sql.execute("UPDATE people_standing SET role = %(r)s WHERE user_id = %(u)s", {"r": made, "u": helper})
    seen = preview(plan(northlake.owner, NAME, UP))
    assert seen.skipped() == {"owner_stays": 1, "admin_stays": 1, "role_stays:Help desk": 1}
    assert words_of("role_stays:Help desk") == "has the role Help desk: only members are meant"
    leaving = preview(plan(northlake.owner, "lifecycle.unlink", {"subjects": {"query": {"license": [BASIC]}}}))
    assert leaving.skipped() == {"is_owner": 1, "is_admin": 1, "holds_role:Help desk": 1, "still_pending": 1}
    assert words_of("holds_role:Help desk") == "has the role Help desk: they must be made a member first"


def test_who_finds_no_seat_may_wait_for_one(northlake: Company) -> None:
    """S0-57: the third way on of the plan page; administrators are not queued."""
    crowd(northlake.operator, 10)
    told = outcome(northlake.owner, do(northlake.owner, NAME, UP, short="wait"))
    assert (told.done, told.reasons["no_seat"]) == (10, 2)
    waiting = sql.value("SELECT count(*) FROM licenses_waiting WHERE account_id = %(a)s AND state = 'waiting'", {"a": northlake.account})
    assert waiting == 2 and not breaches()
