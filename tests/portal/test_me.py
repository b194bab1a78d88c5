"""Me: everybody's own page and own settings."""

import pytest
from django.test import Client

from tests.people_of import Company
from tests.signed_in import signed_in
from usher.core import sql


@pytest.fixture
def member(db: None, northlake: Company) -> Client:
    return signed_in(northlake.member.user_id)


def kept(company: Company) -> dict[str, object]:
    found = sql.row("SELECT theme, single_keys, mail_when_done FROM people_user WHERE id = %(u)s", {"u": company.member.user_id})
    assert found is not None
    return found


def test_it_works(member: Client, northlake: Company) -> None:
    """The form says all of it; what is saved holds in every browser, before the first paint."""
    form = {
        "time_zone": "Asia/Tokyo",
        "theme": "dark",
        "language": "en",
        "single_keys": ["off", "on"],
        "mail_when_done": "off",
        "said": "yes",
        "next": "/me",
    }
    answer = member.post("/me/settings", form)
    assert (answer.status_code, answer["Location"]) == (303, "/me")
    assert kept(northlake) == {"theme": "dark", "single_keys": True, "mail_when_done": False}
    assert sql.value("SELECT time_zone FROM people_user WHERE id = %(u)s", {"u": northlake.member.user_id}) == "Asia/Tokyo"
    elsewhere = signed_in(northlake.member.user_id).get("/me").content.decode()
    assert 'data-bs-theme="dark"' in elsewhere and "data-keys-off" not in elsewhere
    assert "Your settings are saved." in member.get("/me").content.decode()


def test_a_stranger_is_sent_to_sign_in(client: Client, db: None) -> None:
    assert client.post("/me/settings", {"theme": "dark"})["Location"].startswith("/sign-in")
    assert 'data-bs-theme="auto"' in client.get("/sign-in").content.decode()


def test_nobody_else_is_touched(member: Client, northlake: Company, southport: Company) -> None:
    """TENANT-01"""
    member.post("/me/settings", {"theme": "dark", "user": str(southport.member.user_id)})
    for other in (northlake.admin, southport.member):
        assert 'data-bs-theme="auto"' in signed_in(other.user_id).get("/me").content.decode()


def test_wrong_method(member: Client) -> None:
    assert member.get("/me/settings").status_code == 405


@pytest.mark.parametrize("odd", [{"theme": "<script>"}, {"single_keys": "maybe"}, {"mail_when_done": ""}, {}])
def test_what_is_no_choice_changes_nothing(member: Client, northlake: Company, odd: dict[str, str]) -> None:
    before = kept(northlake)
    assert member.post("/me/settings", odd).status_code == 303
    assert kept(northlake) == before
