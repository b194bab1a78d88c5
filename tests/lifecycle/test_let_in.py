"""lifecycle.let_in and lifecycle.let_in_without_login: pending people made active without being asked. What programs do with them stands in tests/api/test_let_in.py."""

import pytest

from tests.lifecycle.test_managed_domain import manages
from tests.people_of import LICENSED, Company, breaches, crowd, do, invite, one, outcome, standing
from usher.core import sql
from usher.core.refusals import Refused
from usher.people.models import Login

LET_IN, WITHOUT_LOGIN = "lifecycle.let_in", "lifecycle.let_in_without_login"


def test_it_works(db: None, northlake: Company) -> None:
    """Pending seats become used ones; with a login that has no password yet, or with none; the mail that waits is taken back."""
    manages(northlake)
    first, second = invite(northlake.operator, *(f"{name}@{northlake.domain}" for name in "ab"), license=LICENSED, add_ons=["phone"])
    do(northlake.owner, LET_IN, {"subjects": one(first)})
    do(northlake.owner, WITHOUT_LOGIN, {"subjects": one(second)})
    assert {standing(user)["status"] for user in (first, second)} == {"active"} and not breaches()
    logins = {
        r["id"]: r["login_id"] for r in sql.rows("SELECT id, login_id FROM people_user WHERE id = ANY(%(u)s)", {"u": [first, second]})
    }
    assert logins[second] is None and not Login.objects.get(id=logins[first]).has_usable_password()
    assert not sql.value("SELECT count(*) FROM mail_message WHERE to_user = ANY(%(u)s) AND kind = 'invitation'", {"u": [first, second]})


@pytest.mark.parametrize("verb", [LET_IN, WITHOUT_LOGIN])
def test_without_the_privilege(db: None, northlake: Company, verb: str) -> None:
    """AUTHZ-20: whoever may not invite lets nobody in either."""
    with pytest.raises(Refused, match="right"):
        do(northlake.member, verb, {"subjects": one(northlake.pending)})


@pytest.mark.parametrize("verb", [LET_IN, WITHOUT_LOGIN])
def test_other_account_is_not_there(db: None, northlake: Company, southport: Company, verb: str) -> None:
    """TENANT-01: ids of another account select nobody."""
    manages(northlake)
    do(northlake.owner, verb, {"subjects": one(southport.pending)})
    assert standing(southport.pending)["status"] == "pending"


def test_who_is_left_alone(db: None, northlake: Company) -> None:
    """Not pending; an address elsewhere, or one that has a login, unless there shall be none."""
    manages(northlake)
    (elsewhere,) = crowd(northlake.operator, 1)
    known, free = invite(northlake.operator, *(f"{name}@{northlake.domain}" for name in "ab"))
    address = sql.value("SELECT canonical FROM people_user WHERE id = %(u)s", {"u": known})
    Login.objects.create(email=address, canonical=address, password="!")
    started = do(northlake.owner, LET_IN, {"subjects": one(elsewhere, known, free, northlake.member.user_id or "")})
    assert outcome(northlake.owner, started).reasons == {
        "elsewhere": 1,
        "not_managed": 1,
        "not_pending": 1,
    }
    assert standing(free)["status"] == "active"
    do(northlake.owner, WITHOUT_LOGIN, {"subjects": one(elsewhere, known)})
    assert {standing(user)["status"] for user in (elsewhere, known)} == {"active"} and not breaches()
