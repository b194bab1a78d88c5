"""lifecycle.open_account: the operator's verb."""

import pytest

from tests.people_of import BASIC, Company, accept_invitation, breaches, rows_written, seats, standing
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal.verb import plan
from usher.lifecycle.open_account import open_account

pytestmark = pytest.mark.django_db
NAME = "lifecycle.open_account"


def test_it_works(northlake: Company) -> None:
    """S0-3: an account with its ledger and an owner who gets a setup link."""
    account, started = open_account("  Westbay ", "pro", "Olga@Westbay.test", first_name="Olga")
    owner = sql.value("SELECT user_id FROM people_standing WHERE account_id = %(a)s", {"a": account})
    assert standing(owner) == {"status": "pending", "license": BASIC, "role": "owner", "access_epoch": 1, "version": 1}
    assert sql.row("SELECT name, plan, opened_by FROM accounts_account WHERE id = %(a)s", {"a": account}) == {
        "name": "Westbay",
        "plan": "pro",
        "opened_by": "operator",
    }
    assert sql.rows("SELECT kind, address, params FROM mail_message WHERE to_user = %(o)s", {"o": owner}) == [
        {"kind": "owner_setup", "address": "Olga@Westbay.test", "params": {}}
    ]
    accept_invitation(owner)
    assert standing(owner)["status"] == "active"
    assert started.state == "done"
    assert not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    with pytest.raises(Refused) as no:
        plan(northlake.member, NAME, {})
    assert no.value.kind == "forbidden"


def test_another_account_is_untouched(northlake: Company) -> None:
    before = seats(northlake, BASIC)
    account, _ = open_account("Northlake", "pro", northlake.owner.email)
    assert account != northlake.account
    assert seats(northlake, BASIC) == before
    assert not breaches()


@pytest.mark.parametrize(
    ("name", "plan_code", "owner", "field"),
    [
        ("", "pro", "o@x.test", "name"),
        (" \t", "pro", "o@x.test", "name"),
        ("x" * 129, "pro", "o@x.test", "name"),
        ("a\nb", "pro", "o@x.test", "name"),
        ("a\x00", "pro", "o@x.test", "name"),
        ("North", "gold", "o@x.test", "plan"),
        ("North", "pro", "o@", "owner"),
        ("North", "pro", "", "owner"),
        ("North", "pro", "o@x.test\nBcc: e@x.test", "owner"),
    ],
)
def test_wrong_parameters(northlake: Company, name: str, plan_code: str, owner: str, field: str) -> None:
    before = rows_written()
    with pytest.raises(Refused) as no:
        open_account(name, plan_code, owner)
    assert (no.value.kind, no.value.field) == ("invalid", field)
    assert rows_written() == before
