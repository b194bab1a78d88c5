"""Codes and refresh tokens used by many at the same moment (OAUTH-02): one is first, and nothing of the family outlives the others."""

from uuid import uuid4

import pytest

from tests.api.agreeing import HERE, VERIFIER, agree, app_for_people, call
from tests.people_of import Company, do
from tests.threads import at_once
from usher.access import consents, grants, tokens
from usher.core import sql

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 20


@pytest.mark.parametrize("what", ["code", "refresh token"])
def test_twenty_at_once(company: Company, what: str) -> None:
    """OAUTH-02: exactly one success; the others end everything, also what the first has just been given."""
    app = app_for_people(company.owner, redirects=[HERE])
    client = tokens.client(app.client_id, app.secret or "", "192.0.2.9")
    assert client is not None
    code = agree(company.member.user_id, app)["code"]
    token = "" if what == "code" else app.redeem(code)[1]["refresh_token"]

    def use() -> grants.Given | None:
        if token:
            return grants.renew(client, token, (), "192.0.2.9")
        return grants.redeem(client, code, HERE, VERIFIER, "192.0.2.9")

    told = at_once([use] * MANY)
    assert not [t for t in told if isinstance(t, Exception)]
    (given,) = [t for t in told if t is not None]
    assert call(given.access)[0] == 401 and app.renew(given.refresh)[0] == 400


@pytest.mark.parametrize("how", ["consent", "app"])
def test_used_while_it_ends(company: Company, how: str) -> None:
    """A renewal and the end of the consent, or of the app, at the same moment: whoever is first, nothing is left, and nobody sees a failure."""
    for _round in range(8):
        app = app_for_people(company.owner, redirects=[HERE])
        client = tokens.client(app.client_id, app.secret or "", "192.0.2.9")
        assert client is not None and company.member.user_id is not None
        token = app.redeem(agree(company.member.user_id, app)["code"])[1]["refresh_token"]
        (consent,) = consents.of_app(company.owner, app.id, 5)
        verb, params = ("access.end_consent", {"consent": consent["id"]}) if how == "consent" else ("access.delete_app", {"app": app.id})
        told = at_once(
            [
                lambda c=client, t=token: grants.renew(c, t, (), "192.0.2.9"),  # type: ignore[misc]
                lambda v=verb, p=params: do(company.owner, v, p, key=f"test:{uuid4()}"),  # type: ignore[misc]
            ]
        )
        assert not [t for t in told if isinstance(t, Exception)], told
        if told[0] is not None:
            assert call(told[0].access)[0] == 401
        assert not sql.value("SELECT count(*) FROM access_token WHERE consent_id = %(k)s", {"k": consent["id"]})
