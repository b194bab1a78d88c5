"""accounts.change_settings: the account's switches."""

import pytest

from tests.people_of import Company, do
from usher.accounts.models import Account
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db
NAME = "accounts.change_settings"


def is_on(company: Company) -> bool:
    return Account.objects.get(pk=company.account).meeting_connector


def test_it_works(northlake: Company) -> None:
    """S0-23: Meeting Connector on, off, and off again by undo."""
    started = do(northlake.admin, NAME, {"meeting_connector": True})
    assert is_on(northlake)
    assert do(northlake.admin, NAME, {"meeting_connector": True}).state == "unchanged"
    assert started.number
    undo.start_undo(northlake.admin, started.number)
    assert not is_on(northlake)


def test_without_the_privilege(northlake: Company) -> None:
    with pytest.raises(Refused) as no:
        do(northlake.member, NAME, {"meeting_connector": True})
    assert no.value.kind == "forbidden"
    assert not is_on(northlake)


def test_another_account_keeps_its_own(northlake: Company, southport: Company) -> None:
    do(northlake.owner, NAME, {"meeting_connector": True})
    assert not is_on(southport)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"meeting_connector": "true"},
        {"meeting_connector": 1},
        {"meeting_connector": None},
        {"plan": "enterprise"},
        {"meeting_connector": True, "plan": "enterprise"},
        {"trash_days": 366},
        {"trash_days": -1},
        {"trash_days": "30"},
        {"delete_after_days": True},
        {"delete_after_days": 3651},
    ],
)
def test_wrong_parameters(northlake: Company, params: dict[str, object]) -> None:
    """MASS-01, MASS-08: no string for a switch, no column that is none."""
    with pytest.raises(Refused) as no:
        plan(northlake.owner, NAME, params)
    assert no.value.kind == "invalid"


def test_the_days_of_leaving(northlake: Company) -> None:
    """S4-23: how long the trash keeps people and when the deactivated are deleted; both go back by undo."""
    started = do(northlake.admin, NAME, {"trash_days": 0, "delete_after_days": 90})
    account = Account.objects.get(pk=northlake.account)
    assert (account.trash_days, account.delete_after_days) == (0, 90)
    assert started.number
    undo.start_undo(northlake.admin, started.number)
    account.refresh_from_db()
    assert (account.trash_days, account.delete_after_days) == (30, 0)
