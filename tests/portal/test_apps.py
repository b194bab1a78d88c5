"""API apps in the portal: made with the secret shown once, changed, rotated, switched off and on, deleted."""

import re

import pytest
from django.test import Client

from tests.people_of import Company, do
from tests.signed_in import signed_in
from usher.access import api_apps, app_calls, tokens
from usher.core import sql
from usher.core.ids import short, unshort, uuid7

APPS = "/account/apps"


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def made(company: Company) -> str:
    """The address of an app of the owner's."""
    return f"{APPS}/{short(api_apps.make(company.owner, 'HR sync', 'all', f'test:{uuid7()}')[0])}"


def secret_in(page: str) -> str:
    return re.findall(r"<bdi>([\w-]+)</bdi>", page)[2]


def test_it_works(owner: Client, northlake: Company) -> None:
    """Issue 6: the secret stands on one answer only, and works; a second press of the form shows it no more (AUTHZ-16, SECRET-01)."""
    form = {"name": "HR sync", "which": "some", "scopes": "user:read:admin", "key": "abc"}
    answer = owner.post(f"{APPS}/new", form).content.decode()
    secret, id = secret_in(answer), sql.value("SELECT id FROM access_app WHERE account_id = %(a)s", {"a": northlake.account})
    assert tokens.client(short(id), secret, "192.0.2.9") and "shown this once" in answer
    again = owner.post(f"{APPS}/new", form).content.decode()
    assert "This form was sent before" in again and secret not in again
    for page in (APPS, f"{APPS}/{short(id)}", "/activity", f"/changes/{sql.value('SELECT max(number) FROM journal_change')}"):
        assert secret not in owner.get(page).content.decode()
    assert "HR sync" in owner.get(APPS).content.decode() and "1 scope" in owner.get(APPS).content.decode().replace("\u00a0", " ")


def test_without_the_privilege(db: None, northlake: Company) -> None:
    """AUTHZ-20, S0-5."""
    member, app = signed_in(northlake.member.user_id), made(northlake)
    for path in (APPS, f"{APPS}/new", app, f"{app}/secret", f"{app}/holder", f"{app}/deletion"):
        assert member.get(path).status_code == 403
    assert member.post(f"{app}/state", {"on": "no"}).status_code == 403


def test_another_account_gets_404(db: None, northlake: Company, southport: Company) -> None:
    """TENANT-01."""
    stranger, app = signed_in(southport.owner.user_id), made(northlake)
    for path in (app, f"{app}/secret", f"{app}/holder", f"{app}/deletion"):
        assert stranger.get(path).status_code == 404
        assert stranger.post(path, {"key": "x"}).status_code == 404
    assert stranger.post(f"{app}/state", {"on": "no"}).status_code == 404


def test_wrong_methods(owner: Client, northlake: Company) -> None:
    app = made(northlake)
    assert owner.get(f"{app}/state").status_code == 405
    assert owner.post(APPS).status_code == 405
    assert owner.put(app).status_code == 405


def test_what_is_wrong_is_said_at_its_field(owner: Client) -> None:
    answer = owner.post(f"{APPS}/new", {"name": "", "which": "all", "key": "a"})
    assert answer.status_code == 422 and "An app needs a name" in answer.content.decode()
    answer = owner.post(f"{APPS}/new", {"name": "A", "which": "some", "scopes": "people:fly", "key": "b"})
    assert answer.status_code == 422 and "people:fly" in answer.content.decode()


