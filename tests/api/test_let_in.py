"""POST /users without an invitation: autoCreate at a managed domain, custCreate without a login, ssoCreate (README 3)."""

from typing import Any

import pytest
from django.test import Client

from tests.api.caller import Caller, caller
from tests.lifecycle.test_managed_domain import manages
from tests.people_of import LICENSED, PASSWORD, Company, actor_of, breaches, do, one, seats, standing
from usher.access import links
from usher.core import sql
from usher.core.ids import short, unshort
from usher.core.refusals import Refused

GOOD = "Mill7 by the river"


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


@pytest.fixture(scope="module")
def api(northlake: Company) -> Caller:
    manages(northlake)
    return caller(northlake.owner)


def wish(action: str, email: str, **info: Any) -> dict[str, Any]:
    return {"action": action, "user_info": {"email": email, "type": 2, "first_name": "Nora", "last_name": "Neu", **info}}


def enters(email: str, password: str) -> bool:
    return bool(Client().post("/sign-in", {"email": email, "password": password}).status_code == 302)


def test_auto_create(northlake: Company, api: Caller) -> None:
    """README 3: active at once with a used seat, no mail, and the password is the one to sign in with; it stands nowhere."""
    email, before = f"nora@{northlake.domain}", seats(northlake, LICENSED)
    status, made = api.post("/users", wish("autoCreate", email, password=GOOD))
    assert status == 201 and (made["email"], made["type"]) == (email, 2)
    found = api.get(f"/users/{made['id']}")[1]
    assert (found["status"], found["type"], found["first_name"]) == ("active", 2, "Nora") and found["pmi"]
    after = seats(northlake, LICENSED)
    assert (after["used"], after["pending"]) == (before["used"] + 1, before["pending"]) and breaches() == []
    assert sql.value("SELECT count(*) FROM mail_message WHERE address = %(a)s", {"a": email}) == 0
    assert enters(email, GOOD) and not enters(email, GOOD + "!")
    kept = "SELECT string_agg(x, ' ') FROM (SELECT c::text FROM journal_change c UNION ALL SELECT e::text FROM journal_effect e UNION ALL SELECT u::text FROM people_login u) t(x)"
    assert GOOD not in str(sql.value(kept))


def test_without_a_password_one_is_chosen_by_mail(northlake: Company, api: Caller) -> None:
    """README 3: the password may be left out; then nobody knows one."""
    email = f"nora@{northlake.domain}"
    assert api.post("/users", wish("autoCreate", email))[0] == 201
    assert api.get(f"/users/{email}")[1]["status"] == "active" and not enters(email, "")
    assert str(sql.value("SELECT password FROM people_login WHERE canonical = %(c)s", {"c": email})).startswith("!")


@pytest.mark.parametrize("password", ["short7A", "password123", "{local}@{domain}", "x" * 33])
def test_weak_passwords(northlake: Company, api: Caller, password: str) -> None:
    """README 3, ASVS 6.2: refused with code 300, and nobody is made."""
    email = f"nora@{northlake.domain}"
    status, body = api.post("/users", wish("autoCreate", email, password=password.format(local="nora", domain=northlake.domain)))
    assert (status, body["code"]) == (400, 300) and body["errors"][0]["field"].endswith("password")
    assert api.get(f"/users/{email}")[0] == 404


def test_only_at_a_managed_domain(northlake: Company, southport: Company, api: Caller) -> None:
    """README 3, README 10: 400 with 2016 for an address that is not the account's to give; nobody is made."""
    for company, email in ((southport, f"a@{southport.domain}"), (northlake, "a@elsewhere.test")):
        program = caller(company.owner)
        status, body = program.post("/users", wish("autoCreate", email, password=GOOD))
        assert (status, body["code"]) == (400, 2016) and program.get(f"/users/{email}")[0] == 404


def test_who_has_a_login_is_asked(northlake: Company, southport: Company, api: Caller) -> None:
    """R11: a login that is there is nobody else's to take: its person gets the invitation, keeps their password, and the answer is the same."""
    email = f"here@{northlake.domain}"
    theirs = caller(southport.owner)
    sql.execute(
        "UPDATE people_login SET email = %(e)s, canonical = %(e)s WHERE canonical = %(c)s", {"e": email, "c": southport.member.email}
    )
    status, made = api.post("/users", wish("autoCreate", email, password=GOOD))
    assert status == 201 and set(made) == {"id", "email", "first_name", "last_name", "type"}
    assert standing(unshort(made["id"]))["status"] == "pending" and breaches() == []
    assert sql.value("SELECT count(*) FROM mail_message WHERE address = %(a)s AND kind = 'invitation'", {"a": email}) == 1
    assert enters(email, PASSWORD) and not enters(email, GOOD)
    assert theirs.get(f"/users/{short(southport.member.user_id)}")[1]["status"] == "active"  # type: ignore[arg-type]


