"""Authorization codes with PKCE, and refresh tokens: an app works for whoever agreed to it (README of the contract, section 2; RFC 6749, 7636, 9700)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.api.agreeing import CHALLENGE, HERE, VERIFIER, Asking, agree, app_for_people, call, challenge_of, tokens_for, told_at
from tests.api.caller import app_of
from tests.api.test_oauth import INVALID_CLIENT
from tests.api.test_oauth import ask as ask_as
from tests.people_of import Company, actor_of, breaches, do, one
from tests.signed_in import signed_in
from usher.access import consents, grants, own, tokens
from usher.core import clock, sql
from usher.core.ids import unshort

BAD_CODE = {"reason": "Invalid authorization code", "error": "invalid_grant"}
BAD_TOKEN = {"reason": "Invalid Token!", "error": "invalid_grant"}
OWN = ["user:read:user", "user:read"]


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


def test_it_works(northlake: Company) -> None:
    """S4-33, README 2: page, code, tokens; a member reads themselves as `me`, and nobody else; nothing of a code or token is readable (SECRET-01)."""
    app = app_for_people(northlake.owner, OWN)
    told = agree(northlake.member.user_id, app)
    assert told.keys() == {"code", "state"} and told["state"] == "x y&z"
    status, body = app.redeem(told["code"])
    assert status == 200 and body.keys() == {"access_token", "refresh_token", "token_type", "expires_in", "scope", "api_url"}
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("bearer", 3600, "user:read user:read:user")
    assert call(body["access_token"])[1]["email"] == northlake.member.email
    assert call(body["access_token"], "/users/me/permissions")[0] == 200
    for path in ("/users", f"/users/{northlake.owner.email}", f"/users/{northlake.member.email}", "/groups"):
        assert call(body["access_token"], path)[1]["code"] == 4711, path
    kept = (
        str(sql.rows("SELECT * FROM access_code"))
        + str(sql.rows("SELECT * FROM access_refreshtoken"))
        + str(sql.rows("SELECT * FROM journal_change"))
    )
    assert not any(secret in kept for secret in (told["code"], body["refresh_token"], body["access_token"])) and breaches() == []


def test_it_may_what_both_may(northlake: Company) -> None:
    """AUTHZ-07, AUTHZ-08, OAUTH-21: the scopes of the app and the rights of the person, whichever is less, at every request."""
    app = app_for_people(northlake.owner, ["user:read:admin", "user:read:user", "group:read:admin"])
    assert northlake.admin.user_id is not None
    body = tokens_for(northlake.admin.user_id, app)
    assert body["scope"] == "group:read:admin user:read:admin user:read:user"
    assert call(body["access_token"], "/users")[0] == 200
    do(northlake.owner, "access.edit_app", {"app": app.id, "scopes": ["user:read:user"]})
    assert call(body["access_token"], "/users")[1]["code"] == 4711
    do(northlake.owner, "access.edit_app", {"app": app.id, "scopes": "all"})
    assert call(body["access_token"], "/users")[0] == 200
    do(northlake.owner, "access.set_role", {"role": "member", "subjects": one(northlake.admin.user_id)})
    assert call(body["access_token"], "/users")[0] == 403 and call(body["access_token"])[0] == 200
    assert tokens_for(northlake.member.user_id, app, scope="user:read:admin user:read:user")["scope"] == "user:read:user"


def test_an_app_asks_for_less(northlake: Company) -> None:
    """RFC 6749, 3.3: scope narrows what is asked for; what the app does not have is refused at its address."""
    app = app_for_people(northlake.owner, ["user:read:admin", "user:read:user"])
    assert tokens_for(northlake.owner.user_id, app, scope="user:read:user")["scope"] == "user:read:user"
    told = told_at(signed_in(northlake.owner.user_id).get("/oauth/authorize", app.asked(scope="group:write:admin")), app)  # type: ignore[arg-type]
    assert told["error"] == "invalid_scope" and "code" not in told


@pytest.mark.parametrize(
    "wrong", [{"code_verifier": ""}, {"code_verifier": CHALLENGE}, {"code_verifier": "x" * 43}, {"redirect_uri": HERE + "/"}]
)
def test_without_the_proof(northlake: Company, wrong: dict[str, str]) -> None:
    """OAUTH-06: no verifier, the challenge itself, another one; another address. The code is not used up by whoever cannot prove it."""
    app = app_for_people(northlake.owner)
    code = agree(northlake.owner.user_id, app)["code"]
    assert app.redeem(code, **wrong) == (400, BAD_CODE)
    assert app.redeem(code)[0] == 200


@pytest.mark.parametrize(
    ("is_public", "more", "fine"),
    [
        (True, {"code_challenge": "", "code_challenge_method": ""}, False),
        (True, {"code_challenge_method": ""}, False),
        (True, {"code_challenge_method": "plain"}, False),
        (True, {}, True),
        (False, {"code_challenge_method": "S512"}, False),
        (False, {"code_challenge": ""}, False),
        (False, {"code_challenge": "short"}, False),
        (False, {"code_challenge": "", "code_challenge_method": ""}, True),
    ],
)
def test_who_has_to_use_pkce(northlake: Company, is_public: bool, more: dict[str, str], fine: bool) -> None:
    """OAUTH-06, ASVS 10.4.6: a public app with S256; one with a secret may leave it out, and then a verifier nobody asked for is refused."""
    app = app_for_people(northlake.owner, is_public=is_public)
    answer = signed_in(northlake.owner.user_id).get("/oauth/authorize", app.asked(**more))
    if not fine:
        assert told_at(answer, app)["error"] == "invalid_request"  # type: ignore[arg-type]
        return
    code = agree(northlake.owner.user_id, app, **more)["code"]
    if "code_challenge" in more:
        assert app.redeem(code) == (400, BAD_CODE)
        assert app.redeem(code, code_verifier="")[0] == 200
    else:
        assert app.redeem(code)[0] == 200


def test_plain_is_for_apps_with_a_secret(northlake: Company) -> None:
    """README 2 (S256 or plain): `plain` is what a challenge without a method means (RFC 7636, 4.3)."""
    app = app_for_people(northlake.owner)
    for method in ("plain", ""):
        code = agree(northlake.owner.user_id, app, code_challenge=VERIFIER, code_challenge_method=method)["code"]
        assert app.redeem(code, code_verifier=challenge_of(VERIFIER)) == (400, BAD_CODE)
        assert app.redeem(code)[0] == 200


def test_a_code_is_good_once_and_for_five_minutes(northlake: Company) -> None:
    """ASVS 10.4.2, 10.4.3: a second use ends what the first gave; an old one is nothing."""
    app = app_for_people(northlake.owner)
    code = agree(northlake.owner.user_id, app)["code"]
    body = app.redeem(code)[1]
    assert call(body["access_token"])[0] == 200
    assert app.redeem(code) == (400, BAD_CODE)
    assert call(body["access_token"])[0] == 401 and app.renew(body["refresh_token"]) == (400, BAD_TOKEN)
    late = agree(northlake.owner.user_id, app)["code"]
    with clock.travel(clock.now() + consents.CODE_LIFE + timedelta(seconds=1)):
        assert app.redeem(late) == (400, BAD_CODE)


def test_a_refresh_token_is_good_once(northlake: Company) -> None:
    """OAUTH-02, ASVS 10.4.5: each gives the next; one that was used ends its family, and no other consent's."""
    app = app_for_people(northlake.owner)
    first, other = tokens_for(northlake.owner.user_id, app), tokens_for(northlake.owner.user_id, app)
    status, second = app.renew(first["refresh_token"])
    assert status == 200 and second["refresh_token"] != first["refresh_token"] and call(second["access_token"])[0] == 200
    assert app.renew(first["refresh_token"]) == (400, BAD_TOKEN)
    assert app.renew(second["refresh_token"]) == (400, BAD_TOKEN) and call(second["access_token"])[0] == 401
    assert app.renew(other["refresh_token"])[0] == 200


