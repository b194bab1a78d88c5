"""What the contract tells of a person beside what is known here: kept by PATCH /users, and returned as it was given."""

from typing import Any

import pytest

from tests.api.caller import Caller, caller
from tests.people_of import Company, actor_of, breaches, do, one
from usher.core import sql
from usher.journal import undo

GIVEN = {
    "company": "Acme",
    "custom_attributes": [{"key": "k1", "name": "Badge", "value": "17"}],
    "language": "de-DE",
    "phone_numbers": [{"code": "+49", "country": "DE", "label": "Office", "number": "30123456"}],
    "pmi": 1234567890,
    "pronouns": "they/them",
    "pronouns_option": 2,
    "use_pmi": True,
    "vanity_name": "ann.acme",
    "about_me": "Likes three letters",
    "linkedin_url": "https://www.linkedin.com/in/ann",
    "cms_user_id": "c-1",
}


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


def test_it_is_kept_and_returned(northlake: Company, api: Caller) -> None:
    """S4-34, S4-36: beside the profile that acts, in one call, of pending people too; the list tells what is asked for."""
    for path in (f"/users/{northlake.member.email}", f"/users/pending@{northlake.domain}"):
        assert api.patch(path, {**GIVEN, "vanity_name": path[7:13], "dept": "Sales", "nobody_knows": 1}) == (204, None)
        found = api.get(path)[1]
        numbers = [{**number, "verified": False} for number in GIVEN["phone_numbers"]]
        assert {name: found[name] for name in GIVEN} == {**GIVEN, "phone_numbers": numbers, "vanity_name": path[7:13]} and found[
            "dept"
        ] == "Sales"
        assert "nobody_knows" not in found
    listed = {u["email"]: u for u in api.get("/users?include_fields=custom_attributes")[1]["users"]}
    assert (
        listed[northlake.member.email]["custom_attributes"] == GIVEN["custom_attributes"]
        and listed[northlake.member.email]["language"] == "de-DE"
    )
    assert "custom_attributes" not in listed[northlake.owner.email] and "custom_attributes" not in api.get("/users")[1]["users"][0]
    assert breaches() == []


def test_a_host_key_is_sealed(northlake: Company, api: Caller) -> None:
    """SECRET-01: returned to who may change people, and to nobody who may only see them; undone without having been readable."""
    path = f"/users/{northlake.member.email}"
    assert api.patch(path, {"host_key": "482913"})[0] == 204 and api.get(path)[1]["host_key"] == "482913"
    assert [u.get("host_key") for u in api.get("/users?include_fields=host_key")[1]["users"] if u["email"] == northlake.member.email] == [
        "482913"
    ]
    assert "482913" not in str(sql.rows("SELECT values::text FROM people_usersettings")) + str(
        sql.rows("SELECT params::text FROM journal_change")
    )
    do(northlake.owner, "access.create_role", {"name": "Desk", "privileges": ["people:user:view", "access:app:manage"]})
    key = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND name = 'Desk'", {"a": northlake.account})
    assert northlake.admin.user_id
    do(northlake.owner, "access.set_role", {"role": key, "subjects": one(northlake.admin.user_id)})
    desk = caller(actor_of(northlake.admin.user_id))
    assert desk.get(path)[0] == 200 and "host_key" not in desk.get(path)[1]
    number = sql.value("SELECT number FROM journal_change WHERE verb = 'people.store_settings'")
    undo.start_undo(northlake.owner, number)
    assert "host_key" not in api.get(path)[1]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"phone_numbers": [{}] * 4}, "phone_numbers"),
        ({"phone_numbers": [{"label": "Pager"}]}, "phone_numbers[0].label"),
        ({"custom_attributes": [{}] * 6}, "custom_attributes"),
        ({"custom_attributes": [{"key": 1}]}, "custom_attributes[0].key"),
        ({"host_key": "12345"}, "host_key"),
        ({"host_key": "12345678901"}, "host_key"),
        ({"host_key": "12345x"}, "host_key"),
        ({"pmi": 123}, "pmi"),
        ({"pmi": "1234567890"}, "pmi"),
        ({"company": "x" * 256}, "company"),
        ({"company": "a\x00"}, "company"),
        ({"pronouns_option": 4}, "pronouns_option"),
        ({"use_pmi": "true"}, "use_pmi"),
        ({"about_me": "see https://a.test"}, "about_me"),
        ({"linkedin_url": "https://linkedin.com.evil.example/"}, "linkedin_url"),
    ],
)
def test_what_is_wrong(northlake: Company, api: Caller, body: dict[str, Any], field: str) -> None:
    """MASS-08: 400 with code 300 and the field; nothing of the call is done."""
    status, told = api.patch(f"/users/{northlake.member.email}", {**body, "dept": "Sales"})
    assert (status, told["code"], told["errors"][0]["field"]) == (400, 300, field)
    assert api.get(f"/users/{northlake.member.email}")[1]["dept"] == ""


def test_a_vanity_name_is_one_persons(northlake: Company, southport: Company, api: Caller) -> None:
    """4100 for the name of somebody else here, in any case; another account knows nothing of it (TENANT-10)."""
    path = f"/users/{northlake.member.email}"
    assert api.patch(path, {"vanity_name": "ann"})[0] == 204 and api.patch(path, {"vanity_name": "ann"})[0] == 204
    status, told = api.patch(f"/users/{northlake.admin.email}", {"vanity_name": "ANN"})
    assert (status, told["code"]) == (400, 4100)
    assert caller(southport.owner).patch(f"/users/{southport.member.email}", {"vanity_name": "ann"})[0] == 204


def test_who_may(northlake: Company, southport: Company) -> None:
    """AUTHZ-05, TENANT-01: an admin changes nothing of the owner, and nobody elsewhere is there."""
    admin = caller(northlake.admin)
    assert admin.patch(f"/users/{northlake.owner.email}", {"company": "Acme"})[0] in (400, 403)
    assert admin.patch(f"/users/{southport.member.email}", {"company": "Acme"})[1]["code"] == 1001
    assert sql.value("SELECT count(*) FROM people_usersettings") == 0
