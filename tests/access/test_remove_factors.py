"""access.remove_factors: for people who have lost them all, by somebody above them or on the machine itself."""

import pytest
from django.test import Client

from tests.people_of import Company, breaches, do, everybody, one, outcome
from tests.portal.factors_of import is_in, set_up_app, sign_in
from tests.signed_in import signed_in
from usher.access import lost_factors
from usher.access.factor_verbs import in_words
from usher.core import sql
from usher.core.refusals import Refused

pytestmark = pytest.mark.django_db
NAME = "access.remove_factors"


def told(user: object) -> list[str]:
    found = sql.rows("SELECT params FROM mail_message WHERE kind = 'factor_removed' AND to_user = %(u)s", {"u": user})
    return [str(in_words(f["params"]["what"], f["params"]["name"] or "")) for f in found]


def test_it_works(northlake: Company) -> None:
    """ASVS 6.4.4, 6.3.7: the password is enough again, every session has ended, a mail tells by whom, the journal knows."""
    client = signed_in(northlake.member.user_id)
    set_up_app(client)
    assert northlake.member.user_id is not None
    do(northlake.admin, NAME, {"subjects": one(northlake.member.user_id)})
    assert not is_in(client)
    assert sign_in(Client(), northlake.member.email)["Location"] == "/"
    assert sql.value("SELECT count(*) FROM mfa_authenticator") == 0
    assert told(northlake.member.user_id) == [f"all of them, by {northlake.admin.name}"]
    effect = sql.row("SELECT before->>'factors' AS was, after->>'factors' AS is FROM journal_effect ORDER BY change_id DESC LIMIT 1")
    assert effect == {"was": "1", "is": "0"}
    assert not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    """A member may not; AUTHZ-05: an admin not for another admin or the owner, in a set they are passed over, and nobody for themselves."""
    for client in (signed_in(p.user_id) for p in (northlake.owner, northlake.admin, northlake.member)):
        set_up_app(client)
    for actor, person in ((northlake.member, northlake.admin), (northlake.admin, northlake.owner)):
        assert person.user_id is not None
        with pytest.raises(Refused) as no:
            do(actor, NAME, {"subjects": one(person.user_id)})
        assert no.value.kind == "forbidden"
    assert northlake.owner.user_id is not None
    with pytest.raises(Refused) as no:
        do(northlake.owner, NAME, {"subjects": one(northlake.owner.user_id)})
    assert no.value.code == "own_factors"
    done = outcome(northlake.admin, do(northlake.admin, NAME, {"subjects": everybody(northlake)}))
    assert (done.done, done.reasons) == (1, {"higher_rank": 1, "no_factor": 1, "own_factors": 1})


def test_another_account_s_person_stays_as_they_are(northlake: Company, southport: Company) -> None:
    """TENANT-03"""
    set_up_app(signed_in(southport.member.user_id))
    assert southport.member.user_id is not None
    for actor in (northlake.operator, northlake.owner):
        assert do(actor, NAME, {"subjects": one(southport.member.user_id)}).change_id is None
    assert sql.value("SELECT count(*) FROM mfa_authenticator WHERE type = 'totp'") == 1


def test_on_the_machine_itself(northlake: Company) -> None:
    """The owner's go by the operator; who has none, or is nobody, is told so."""
    set_up_app(signed_in(northlake.owner.user_id))
    lost_factors.remove_all(northlake.owner.email.upper())
    assert told(northlake.owner.user_id) == ["all of them, by whoever runs Usher"]
    with pytest.raises(Refused) as no:
        lost_factors.remove_all("nobody@nowhere.test")
    assert (no.value.kind, no.value.code) == ("missing", "no_person")
    with pytest.raises(Refused) as no:
        lost_factors.remove_all(northlake.owner.email)
    assert no.value.code == "no_factor"


def test_wrong_parameters(northlake: Company) -> None:
    with pytest.raises(Refused) as no:
        do(northlake.owner, NAME, {"user": "x"})
    assert no.value.kind == "invalid"