def test_a_refresh_token_of_another_database(northlake: Company) -> None:
    """OAUTH-03: a row that a backup brought into another database, where nobody knows what was used since, gives nothing."""
    app = app_for_people(northlake.owner)
    body = tokens_for(northlake.owner.user_id, app)
    here = sql.value("SELECT place FROM access_refreshtoken")
    assert here.count("/") == 1 and here.endswith("/" + sql.value("SELECT oid::text FROM pg_database WHERE datname = current_database()"))
    sql.execute("UPDATE access_refreshtoken SET place = '7123/16384'")
    assert app.renew(body["refresh_token"]) == (400, BAD_TOKEN)
    sql.execute("UPDATE access_refreshtoken SET place = %(p)s", {"p": here})
    assert app.renew(body["refresh_token"])[0] == 200


def test_refresh_tokens_end_for_good(northlake: Company) -> None:
    """ASVS 10.4.8: unused for 90 days, or after a year however often they were renewed."""
    app = app_for_people(northlake.owner)
    token, start = tokens_for(northlake.owner.user_id, app)["refresh_token"], clock.now()
    for days in (80, 160, 240, 320, 364):
        with clock.travel(start + timedelta(days=days)):
            status, body = app.renew(token)
            assert status == 200, days
            token = body["refresh_token"]
    with clock.travel(start + grants.FAMILY_LIFE + timedelta(days=2)):
        assert app.renew(token) == (400, BAD_TOKEN)
        tokens.sweep()
        assert grants.sweep() == 1 and not sql.value("SELECT count(*) FROM access_refreshtoken")
    unused = tokens_for(northlake.owner.user_id, app)["refresh_token"]
    with clock.travel(clock.now() + grants.REFRESH_LIFE + timedelta(seconds=1)):
        assert app.renew(unused) == (400, BAD_TOKEN)


