"""access.remove_factors: for somebody who has lost them all; on the machine itself only."""

import pytest
from django.test import Client

from tests.people_of import Company, do
from tests.portal.factors_of import is_in, set_up_app, sign_in
from tests.signed_in import signed_in
from usher.access import lost_factors
from usher.core import sql
from usher.core.refusals import Refused

pytestmark = pytest.mark.django_db
NAME = "access.remove_factors"


def test_it_works(northlake: Company) -> None:
    """ASVS 6.4.4, 6.3.7: the password is enough again, every session has ended, a mail tells, the journal knows by whom."""
    client = signed_in(northlake.member.user_id)
    set_up_app(client)
    lost_factors.remove_all(northlake.member.email.upper())
    assert not is_in(client)
    assert sign_in(Client(), northlake.member.email)["Location"] == "/"
    assert sql.value("SELECT count(*) FROM mfa_authenticator") == 0
    told = sql.row("SELECT verb, actor_kind FROM journal_change ORDER BY number DESC LIMIT 1")
    assert told == {"verb": NAME, "actor_kind": "operator"}
    assert (
        sql.value("SELECT count(*) FROM mail_message WHERE kind = 'factor_removed' AND to_user = %(u)s", {"u": northlake.member.user_id})
        == 1
    )


def test_without_the_privilege(northlake: Company) -> None:
    """Not even the owner: who can read somebody's mail and take their factors away could become them."""
    for actor in (northlake.owner, northlake.admin, northlake.member):
        with pytest.raises(Refused) as no:
            do(actor, NAME, {"user": str(northlake.member.user_id)})
        assert no.value.kind == "forbidden"


def test_another_account_s_person_stays_as_they_are(northlake: Company, southport: Company) -> None:
    """TENANT-03"""
    set_up_app(signed_in(southport.member.user_id))
    assert do(northlake.operator, NAME, {"user": str(southport.member.user_id)}).change_id is None
    assert sql.value("SELECT count(*) FROM mfa_authenticator WHERE type = 'totp'") == 1


def test_nobody_and_nothing(northlake: Company) -> None:
    with pytest.raises(Refused) as no:
        lost_factors.remove_all("nobody@nowhere.test")
    assert (no.value.kind, no.value.code) == ("missing", "no_person")
    with pytest.raises(Refused) as no:
        lost_factors.remove_all(northlake.member.email)
    assert no.value.code == "no_factor"
