"""Agreeing to an app in the portal, and its end (OAUTH-04, OAUTH-05, OAUTH-14, OAUTH-21)."""

from urllib.parse import quote, urlencode

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.api.agreeing import HERE, Asking, agree, app_for_people, call, tokens_for, told_at
from tests.api.caller import app_of
from tests.people_of import PASSWORD, Company, do
from tests.signed_in import signed_in
from usher.access import consents
from usher.core import sql
from usher.core.ids import short, unshort

ASK = "/oauth/authorize"
OWN = ["user:read:user", "user:read:admin"]
EVIL = [
    HERE + ".evil.tld",
    "https://portalaexample.com/callback",
    "https://user@portal.example.com/callback",
    HERE + "/../other",
    "https://portal.example.com:8443/callback",
    "https://PORTAL.example.com/callback",
    "https://portal.example.com/Callback",
    HERE + "#code",
    HERE + "%2f",
    "http://portal.example.com/callback",
    HERE + "?a=b",
    HERE + "/",
    "//portal.example.com/callback",
    "",
]


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


def consent_of(company: Company, app: Asking) -> str:
    return short(sql.value("SELECT id FROM access_consent WHERE app_id = %(i)s", {"i": app.id}))


def test_it_works(northlake: Company) -> None:
    """OAUTH-21, ASVS 10.7.1: who asks, for what, in words, and where it goes on; framed nowhere; nothing has happened before the button."""
    app = app_for_people(northlake.owner, OWN)
    browser = signed_in(northlake.admin.user_id)
    page = browser.get(ASK, app.asked())
    text = page.content.decode()
    assert (
        "Phone book wants to work for you" in text
        and "see users" in text
        and "see your own profile" in text
        and northlake.owner.email in text
    )
    policy = page["Content-Security-Policy"]
    assert (
        "form-action 'self' https://portal.example.com;" in policy
        and "frame-ancestors 'none'" in policy
        and page["X-Frame-Options"] == "DENY"
    )
    assert not sql.value("SELECT count(*) FROM access_consent")
    assert agree(northlake.admin.user_id, app).keys() == {"code", "state"}
    member = signed_in(northlake.member.user_id).get(ASK, app.asked()).content.decode()
    assert "see users" not in member and "see your own profile" in member


def test_without_the_privilege(northlake: Company) -> None:
    """OAUTH-21: whose role may nothing of what is asked for has no button; a no goes back as a no, and a yes sent anyway gives nothing."""
    app = app_for_people(northlake.owner, ["user:read:admin"])
    browser = signed_in(northlake.member.user_id)
    page = browser.get(ASK, app.asked()).content.decode()
    assert "nothing to agree to" in page and 'value="yes"' not in page
    assert browser.post(ASK, {**app.asked(), "answer": "yes"}).status_code == 403
    told = told_at(browser.post(ASK, {**app.asked(), "answer": "no"}), app)  # type: ignore[arg-type]
    assert told == {"error": "access_denied", "error_description": "the person said no", "state": "x y&z"}
    consent = consents_of_admin(northlake)
    assert browser.post(f"/account/consents/{consent}/end").status_code == 403
    assert browser.post(f"/me/apps/{consent}/end").status_code == 404


def consents_of_admin(company: Company) -> str:
    app = app_for_people(company.owner, OWN)
    agree(company.admin.user_id, app)
    return consent_of(company, app)


def test_another_account_gets_404(northlake: Company, southport: Company) -> None:
    """TENANT-05: an app asks only the people of its own account."""
    app, stranger = app_for_people(northlake.owner), signed_in(southport.owner.user_id)
    agree(northlake.member.user_id, app)
    assert stranger.get(ASK, app.asked()).status_code == 404
    assert stranger.post(ASK, {**app.asked(), "answer": "yes"}).status_code == 404
    for path in (f"/me/apps/{consent_of(northlake, app)}/end", f"/account/consents/{consent_of(northlake, app)}/end"):
        assert stranger.post(path).status_code == 404


