"""lifecycle.let_in and lifecycle.let_in_without_login: pending people made active without being asked. What programs do with them stands in tests/api/test_let_in.py."""

import pytest

from tests.lifecycle.test_managed_domain import manages
from tests.people_of import LICENSED, Company, breaches, crowd, do, invite, one, outcome, standing
from usher.core import sql
from usher.core.refusals import Refused
from usher.mail import send
from usher.people.models import Login
from usher.phone.tasks import keep_up

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


def test_whoever_reads_the_mail_of_a_name_gets_none(db: None, northlake: Company) -> None:
    """SECRET-03: as who has no login nobody signs in, so that nobody proved the address: no mail of their phone, of a new address, nor one for administrators."""
    manages(northlake)
    (user,) = invite(northlake.operator, f"kiosk@{northlake.domain}", license=LICENSED, add_ons=["phone"])
    do(northlake.owner, WITHOUT_LOGIN, {"subjects": one(user)})
    keep_up()
    do(northlake.owner, "access.set_role", {"role": "admin", "subjects": one(user)})
    do(northlake.owner, "lifecycle.change_address", {"subjects": one(user), "email": f"desk@{northlake.domain}"})
    again = do(northlake.owner, "phone.resend_invite", {"subjects": one(user, northlake.member.user_id or "")})
    assert outcome(northlake.owner, again).reasons == {"no_login": 1, "no_phone": 1}
    sql.execute(
        """INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try)
           SELECT usher_uuid7(), account_id, 'deletion_ahead', id, email, '{"n": 1, "on": "2030-01-01"}', now(), now() FROM people_user WHERE id = %(u)s""",
        {"u": user},
    )
    send.deliver_waiting()
    sent = {r["kind"]: r["state"] for r in sql.rows("SELECT kind, state FROM mail_message WHERE to_user = %(u)s", {"u": user})}
    assert set(sent) >= {"phone", "address_changed", "deletion_ahead"} and set(sent.values()) == {"cancelled"}
