"""Automatic phone assignment in the portal: its switch, and the warning wherever a license is given."""

import pytest
from django.test import Client

from tests.people_of import LICENSED, Company, do
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short
from usher.phone import reads

WARNING = b"Automatic phone assignment is on"


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def test_the_switch(owner: Client, northlake: Company) -> None:
    """S1-25: an account setting, readable and changed beside the other settings of Phone, with whom it is not for."""
    page = owner.get("/phone/settings").content
    assert b"Automatic phone assignment" in page and b"people of another phone system" in page
    assert owner.post("/phone/settings", {"automatic": "on", "welcome_mail": "on", "key": "a"}).status_code == 303
    assert reads.settings(northlake.owner)["automatic"] is True


def test_the_warning_stands_beside_every_license(owner: Client, northlake: Company) -> None:
    """S1-24, S1-25: Add users, Import, license change, Advanced, a file of changes, a domain; only while it is on, and only where Licensed is given."""
    ids = short(northlake.member.user_id or northlake.account)
    do(northlake.owner, "accounts.claim_domain", {"domain": "claimed.test"})
    sql.execute(
        "UPDATE accounts_domain SET state = 'verified', how = 'dns', verified_at = now() WHERE account_id = %(a)s", {"a": northlake.account}
    )
    domain = sql.value("SELECT id FROM accounts_domain WHERE account_id = %(a)s", {"a": northlake.account})
    pages = (
        "/people/new",
        "/people/imports/new",
        f"/people/license-changes?ids={ids}",
        f"/people/license-changes?ids={ids}&license_to={LICENSED}",
        f"/people/advanced/license-changes?license_from=meetings:basic&license_to={LICENSED}",
        f"/people/advanced/domain-licenses?domain=claimed.test&license_to={LICENSED}",
        f"/domains/{short(domain)}",
    )
    for on in (False, True):
        do(northlake.owner, "phone.change_settings", {"automatic": on, "welcome_mail": not on})
        assert [path for path in pages if (WARNING in owner.get(path).content) != on] == []
    assert WARNING not in owner.get(f"/people/license-changes?ids={ids}&license_to=meetings:unassigned").content