def test_a_renewal_asks_for_less(northlake: Company) -> None:
    """RFC 6749, 6: the access token has fewer scopes, the next one may have them again; what was not given is refused and nothing is used up."""
    app = app_for_people(northlake.owner, ["user:read:admin", "user:read:user"])
    body = tokens_for(northlake.owner.user_id, app)
    assert app.renew(body["refresh_token"], scope="group:read:admin")[1]["error"] == "invalid_scope"
    less = app.renew(body["refresh_token"], scope="user:read:user")[1]
    assert less["scope"] == "user:read:user" and call(less["access_token"], "/users")[1]["code"] == 4711
    assert app.renew(less["refresh_token"])[1]["scope"] == "user:read:admin user:read:user"


def test_one_app_does_nothing_with_anothers(northlake: Company) -> None:
    """OAUTH-08: neither code nor refresh token, nor their end; and the one whose they are does not notice."""
    app, other = app_for_people(northlake.owner), app_for_people(northlake.owner)
    code = agree(northlake.owner.user_id, app)["code"]
    assert other.redeem(code) == (400, BAD_CODE)
    body = app.redeem(code)[1]
    assert other.renew(body["refresh_token"]) == (400, BAD_TOKEN)
    for token in (body["refresh_token"], body["access_token"]):
        assert other.ask("/oauth/revoke", token=token) == (200, {"status": "success"})
    assert call(body["access_token"])[0] == 200 and app.renew(body["refresh_token"])[0] == 200


def test_revoking_ends_the_family(northlake: Company) -> None:
    """RFC 7009, ASVS 10.4.9: an access token alone; with the refresh token everything of the same code. A public app does it too."""
    for public in (False, True):
        app = app_for_people(northlake.owner, is_public=public)
        body = tokens_for(northlake.owner.user_id, app)
        assert app.ask("/oauth/revoke", token=body["access_token"])[0] == 200
        assert call(body["access_token"])[0] == 401
        body = app.renew(body["refresh_token"])[1]
        assert app.ask("/oauth/revoke", token=body["refresh_token"])[0] == 200
        assert call(body["access_token"])[0] == 401 and app.renew(body["refresh_token"]) == (400, BAD_TOKEN)