def test_wrong_methods(northlake: Company) -> None:
    browser = signed_in(northlake.owner.user_id)
    assert browser.put(ASK).status_code == 405 and browser.post("/me/apps").status_code == 405
    assert browser.get(f"/me/apps/{short(northlake.account)}/end").status_code == 405
    guarded = Client(enforce_csrf_checks=True)
    guarded.cookies = browser.cookies
    assert guarded.post(ASK, {**app_for_people(northlake.owner).asked(), "answer": "yes"}).status_code == 403


@pytest.mark.parametrize("address", EVIL)
def test_near_misses_of_the_address(northlake: Company, address: str) -> None:
    """OAUTH-04: an error page, and nothing is sent anywhere, neither when it is asked nor when the form is."""
    app, browser = app_for_people(northlake.owner), signed_in(northlake.owner.user_id)
    asked = {**app.asked(), "redirect_uri": address}
    for answer in (browser.get(ASK, asked), browser.post(ASK, {**asked, "answer": "yes"})):
        assert answer.status_code == 422 and "Location" not in answer


def test_what_stands_twice(northlake: Company) -> None:
    """OAUTH-04, MASS-05: two addresses, the good one first or last."""
    app, browser = app_for_people(northlake.owner), signed_in(northlake.owner.user_id)
    for other in (f"{urlencode(app.asked())}&redirect_uri={quote('https://evil.example/')}", f"state=a&{urlencode(app.asked())}"):
        answer = browser.get(f"{ASK}?{other}")
        assert answer.status_code == 422 and "Location" not in answer


def test_no_address_was_registered(northlake: Company) -> None:
    """OAUTH-05: an app that works for its creator has none, and none is taken from whoever comes first."""
    browser, id = signed_in(northlake.owner.user_id), app_of(northlake.owner)[0]
    asked = {**app_for_people(northlake.owner).asked(), "client_id": id}
    assert browser.get(ASK, asked).status_code == 404
    assert sql.value("SELECT redirects FROM access_app WHERE id = %(i)s", {"i": unshort(id)}) == []


@pytest.mark.parametrize("kind", ["token", "id_token", "code token", ""])
def test_other_kinds_of_answer(northlake: Company, kind: str) -> None:
    """OAUTH-14: no implicit grant: the app is told so at its address, without a token."""
    app = app_for_people(northlake.owner)
    told = told_at(signed_in(northlake.owner.user_id).get(ASK, app.asked(response_type=kind)), app)  # type: ignore[arg-type]
    assert told["error"] == "unsupported_response_type" and told.keys() == {"error", "error_description", "state"}


def test_changed_parameters(northlake: Company) -> None:
    """OAUTH-14: what the form sends is looked at anew: no scope the app has not, no address it has not."""
    app, browser = app_for_people(northlake.owner, OWN), signed_in(northlake.owner.user_id)
    told = told_at(browser.post(ASK, {**app.asked(scope="group:write:admin"), "answer": "yes"}), app)  # type: ignore[arg-type]
    assert told["error"] == "invalid_scope"
    other = {**app.asked(), "redirect_uri": "https://evil.example/", "answer": "yes"}
    assert browser.post(ASK, other).status_code == 422


def test_sign_in_first_and_back(northlake: Company) -> None:
    """A stranger signs in and comes back to the question, also when the app wrote its address as it stands."""
    app = app_for_people(northlake.owner)
    for address in (f"{ASK}?{urlencode(app.asked())}", f"{ASK}?response_type=code&client_id={app.client_id}&redirect_uri={HERE}"):
        stranger = Client()
        first = stranger.get(address)
        assert first.status_code == 302 and first["Location"].startswith("/sign-in?next=")
        form = {"email": northlake.member.email, "password": PASSWORD, "next": address}
        answer: HttpResponse = stranger.post("/sign-in", form)  # type: ignore[assignment]
        assert answer.status_code == 302 and answer["Location"] == address
        assert stranger.get(address).status_code in (200, 303)


