"""What an app does for a person by scopes of their own: of `me`, what everybody may of themselves (README 1 and 3, OAUTH-21)."""

from typing import Any

import pytest

from tests.api.agreeing import app_for_people, tokens_for
from tests.api.caller import Caller
from tests.people_of import Company, add_ons, do, one, standing
from usher.core import sql
from usher.core.ids import short

CHANGES = ["user:update:user", "user:update:settings", "user:delete:token", "user:read:settings", "user:read:user"]
ADMIN_S = [
    ("PATCH", "/users/me", {"first_name": "X"}),
    ("PATCH", "/users/me", {"timezone": "Europe/Oslo", "type": 2}),
    ("PATCH", "/users/me", {"host_key": "123456"}),
    ("PATCH", "/users/me/settings", {"feature": {"webinar": True, "webinar_capacity": 500}}),
]


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


def app_of(company: Company, user: Any, scopes: list[str]) -> Caller:
    """An app this person agreed to."""
    from django.test import Client

    return Caller(tokens_for(user, app_for_people(company.owner, scopes))["access_token"], Client())


@pytest.mark.parametrize("scopes", [CHANGES, ["user:write"]])
def test_it_works(northlake: Company, scopes: list[str]) -> None:
    """A member's time zone, meeting settings and sessions, by granular scopes or the classic one, which reads as well."""
    api = app_of(northlake, northlake.member.user_id, scopes)
    assert api.patch("/users/me", {"timezone": "Europe/Oslo"}) == (204, None)
    assert api.get("/users/me")[1]["timezone"] == "Europe/Oslo"
    wish = {"in_meeting": {"chat": False}, "schedule_meeting": {"pmi_password": "river7"}}
    assert api.patch("/users/me/settings", wish) == (204, None)
    found = api.get("/users/me/settings")[1]
    assert found["in_meeting"] == {"chat": False} and found["schedule_meeting"] == {"pmi_password": "river7"}
    assert "river7" not in str(sql.rows("SELECT params FROM journal_change WHERE verb = 'people.store_own_settings'"))
    assert api.delete("/users/me/token") == (204, None)
    assert api.get("/users/me")[0] == 401, "signed out everywhere: the app too"


def test_what_is_locked_stays(northlake: Company) -> None:
    """behaviour.md G: nobody has otherwise what the account has locked; written back as it holds it is passed over."""
    for part, value in (("settings", False), ("locks", True)):
        do(northlake.owner, "accounts.store_settings", {"part": part, "settings": {"in_meeting": {"chat": value}}})
    api = app_of(northlake, northlake.member.user_id, CHANGES)
    status, body = api.patch("/users/me/settings", {"in_meeting": {"chat": True}})
    assert (status, body["code"], body["errors"][0]["field"]) == (400, 300, "in_meeting.chat")
    assert api.patch("/users/me/settings", {"in_meeting": {"chat": False, "polling": True}}) == (204, None)
    assert api.get("/users/me/settings")[1]["in_meeting"] == {"chat": False, "polling": True}
    assert sql.value("SELECT values = '{\"in_meeting.polling\": true}' FROM people_usersettings")


@pytest.mark.parametrize("who", ["member", "admin", "owner"])
@pytest.mark.parametrize(("method", "path", "body"), ADMIN_S, ids=range(len(ADMIN_S)))
def test_what_administrators_change(northlake: Company, who: str, method: str, path: str, body: dict[str, Any]) -> None:
    """OAUTH-21: not by a scope of one's own, whoever agreed: an app for oneself does not become an administrator's."""
    user = getattr(northlake, who).user_id
    before = standing(user)
    api = app_of(northlake, user, ["user:write"])
    assert api(method, path, body).status_code == 403
    assert standing(user) == before and add_ons(user) == []


def test_nobody_else(northlake: Company) -> None:
    """AUTHZ-07: by any other name than `me`, also one's own id; and nothing that is not about oneself."""
    api = app_of(northlake, northlake.owner.user_id, ["user:write", "user:read"])
    own, other = short(northlake.owner.user_id), northlake.member.email  # type: ignore[arg-type]
    for path in (f"/users/{own}", f"/users/{other}"):
        assert api.patch(path, {"timezone": "Europe/Oslo"})[1]["code"] == 4711
        assert api.get(f"{path}/settings")[1]["code"] == 4711
    for path, body in (("/users/me/email", {"email": "a@b.test"}), ("/users/me/status", {"action": "deactivate"})):
        assert api.put(path, body)[1]["code"] == 4711
    assert api.delete("/users/me")[1]["code"] == 4711


def test_a_role_for_some_people(northlake: Company) -> None:
    """AUTHZ-11: whom somebody's role covers says nothing of themselves."""
    member = northlake.member.user_id
    do(northlake.owner, "access.create_role", {"name": "Desk", "privileges": ["people:user:view"]})
    role = sql.value("SELECT key FROM access_role WHERE name = 'Desk'")
    do(
        northlake.owner,
        "access.set_role",
        {"role": role, "scope": {"kind": "department", "values": ["Nobody's"]}, "subjects": one(member or "")},
    )
    api = app_of(northlake, member, ["user:write"])
    assert api.patch("/users/me/settings", {"in_meeting": {"chat": False}}) == (204, None)
    assert api.get("/users/me/settings")[1]["in_meeting"] == {"chat": False}


def test_a_key_of_ones_own(northlake: Company) -> None:
    """Idempotency-Key: told again to the same person."""
    api = app_of(northlake, northlake.member.user_id, ["user:write"])
    for _n in range(2):
        assert api("PATCH", "/users/me", {"timezone": "Europe/Oslo"}, Idempotency_Key="k").status_code == 204