def test_sso_create(northlake: Company, api: Caller) -> None:
    """README 3, 101 and 99 of login_types: active at once, no mail and no way in until there is single sign-on; told apart from whom nobody is, in the list too."""
    email, before = "nora@elsewhere.test", seats(northlake, LICENSED)
    status, made = api.post("/users", wish("ssoCreate", email, password="ignored by contract"))
    assert status == 201 and standing(unshort(made["id"]))["status"] == "active" and breaches() == []
    assert seats(northlake, LICENSED)["used"] == before["used"] + 1
    links.send_reset(email)
    assert sql.value("SELECT count(*) FROM mail_message WHERE address = %(a)s", {"a": email}) == 0
    with pytest.raises(Refused, match="no login"):
        links.sign_in_link(email)
    assert (
        api.post("/users", wish("custCreate", "pump@elsewhere.test"))[0]
        == api.post("/users", wish("autoCreate", f"a@{northlake.domain}"))[0]
        == 201
    )
    told = {u["email"]: u["login_types"] for u in api.get("/users")[1]["users"]}
    assert (
        told[email] == [101]
        and told["pump@elsewhere.test"] == [99]
        and told[f"a@{northlake.domain}"] == told[northlake.owner.email] == [100]
    )
    assert api.get(f"/users/{email}")[1]["login_types"] == [101] and api.get("/users?status=pending")[1]["users"][0]["login_types"] == [100]
    assert api.post("/users", wish("ssoCreate", "x@elsewhere.test", type=99))[1]["code"] == 300


def test_cust_create(northlake: Company, api: Caller) -> None:
    """README 3: active at once at any address, no mail, and nobody signs in as them, not even by a new password or a link; they are deleted, not unlinked."""
    email = "pump.room@elsewhere.test"
    status, made = api.post("/users", wish("custCreate", email))
    id = unshort(made["id"])
    assert status == 201 and standing(id)["status"] == "active" and breaches() == []
    assert sql.value("SELECT count(*) FROM mail_message WHERE address = %(a)s", {"a": email}) == 0
    assert sql.value("SELECT login_id FROM people_user WHERE id = %(u)s", {"u": id}) is None
    links.send_reset(email)
    assert not sql.value("SELECT count(*) FROM access_link") and not sql.value(
        "SELECT count(*) FROM mail_message WHERE address = %(a)s", {"a": email}
    )
    with pytest.raises(Refused, match="no login"):
        links.sign_in_link(email)
    assert api.patch(f"/users/{email}", {"dept": "Pumps"}) == (204, None)
    assert api.delete(f"/users/{email}?action=disassociate")[1]["code"] == 300
    assert (
        api.put(f"/users/{email}/status", {"action": "deactivate"})[0]
        == api.put(f"/users/{email}/status", {"action": "activate"})[0]
        == 204
    )
    assert api.delete(f"/users/{email}?action=delete") == (204, None) and breaches() == []


def test_the_name_of_somebody_elsewhere(northlake: Company, southport: Company, api: Caller) -> None:
    """TENANT-07: an address that is only a name here lets its owner in where they live, by password and by the operator's link."""
    email = southport.member.email
    assert api.post("/users", wish("custCreate", email))[0] == 201
    assert enters(email, PASSWORD) and "/link/" in links.sign_in_link(email)
    assert caller(southport.owner).get(f"/users/{email}")[1]["id"] == short(southport.member.user_id)  # type: ignore[arg-type]


def test_nobody_is_not_the_owner(northlake: Company, api: Caller) -> None:
    """Who is asked to own the account can sign in."""
    id = unshort(api.post("/users", wish("custCreate", "pump@elsewhere.test"))[1]["id"])
    do(northlake.owner, "access.set_role", {"role": "admin", "subjects": one(id)})
    with pytest.raises(Refused, match="no login"):
        do(northlake.owner, "access.offer_ownership", {"to": str(id)})
    assert actor_of(northlake.owner.user_id).role == "owner"  # type: ignore[arg-type]


def test_a_key_lets_in_once(northlake: Company, api: Caller) -> None:
    """The same wish again is the same answer; another password under the key is another wish, and its text is in no table."""
    email = f"nora@{northlake.domain}"
    first, again = (api.post("/users", wish("autoCreate", email, password=GOOD), Idempotency_Key="k") for _n in range(2))
    assert first[0] == 201 and first == again
    assert api.post("/users", wish("autoCreate", email, password=GOOD + "2"), Idempotency_Key="k")[0] == 409
    assert enters(email, GOOD)


def test_seats(northlake: Company, api: Caller) -> None:
    """README 3: 3412 without a seat, 1005 for somebody who is here."""
    for action in ("autoCreate", "custCreate", "ssoCreate"):
        assert api.post("/users", wish(action, northlake.member.email))[1]["code"] == 1005
    held = seats(northlake, LICENSED)
    do(northlake.operator, "licenses.set_seats", {"product": LICENSED, "quantity": held["used"] + held["pending"]})
    for action in ("autoCreate", "custCreate", "ssoCreate"):
        assert api.post("/users", wish(action, f"b@{northlake.domain}"))[1]["code"] == 3412
    assert breaches() == []