def test_an_old_session_is_asked_again(northlake: Company) -> None:
    """SESSION-12, ASVS 7.5.3: who it is must have been shown lately, for this lasts longer than a session."""
    app, browser = app_for_people(northlake.owner), signed_in(northlake.owner.user_id)
    session = browser.session
    session["usher_proved"] -= 3600
    session.save()
    answer = browser.get(ASK, app.asked())
    assert answer.status_code == 302 and answer["Location"].startswith("/me/confirm?next=")


def test_the_own_page(northlake: Company) -> None:
    """ASVS 10.7.3: what works for me, what it may, and its end, at once; of others nothing."""
    app, browser = app_for_people(northlake.owner, OWN), signed_in(northlake.member.user_id)
    assert "No app works for you" in browser.get("/me/apps").content.decode()
    body = tokens_for(northlake.member.user_id, app)
    page = browser.get("/me/apps").content.decode()
    assert "Phone book" in page and "see your own profile" in page
    assert "Phone book" not in signed_in(northlake.admin.user_id).get("/me/apps").content.decode()
    assert browser.post(f"/me/apps/{consent_of(northlake, app)}/end")["Location"] == "/me/apps"
    assert call(body["access_token"])[0] == 401 and "No app works for you" in browser.get("/me/apps").content.decode()


def test_the_page_of_the_app(northlake: Company) -> None:
    """Who manages apps sees for whom one works, and ends it."""
    app, admin = app_for_people(northlake.owner, OWN), signed_in(northlake.admin.user_id)
    path = f"/account/apps/{app.client_id}"
    assert "Nobody has agreed to it yet" in admin.get(path).content.decode()
    body = tokens_for(northlake.member.user_id, app)
    assert northlake.member.name in admin.get(path).content.decode()
    assert admin.post(f"/account/consents/{consent_of(northlake, app)}/end")["Location"] == path
    assert call(body["access_token"])[0] == 401 and consents.of_app(northlake.owner, app.id, 5) == []


def test_made_and_changed_in_the_portal(northlake: Company) -> None:
    """An app for people by the form: its addresses, a public one without a secret; and what is wrong stands at its field."""
    owner = signed_in(northlake.owner.user_id)
    form = {"name": "Book", "works_for": "people", "redirects": HERE, "which": "all", "key": "k1"}
    assert "shown this once" in owner.post("/account/apps/new", form).content.decode()
    public = owner.post("/account/apps/new", {**form, "is_public": "yes", "key": "k2"}).content.decode()
    assert "A public app has no secret" in public and "Client secret" not in public
    wrong = owner.post("/account/apps/new", {**form, "redirects": "http://x.example/", "key": "k3"})
    assert wrong.status_code == 422 and "cannot be a redirect address" in wrong.content.decode()
    id = sql.value("SELECT id FROM access_app WHERE NOT is_public AND for_people")
    changed = {"name": "Book", "redirects": f"{HERE}\r\n{HERE}2", "which": "all", "key": "k4"}
    assert owner.post(f"/account/apps/{short(id)}", changed).status_code == 303
    assert sql.value("SELECT redirects FROM access_app WHERE id = %(i)s", {"i": id}) == [HERE, HERE + "2"]


def test_somebody_else_s_app_is_only_renamed(northlake: Company) -> None:
    """AUTHZ-04: the form of who may not change scopes and addresses does not send them, and nothing of them changes."""
    app, admin = app_for_people(northlake.owner, OWN), signed_in(northlake.admin.user_id)
    assert admin.post(f"/account/apps/{app.client_id}", {"name": "Other", "key": "k"}).status_code == 303
    assert sql.row("SELECT name, scopes FROM access_app WHERE id = %(i)s", {"i": app.id}) == {"name": "Other", "scopes": sorted(OWN)}
    do(northlake.owner, "access.edit_app", {"app": app.id, "is_on": False})
    assert signed_in(northlake.owner.user_id).get(ASK, app.asked()).status_code == 404