def test_each_app_has_only_its_grants(northlake: Company) -> None:
    """ASVS 10.4.4: an app for people gets nothing with its creator's rights; one that works for its creator redeems no code."""
    app, account = app_for_people(northlake.owner), app_of(northlake.owner)
    for grant in ("client_credentials", "account_credentials"):
        assert app.ask(grant_type=grant)[1]["error"] == "unauthorized_client"
    for grant in ("authorization_code", "refresh_token"):
        assert ask_as(account, grant_type=grant)[1]["error"] == "unauthorized_client"
    public = app_for_people(northlake.owner, is_public=True)
    assert ask_as((public.client_id, "secret"), grant_type="refresh_token") == (400, INVALID_CLIENT)
    assert ask_as(None, grant_type="refresh_token", client_id=app.client_id) == (400, INVALID_CLIENT)


def ended_by(company: Company, app: Asking, how: str) -> None:
    member = company.member.user_id
    assert member is not None
    subjects: dict[str, Any] = {"subjects": one(member)}
    if how == "off":
        do(company.owner, "access.edit_app", {"app": app.id, "is_on": False})
    elif how == "deactivated":
        do(company.owner, "lifecycle.deactivate", subjects)
    elif how == "signed out":
        own.end_sessions(actor_of(member))
    elif how == "deleted":
        do(company.owner, "access.delete_app", {"app": app.id})
    elif how == "creator gone":
        do(company.owner, "access.set_role", {"role": "member", "subjects": one(company.admin.user_id or "")})
        do(company.owner, "lifecycle.deactivate", {"subjects": one(company.admin.user_id or "")})


@pytest.mark.parametrize("how", ["off", "deactivated", "signed out", "deleted", "creator gone"])
def test_what_ends_everything_at_once(northlake: Company, how: str) -> None:
    """OAUTH-09, F14: the app off or gone, the person gone or signed out everywhere, whoever answers for the app gone: token, refresh token and code."""
    app = app_for_people(northlake.admin)
    body, code = tokens_for(northlake.member.user_id, app), agree(northlake.member.user_id, app)["code"]
    assert call(body["access_token"])[0] == 200
    ended_by(northlake, app, how)
    no = INVALID_CLIENT if how in ("off", "deleted", "creator gone") else None
    assert call(body["access_token"])[0] == 401
    assert app.renew(body["refresh_token"]) == (400, no or BAD_TOKEN) and app.redeem(code) == (400, no or BAD_CODE)


def test_a_new_consent_wakes_no_old_token(northlake: Company) -> None:
    """F14: what ended with the access of a person stays ended when they agree again."""
    app = app_for_people(northlake.owner)
    body = tokens_for(northlake.member.user_id, app)
    assert northlake.member.user_id is not None
    own.end_sessions(actor_of(northlake.member.user_id))
    again = tokens_for(northlake.member.user_id, app)
    assert call(again["access_token"])[0] == 200
    assert call(body["access_token"])[0] == 401 and app.renew(body["refresh_token"]) == (400, BAD_TOKEN)


def test_wrong_codes_are_counted(northlake: Company) -> None:
    """OAUTH-19: also of a public app, which has no secret to guess; from elsewhere it goes on."""
    app = app_for_people(northlake.owner, is_public=True)
    client = tokens.client(app.client_id, "", "203.0.113.5")
    assert client is not None
    for _n in range(grants.BAD_GRANT.most):
        assert grants.redeem(client, "wrong", HERE, VERIFIER, "203.0.113.5") is None
    code = agree(northlake.owner.user_id, app)["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": HERE, "code_verifier": VERIFIER, "client_id": app.client_id}
    answer = Client(REMOTE_ADDR="203.0.113.5").post("/oauth/token", form)
    assert answer.status_code == 429 and int(answer["Retry-After"]) > 0
    assert app.redeem(code)[0] == 200


def test_a_key_is_bound_to_the_person(northlake: Company) -> None:
    """Two people of one app send the same Idempotency-Key: nobody reads the answer of the other."""
    app = app_for_people(northlake.owner)
    for person, status in ((northlake.owner, 201), (northlake.member, 403)):
        token = tokens_for(person.user_id, app)["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "same"}
        answer = Client().post("/v2/groups", {"name": "Crew"}, content_type="application/json", headers=headers)
        assert answer.status_code == status, answer.content
    assert unshort(app.client_id) == app.id
