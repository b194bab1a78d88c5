"""The address of one person, changed on a form."""

import pytest
from django.test import Client

from tests.lifecycle.test_managed_domain import manages
from tests.people_of import Company
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(northlake: Company) -> Client:
    return signed_in(northlake.admin.user_id)


def page_of(company: Company) -> str:
    return f"/people/{short(company.member.user_id)}/address"  # type: ignore[arg-type]


def test_it_works(admin: Client, northlake: Company) -> None:
    """S1-12, behaviour.md A: by the page and by the dialog; a second press does it once."""
    manages(northlake)
    path = page_of(northlake)
    assert f"At {northlake.domain}." in admin.get(path).content.decode()
    for _press in range(2):
        answer = admin.post(path, {"email": f"mia@{northlake.domain}", "key": "k1"})
        assert (answer.status_code, answer["Location"]) == (303, path.removesuffix("/address"))
    assert sql.value("SELECT email FROM people_user WHERE id = %(u)s", {"u": northlake.member.user_id}) == f"mia@{northlake.domain}"
    dialog = admin.post(path, {"email": f"mia.b@{northlake.domain}", "key": "k2"}, headers={"hx-request": "true"})
    assert dialog["HX-Redirect"] == path.removesuffix("/address")


@pytest.mark.parametrize(
    ("email", "words"), [("mia@else.test", "managed domain"), ("admin@{domain}", "not free"), ("x", "not an e-mail address")]
)
def test_what_cannot_be_is_told_at_the_field(admin: Client, northlake: Company, email: str, words: str) -> None:
    """MAIL-06, R11"""
    manages(northlake)
    answer = admin.post(page_of(northlake), {"email": email.format(domain=northlake.domain), "key": "k"})
    assert answer.status_code == 422 and words in answer.content.decode() and 'aria-invalid="true"' in answer.content.decode()


def test_without_a_managed_domain(admin: Client, northlake: Company) -> None:
    assert "This account manages no domain." in admin.get(page_of(northlake)).content.decode()


def test_without_the_privilege(northlake: Company, admin: Client) -> None:
    """AUTHZ-05, AUTHZ-20: nor an admin for the owner."""
    assert signed_in(northlake.member.user_id).get(page_of(northlake)).status_code == 403
    assert admin.get(f"/people/{short(northlake.owner.user_id)}/address").status_code == 403  # type: ignore[arg-type]


def test_another_account_gets_404(admin: Client, southport: Company) -> None:
    """TENANT-03"""
    assert admin.get(page_of(southport)).status_code == 404 == admin.post(page_of(southport), {"email": "a@b.test"}).status_code


def test_wrong_method(admin: Client, northlake: Company) -> None:
    assert admin.delete(page_of(northlake)).status_code == 405
