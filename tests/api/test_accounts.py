"""The account by the API: its domains, and what it has bought."""

import pytest

from tests.api.caller import Caller, caller
from tests.people_of import LICENSED, Company, actor_of, do, one, open_company
from usher.accounts.plans import forbid
from usher.core import sql
from usher.core.ids import short

PATHS = ("managed_domains", "trusted_domains", "plans/usage")


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


def test_domains(northlake: Company, api: Caller) -> None:
    """S0-60: claimed ones wait; a proven one is trusted. `me` and the account's id are the same."""
    for name in ("acme-a.com", "acme-b.com"):
        do(northlake.owner, "accounts.claim_domain", {"domain": name})
    proven = "UPDATE accounts_domain SET state = 'verified', verified_at = now(), how = 'dns' WHERE name = 'acme-b.com' RETURNING name"
    assert sql.value(proven) == "acme-b.com"
    told = {"domains": [{"domain": "acme-a.com", "status": "pending"}, {"domain": "acme-b.com", "status": "verified"}], "total_records": 2}
    for account in ("me", short(northlake.account)):
        assert api.get(f"/accounts/{account}/managed_domains") == (200, told)
        assert api.get(f"/accounts/{account}/trusted_domains") == (200, {"trusted_domains": ["acme-b.com"]})


def test_a_plan_without_domains(api: Caller) -> None:
    """README 5: HTTP 200 with code 200 in the body."""
    forbid("business", "managed_domains")
    status, told = api.get("/accounts/me/managed_domains")
    assert status == 200 and told["code"] == 200


def test_what_was_bought_and_used(northlake: Company, api: Caller) -> None:
    """Per plan how many there are, used and pending, as the ledger has them."""
    assert northlake.member.user_id
    do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(northlake.member.user_id, northlake.pending)})
    do(northlake.owner, "licenses.give_add_on", {"add_on": "webinar:500", "subjects": one(northlake.member.user_id)})
    status, told = api.get("/accounts/me/plans/usage")
    assert status == 200 and told["plan_base"] == {"type": "business_yearly", "hosts": 10, "usage": 1, "active_hosts": 1, "pending": 1}
    assert told["plan_webinar"] == [{"type": "webinar500_yearly", "hosts": 5, "usage": 1, "pending": 0}]
    assert told["plan_whiteboard"] == {"type": "zwb_yearly", "hosts": 5, "usage": 0, "pending": 0} and "plan_large_meeting" not in told


def test_an_account_that_pays_nothing() -> None:
    """400 with code 200."""
    free = open_company("Free", plan_code="free_with_card")
    status, told = caller(free.owner).get("/accounts/me/plans/usage")
    assert (status, told["code"]) == (400, 200)


@pytest.mark.parametrize("path", PATHS)
def test_another_account_and_one_without_the_right(northlake: Company, southport: Company, api: Caller, path: str) -> None:
    """AUTHZ-13, TENANT-01: 404 with code 2001 for every other account, 403 for a role without the right."""
    for account in (short(southport.account), "x", "me2"):
        status, told = api.get(f"/accounts/{account}/{path}")
        assert (status, told["code"]) == (404, 2001)
    do(northlake.owner, "access.create_role", {"name": "Help desk", "privileges": ["people:user:view", "access:app:manage"]})
    key = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND key <> 'admin'", {"a": northlake.account})
    assert northlake.member.user_id
    do(northlake.owner, "access.set_role", {"role": key, "subjects": one(northlake.member.user_id)})
    status, told = caller(actor_of(northlake.member.user_id)).get(f"/accounts/me/{path}")
    assert (status, told["code"]) == (403, 200)
