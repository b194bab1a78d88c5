"""accounts.change_plan: the operator puts an account on another plan."""

import pytest

from tests.people_of import Company, actor_of, breaches, do
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import undo

pytestmark = pytest.mark.django_db
NAME = "accounts.change_plan"


def plan_of(company: Company) -> str:
    return str(sql.value("SELECT plan FROM accounts_account WHERE id = %(a)s", {"a": company.account}))


def test_it_works(northlake: Company) -> None:
    """S0-3, S0-4, R7: from the next request on; what was there stays."""
    assert northlake.owner.user_id
    assert "user_management" in (actor_of(northlake.owner.user_id).capabilities or ())
    started = do(northlake.operator, NAME, {"plan": "free"})
    assert plan_of(northlake) == "free" and actor_of(northlake.owner.user_id).capabilities == frozenset()
    assert started.number and not breaches()
    assert do(northlake.operator, NAME, {"plan": "free"}).state == "unchanged"


def test_without_the_privilege(northlake: Company) -> None:
    """S0-5: not even the owner: the plan is what the account pays for."""
    for actor in (northlake.owner, northlake.admin, northlake.member):
        with pytest.raises(Refused) as no:
            do(actor, NAME, {"plan": "enterprise"})
        assert no.value.kind == "forbidden"
    assert plan_of(northlake) == "business"


def test_another_account_keeps_its_own(northlake: Company, southport: Company) -> None:
    do(northlake.operator, NAME, {"plan": "pro"})
    assert (plan_of(northlake), plan_of(southport)) == ("pro", "business")


def test_wrong_parameters(northlake: Company) -> None:
    for params in ({}, {"plan": "gold"}, {"plan": None}):
        with pytest.raises(Refused) as no:
            do(northlake.operator, NAME, params)
        assert (no.value.kind, no.value.field) == ("invalid", "plan")


def test_it_is_not_undone(northlake: Company) -> None:
    """What an owner may not do, an owner does not undo."""
    started = do(northlake.operator, NAME, {"plan": "pro"})
    assert started.number
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.owner, started.number)
    assert no.value.code == "not_undoable"
