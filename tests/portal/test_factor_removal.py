"""The Sign-in tab of a person: how they come in, and the way out for somebody who lost the phone."""

import pytest
from django.test import Client

from tests.people_of import Company
from tests.portal.factors_of import is_in, set_up_app
from tests.portal.test_fresh_sign_in import QUESTION, later
from tests.portal.test_import import confirm
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short

WORDS = "Remove second factors"


@pytest.fixture
def admin(db: None, northlake: Company) -> Client:
    return signed_in(northlake.admin.user_id)


def removal(user: object) -> str:
    return f"/people/factor-removals?ids={short(user)}"  # type: ignore[arg-type]


def tab(client: Client, user: object) -> str:
    return client.get(f"/people/{short(user)}/sign-in").content.decode()  # type: ignore[arg-type]


def test_it_works(admin: Client, northlake: Company) -> None:
    """ASVS 6.4.4: the tab shows what is set up; the plan says what ends; after it the password alone is enough."""
    member = signed_in(northlake.member.user_id)
    assert "No second factor is set up." in tab(admin, northlake.member.user_id)
    set_up_app(member)
    shown = tab(admin, northlake.member.user_id)
    assert "10 left" in shown and f'<a class="btn" href="{removal(northlake.member.user_id)}">{WORDS}</a>' in shown
    page = admin.get(removal(northlake.member.user_id)).content.decode()
    assert "will have no second factor any more." in page and "Make sure first that it is they who ask." in page
    assert confirm(admin, removal(northlake.member.user_id)).status_code == 303
    assert not is_in(member) and sql.value("SELECT count(*) FROM mfa_authenticator") == 0


def test_without_the_privilege(admin: Client, northlake: Company) -> None:
    """AUTHZ-05: closed with the reason on the page of somebody above, and refused when asked for anyway."""
    assert signed_in(northlake.member.user_id).get(removal(northlake.admin.user_id)).status_code == 403
    set_up_app(signed_in(northlake.owner.user_id))
    assert f'title="Only the owner can change an admin or the owner.">{WORDS}</span>' in tab(admin, northlake.owner.user_id)
    assert admin.get(removal(northlake.owner.user_id)).status_code == 403


def test_another_account_is_not_there(admin: Client, southport: Company) -> None:
    """TENANT-01"""
    set_up_app(signed_in(southport.member.user_id))
    assert admin.get(f"/people/{short(southport.member.user_id)}/sign-in").status_code == 404  # type: ignore[arg-type]
    assert "0\u00a0people" in admin.get(removal(southport.member.user_id)).content.decode()


def test_wrong_method(admin: Client) -> None:
    assert admin.put("/people/factor-removals").status_code == 405


def test_it_asks_who_it_is(admin: Client, northlake: Company) -> None:
    """SESSION-12: sixteen minutes after the sign-in the answer is the question, and nothing was done."""
    set_up_app(signed_in(northlake.member.user_id))
    with later():
        assert QUESTION in confirm(admin, removal(northlake.member.user_id)).content.decode()
    assert sql.value("SELECT count(*) FROM mfa_authenticator WHERE type = 'totp'") == 1
