"""Two accounts prove one domain at the same moment: one of them has it, and nothing breaks (TENANT-10)."""

from tests.accounts.conftest import zone
from tests.people_of import Company, do
from tests.threads import at_once, wide_pool
from tests.zone import Zone
from usher.accounts import domains, proof
from usher.core import sql

__all__ = ["zone"]


def test_one_of_two(northlake: Company, southport: Company, zone: Zone) -> None:
    """Eight looks at once from both sides: one verified row, one Change that says so, and the other side is told that it is taken."""
    claims = []
    for company in (northlake, southport):
        do(company.admin, "accounts.claim_domain", {"domain": "shared.example"})
        claims.append((company.account, domains.by_name(company.admin, "shared.example")))
    zone.texts["shared.example"] = [proof.record_of(found["token"]) for _account, found in claims]
    with wide_pool():
        told = at_once([lambda a=account, i=found["id"]: proof.check(a, i) for account, found in claims] * 4)  # type: ignore[misc]
    assert not [t for t in told if isinstance(t, Exception)], told
    assert sql.value("SELECT count(*) FROM accounts_domain WHERE state = 'verified'") == 1
    assert sql.value("SELECT count(*) FROM journal_change WHERE verb = 'accounts.verify_domain'") == 1
    for account, found in claims:
        proof.check(account, found["id"])
    states = {d["state"]: d["found"] for d in sql.rows("SELECT state, found FROM accounts_domain")}
    assert states["waiting"] == {"domain_taken": True} and states["verified"] is None
