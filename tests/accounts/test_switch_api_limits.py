"""accounts.switch_api_limits: the operator switches the limits of one account's calls. What it does to calls is in tests/api/test_limits.py."""

import pytest

from tests.people_of import Company, actor_of, breaches, do
from usher.core.refusals import Refused
from usher.journal import undo

pytestmark = pytest.mark.django_db
NAME = "accounts.switch_api_limits"


def is_limited(company: Company) -> bool:
    assert company.owner.user_id
    return actor_of(company.owner.user_id).api_limits


def test_it_works(northlake: Company) -> None:
    """S4-43: on until somebody switches it."""
    assert is_limited(northlake)
    do(northlake.operator, NAME, {"on": False})
    assert not is_limited(northlake) and not breaches()
    assert do(northlake.operator, NAME, {"on": False}).state == "unchanged"
    do(northlake.operator, NAME, {"on": True})
    assert is_limited(northlake)


def test_without_the_privilege(northlake: Company) -> None:
    """DOS-05: not even the owner: the server is the operator's."""
    for actor in (northlake.owner, northlake.admin, northlake.member):
        with pytest.raises(Refused) as no:
            do(actor, NAME, {"on": False})
        assert no.value.kind == "forbidden"
    assert is_limited(northlake)


def test_another_account_keeps_its_own(northlake: Company, southport: Company) -> None:
    do(northlake.operator, NAME, {"on": False})
    assert (is_limited(northlake), is_limited(southport)) == (False, True)


def test_wrong_parameters(northlake: Company) -> None:
    for params in ({}, {"on": "off"}, {"on": None}, {"on": 0}):
        with pytest.raises(Refused) as no:
            do(northlake.operator, NAME, params)
        assert (no.value.kind, no.value.field) == ("invalid", "on")


def test_it_is_not_undone(northlake: Company) -> None:
    """What an owner may not do, an owner does not undo."""
    started = do(northlake.operator, NAME, {"on": False})
    assert started.number
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.owner, started.number)
    assert no.value.code == "not_undoable"