def test_changed_rotated_switched_and_deleted(owner: Client, northlake: Company) -> None:
    """OAUTH-18: a new secret beside the old one; off and on; gone for good after its name is typed."""
    app = made(northlake)
    owner.post(app, {"name": "Payroll", "which": "some", "scopes": "user:read:admin", "key": "c"})
    assert "Payroll" in owner.get(app).content.decode()
    assert "stays good for a day" in owner.get(f"{app}/secret").content.decode()
    secret = secret_in(owner.post(f"{app}/secret", {"key": "d"}).content.decode())
    assert tokens.client(app[-22:], secret, "192.0.2.9") and "is good until" in owner.get(app).content.decode()
    owner.post(f"{app}/state", {"on": "no", "key": "e"})
    assert tokens.client(app[-22:], secret, "192.0.2.9") is None
    owner.post(f"{app}/state", {"on": "yes", "key": "f"})
    assert tokens.client(app[-22:], secret, "192.0.2.9")
    page = owner.get(f"{app}/deletion").content.decode()
    form = dict(re.findall(r'<input type="hidden" name="(digest|key)" value="([^"]*)"', page))
    assert "Payroll" in page
    typed = owner.post(f"{app}/deletion", {**form, "typed": "payroll"})
    assert typed.status_code == 303 and owner.get(app).status_code == 404


def test_an_admin_sees_the_owners_app_but_does_not_lend_its_rights(db: None, northlake: Company) -> None:
    """AUTHZ-04."""
    admin, app = signed_in(northlake.admin.user_id), made(northlake)
    page = admin.get(app).content.decode()
    assert "Only who created the app and the owner" in page and f"{app}/secret" not in page
    assert admin.post(f"{app}/secret", {"key": "x"}).status_code == 403
    assert admin.post(f"{app}/state", {"on": "no", "key": "y"}).status_code == 303


def test_handed_over_by_a_plan(owner: Client, northlake: Company) -> None:
    """Issue 6: the question, the plan, and then it works with the rights of somebody else; an admin is not offered the owner."""
    app, admin = made(northlake), northlake.admin
    assert admin.user_id is not None
    assert admin.email in owner.get(f"{app}/holder").content.decode()
    page = owner.get(f"{app}/holder", {"to": short(admin.user_id)}).content.decode()
    assert f"will work with the rights of {admin.name}" in page and "stay good" in page
    form = dict(re.findall(r'<input type="hidden" name="(digest|key)" value="([^"]*)"', page))
    assert owner.post(f"{app}/holder?to={short(admin.user_id)}", form).status_code == 303
    assert f"Works with the rights of {admin.name}" in owner.get(app).content.decode()
    assert northlake.owner.email not in signed_in(admin.user_id).get(f"{app}/holder").content.decode()


def test_the_plan_of_leaving_tells_of_apps(owner: Client, northlake: Company) -> None:
    """F14: what stops with a leaver is said before; of an app that is off, or handed over, nothing."""
    assert northlake.member.user_id is not None
    path = f"/people/{short(northlake.member.user_id)}/deactivation"
    for name in ("HR sync", "Import"):
        api_apps.make(northlake.operator, name, "all", f"test:{uuid7()}", creator=northlake.member.user_id)
    assert "2 that they answer for stop." in owner.get(path).content.decode().replace("\u00a0", " ")
    app = sql.value("SELECT id FROM access_app WHERE name = 'Import'")
    do(northlake.owner, "access.hand_over_app", {"app": app, "to": str(northlake.owner.user_id)})
    assert "1 that they answer for stops." in owner.get(path).content.decode().replace("\u00a0", " ")
    do(northlake.owner, "access.edit_app", {"app": sql.value("SELECT id FROM access_app WHERE name = 'HR sync'"), "is_on": False})
    assert "answer for" not in owner.get(path).content.decode()


def test_calls_are_on_its_page(owner: Client, northlake: Company) -> None:
    """Issue 6: a chart that is a table without JavaScript, and a sentence where there was no call yet."""
    app = made(northlake)
    assert "has not called" in owner.get(app).content.decode()
    for _n in range(3):
        app_calls.count(unshort(app[-22:]))
    app_calls.write()
    page = owner.get(app).content.decode()
    assert "3 calls in the last 30 days, at most 3 a day" in page and page.count("<tr data-day=") == 30
