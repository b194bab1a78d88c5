"""people.set_department: one department for a set of people."""

import pytest

from tests.people.profiles import column, second_admin
from tests.people_of import Company, breaches, crowd, do, everybody, one, outcome, rows_written
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.plan import preview
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db
NAME = "people.set_department"


def test_it_works(northlake: Company) -> None:
    """S0-10: many at once, each told with what it was."""
    people = crowd(northlake.owner, 3, department="Sales")
    started = do(northlake.owner, NAME, {"department": "Finance", "subjects": one(*people)})
    assert [column(p, "department") for p in people] == ["Finance"] * 3
    assert outcome(northlake.owner, started).done == 3


def test_without_the_privilege(northlake: Company) -> None:
    """S0-5"""
    with pytest.raises(Refused) as no:
        do(northlake.member, NAME, {"department": "Finance", "subjects": one(northlake.pending)})
    assert no.value.kind == "forbidden"
    assert column(northlake.pending, "department") == ""


def test_another_account_s_people_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03, AUTHZ-10: of one's own and a foreign id only one's own is touched."""
    assert southport.member.user_id
    mixed = do(northlake.owner, NAME, {"department": "Finance", "subjects": one(southport.member.user_id, northlake.pending)})
    assert outcome(northlake.owner, mixed).done == 1
    assert column(southport.member.user_id, "department") == ""


def test_wrong_parameters(northlake: Company) -> None:
    for params in ({"department": "x" * 129}, {"department": "a\nb"}):
        with pytest.raises(Refused) as no:
            do(northlake.owner, NAME, {**params, "subjects": one(northlake.pending)})
        assert (no.value.kind, no.value.field) == ("invalid", "department")
    with pytest.raises(Refused):
        do(northlake.owner, NAME, {"department": "Finance", "subjects": None})


def test_the_plan_writes_nothing(northlake: Company) -> None:
    before = rows_written()
    seen = preview(plan(northlake.owner, NAME, {"department": "Finance", "subjects": everybody(northlake)}))
    assert seen.will == 4
    assert rows_written() == before


def test_an_admin_passes_over_admins_and_the_owner(northlake: Company) -> None:
    """AUTHZ-05: in a set they are skipped with the reason, alone it is refused; the admin's own department they may set."""
    other = second_admin(northlake)
    started = do(northlake.admin, NAME, {"department": "Finance", "subjects": everybody(northlake)})
    came = outcome(northlake.owner, started)
    assert (came.done, came.reasons) == (2, {"higher_rank": 2})
    assert [column(u, "department") for u in (northlake.admin.user_id, northlake.pending)] == ["Finance"] * 2
    assert [column(u, "department") for u in (other, northlake.owner.user_id)] == [""] * 2
    with pytest.raises(Refused) as no:
        do(northlake.admin, NAME, {"department": "Finance", "subjects": one(other)})
    assert (no.value.kind, no.value.code) == ("forbidden", "higher_rank")


def test_none(northlake: Company) -> None:
    do(northlake.owner, NAME, {"department": "Finance", "subjects": one(northlake.pending)})
    do(northlake.owner, NAME, {"department": " ", "subjects": one(northlake.pending)})
    assert column(northlake.pending, "department") == ""


def test_undo(northlake: Company) -> None:
    """Each goes back to their own department; who was changed since stays."""
    sales, support = crowd(northlake.owner, 2, department="Sales"), crowd(northlake.owner, 1, department="Support")
    started = do(northlake.owner, NAME, {"department": "Finance", "subjects": one(*sales, *support)})
    do(northlake.owner, NAME, {"department": "Legal", "subjects": one(sales[0])})
    assert started.number
    undone = undo.start_undo(northlake.owner, started.number)
    assert (outcome(northlake.owner, undone).done, outcome(northlake.owner, undone).reasons) == (2, {"changed": 1})
    assert [column(p, "department") for p in (*sales, *support)] == ["Legal", "Sales", "Support"]
    assert not breaches()
