"""What a request claims about itself counts for nothing: names in headers and addresses, fields nobody asked for, bodies of another kind, monstrous numbers."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.people_of import BASIC, LICENSED, Company, one, standing
from tests.portal.test_import import confirm
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short
from usher.core.refusals import Refused
from usher.journal.verb import plan


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def test_who_acts_is_who_is_signed_in(northlake: Company, southport: Company, db: None) -> None:
    """AUDIT-06, TENANT-05: headers and fields that name another person or account change neither what is seen nor who is recorded."""
    claims = {"X-User": southport.owner.email, "X-Forwarded-User": northlake.owner.email, "Remote-User": northlake.owner.email}
    claims |= {"X-Account-Id": str(southport.account), "Authorization": "Basic b3duZXI6b3duZXI="}
    assert Client().get("/people", headers=claims).status_code == 302
    assert signed_in(northlake.member.user_id).get("/people", headers=claims).status_code == 403
    admin = signed_in(northlake.admin.user_id)
    asked = {
        "account_id": str(southport.account),
        "account": short(southport.account),
        "act_as": str(northlake.owner.user_id),
        "status": "any",
    }
    page = admin.get("/people", asked, headers=claims).content.decode()
    assert northlake.member.email in page and southport.domain not in page
    wish = f"/people/license-changes?{urlencode({**asked, 'license_to': LICENSED, 'ids': short(northlake.pending)})}"
    assert confirm(admin, wish, **asked).status_code == 303
    done = sql.row("SELECT actor_id, account_id FROM journal_change ORDER BY at DESC, number DESC LIMIT 1")
    assert done == {"actor_id": northlake.admin.user_id, "account_id": northlake.account}


def test_no_answer_is_kept_for_somebody_else(owner: Client, northlake: Company, southport: Company) -> None:
    """TENANT-11: two accounts ask for one address in turns, also with If-None-Match: each gets its own page, whole and not to be kept."""
    for _ in range(2):
        for who in (northlake, southport):
            answer = signed_in(who.owner.user_id).get(
                "/people", headers={"If-None-Match": "*", "If-Modified-Since": "Thu, 01 Jan 2037 00:00:00 GMT"}
            )
            assert (answer.status_code, answer["Cache-Control"], "ETag" in answer) == (200, "no-store", False)
            assert who.member.email in answer.content.decode()


def test_what_was_planned_is_done(owner: Client, northlake: Company) -> None:
    """MASS-05: the plan stands in the address; a body that says otherwise is not read, and a value that is there twice is checked like any."""
    member = northlake.member.user_id or northlake.pending
    address = f"/people/license-changes?ids={short(northlake.pending)}&license_to={LICENSED}"
    assert confirm(owner, address, license_to="meetings:on_prem", ids=short(member)).status_code == 303
    assert (standing(northlake.pending)["license"], standing(member)["license"]) == (LICENSED, BASIC)
    for twice in ("role=member&role=owner", "role=owner&role=member"):
        owner.post(f"/people/role-changes?ids={short(member)}&{twice}", {"role": "owner", "key": "twice", "digest": "x"})
        assert standing(member)["role"] == "member"


@pytest.mark.parametrize(
    "name", ["__proto__", "constructor", "__class__", "__dict__", "$where", "role", "account_id", "a.b", "first_name__x"]
)
def test_fields_nobody_asked_for(owner: Client, northlake: Company, name: str) -> None:
    """MASS-06, MASS-01: in a form they are not read, as a parameter of a verb they are refused or not read, and the next request is as before."""
    where = f"/people/{short(northlake.member.user_id or northlake.pending)}/profile"
    before = sql.row("SELECT * FROM people_standing WHERE user_id = %(u)s", {"u": northlake.member.user_id})
    for path in (where, "/me/settings", "/people/new"):
        assert owner.post(path, {name: "owner", f"{name}[x]": "owner"}).status_code < 500
    assert sql.row("SELECT * FROM people_standing WHERE user_id = %(u)s", {"u": northlake.member.user_id}) == before
    try:
        kept = plan(
            northlake.owner, "licenses.change_license", {"license": BASIC, "subjects": one(northlake.pending), name: "owner"}
        ).params
    except Refused as no:
        assert no.kind == "invalid"
    else:
        assert name not in kept
    assert owner.get("/people").status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/x-www-form-urlencoded", "", "multipart/form-data"])
def test_a_body_of_another_kind_from_elsewhere(db: None, northlake: Company, kind: str) -> None:
    """MASS-07: JSON under any content type with our cookie, from another origin: refused, and nothing happens."""
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(northlake.owner.user_id).cookies
    body = json.dumps({"key": "elsewhere", "digest": "x", "csrfmiddlewaretoken": "x" * 32})
    wish = f"/people/license-changes?ids={short(northlake.pending)}&license_to={LICENSED}"
    answer = client.generic("POST", wish, body, content_type=kind, headers={"Origin": "https://evil.example"})
    assert answer.status_code in (400, 403)
    assert standing(northlake.pending)["license"] == BASIC


@pytest.mark.parametrize("number", ["2147483648", "9223372036854775808", "-1", "1e400", "NaN", "9" * 5000, "١٢"])
def test_monstrous_numbers(owner: Client, northlake: Company, number: str) -> None:
    """DOS-08: in addresses, page sizes, counts and quantities they are refused or not there, never a fault."""
    for path in (f"/changes/{number}", f"/changes/{number}/undo", f"/people/{number}"):
        assert owner.get(path).status_code == 404, path
    for asked in ({"size": number}, {"after": number}, {"page": number}, {"from": number, "until": number}, {"number": number}):
        for path in ("/people", "/activity"):
            assert owner.get(path, asked).status_code < 500, (path, asked)
    assert owner.get("/people/license-changes", {"ids": number, "license_to": LICENSED}).status_code < 500
    for quantity in (number, [number], {"n": number}):
        _refused_or_the_same(northlake, quantity)


def _refused_or_the_same(company: Company, quantity: Any) -> None:
    with pytest.raises(Refused) as no:
        plan(company.owner, "licenses.set_seats", {"product": LICENSED, "quantity": quantity})
    assert no.value.kind == "invalid"


@pytest.mark.parametrize("day", ["0000-01-01", "10000-01-01", "infinity", "2026-02-30", "-4713-01-01"])
def test_days_that_never_come(owner: Client, northlake: Company, day: str) -> None:
    """DOS-08: a year the database or the calendar does not know."""
    assert owner.get("/activity", {"from": day, "until": day}).status_code < 500
    with pytest.raises(Refused):
        plan(northlake.owner, "licenses.subscribe", {"product": LICENSED, "quantity": 10, "ends": day})
