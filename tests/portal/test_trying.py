"""A call of the API from a page: chosen, filled in, asked about when it changes something, sent with an app of one's own."""

import html

import pytest
from django.conf import settings
from django.test import Client

from tests.people_of import Company
from tests.signed_in import signed_in
from usher.access import api_apps
from usher.core import sql
from usher.core.ids import short, uuid7


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def page_of(company: Company, scopes: str = "all") -> str:
    """The address for an app of the owner's."""
    return f"/account/apps/{short(api_apps.make(company.owner, 'HR sync', scopes, f'test:{uuid7()}')[0])}/try"


def said(client: Client, path: str, **form: str) -> str:
    return html.unescape(client.post(path, form).content.decode())


def test_it_works(owner: Client, northlake: Company) -> None:
    """The answer of a read with its status, headers, body and the line for a shell, which has no token in it; none is left behind."""
    path = page_of(northlake)
    first = html.unescape(owner.get(path).content.decode())
    assert "GET /users" in first and "DELETE /users/{userId}" in first
    answer = said(owner, f"{path}?call=GET /users/{{userId}}", **{"path.userId": northlake.member.email})
    assert "200 OK" in answer and f'"email": "{northlake.member.email}"' in answer and "X-RateLimit-Limit: 80" in answer
    assert f'curl -H "Authorization: Bearer $TOKEN" {settings.BASE_URL}/v2/users/{northlake.member.email}' in answer
    assert not sql.value("SELECT count(*) FROM access_token")


def test_a_write_asks_first(owner: Client, northlake: Company) -> None:
    """Nothing is sent before the second press; sent twice it is done once, and it stands in Activity with the app's name."""
    path, body = f"{page_of(northlake)}?call=POST /groups", '{"name": "Made here"}'
    asked = said(owner, path, body=body)
    groups = "SELECT count(*) FROM people_group WHERE name = 'Made here'"
    assert "Nothing has been sent yet" in asked and body in asked and not sql.value(groups)
    for _press in range(2):
        assert "201 Created" in said(owner, path, body=body, sure="yes", key="abc")
    assert sql.value(groups) == 1
    assert sql.value("SELECT actor_name FROM journal_change ORDER BY number DESC LIMIT 1").startswith("HR sync (")


def test_it_may_what_the_app_may(owner: Client, northlake: Company) -> None:
    """AUTHZ-07: a scope the app lacks is lacking here; what is no body, no path and no call is answered as for any program."""
    path = page_of(northlake, "user:read:admin")
    assert '"code": 4711' in said(owner, f"{path}?call=POST /groups", body="{}", sure="yes")
    assert '"code": 2300' in said(owner, f"{path}?call=GET /users/{{userId}}", **{"path.userId": "../groups?x#"})
    assert '"code": 300' in said(owner, f"{page_of(northlake)}?call=POST /groups", body="{", sure="yes")
    assert "GET /users" in owner.get(f"{path}?call=nonsense").content.decode()


def test_without_the_privilege(db: None, northlake: Company) -> None:
    assert signed_in(northlake.member.user_id).get(page_of(northlake)).status_code == 403


def test_anothers_app_is_not_here(db: None, northlake: Company, southport: Company) -> None:
    """TENANT-01, decision 0062: only who created an app works with its rights; another account's does not exist."""
    path = page_of(northlake)
    assert signed_in(northlake.admin.user_id).get(path).status_code == 404
    assert signed_in(southport.owner.user_id).get(path).status_code == 404


def test_other_methods_do_nothing(owner: Client, northlake: Company) -> None:
    assert owner.put(page_of(northlake)).status_code == 405
