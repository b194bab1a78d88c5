"""Locks of settings by the API: at a group and at the account, read, set and taken away (README 4 and 5)."""

from typing import Any

import pytest

from tests.api.caller import Caller, caller
from tests.people_of import Company, actor_of, breaches, do, one
from usher.core import sql
from usher.core.ids import short
from usher.journal import undo

SECTIONS = [
    "audio_conferencing",
    "email_notification",
    "in_meeting",
    "meeting_security",
    "other_options",
    "recording",
    "schedule_meeting",
    "telephony",
]
EMPTY_GROUP: dict[str, dict[str, Any]] = {name: {} for name in SECTIONS}
EMPTY = {"group": EMPTY_GROUP, "account": {**EMPTY_GROUP, "chat": {}, "tsp": {}}}
ON = {"in_meeting": {"chat": True, "polling": True}, "recording": {"archive": {"enable": True}}}


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


@pytest.fixture(params=["group", "account"])
def level(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def path(level: str, api: Caller) -> str:
    return f"/groups/{api.post('/groups', {'name': 'Sales'})[1]['id']}/lock_settings" if level == "group" else "/accounts/me/lock_settings"


def test_they_come_and_go(northlake: Company, api: Caller, level: str) -> None:
    """True locks, false lets free, null says nothing; what locks nothing is empty; an undo takes it back."""
    where = path(level, api)
    done = (204, None) if level == "group" else (200, {})
    assert api.get(where) == (200, EMPTY[level])
    assert api.patch(where, {**ON, "nonsense": {"x": True}, "tracking": 1}) == done and api.get(where)[1] == {**EMPTY[level], **ON}
    assert api.patch(where, {"in_meeting": {"chat": False, "polling": None}}) == done
    told = api.get(where)[1]
    assert told["in_meeting"] == {"polling": True} and told["recording"] == ON["recording"]
    number = sql.value("SELECT max(number) FROM journal_change WHERE account_id = %(a)s", {"a": northlake.account})
    undo.start_undo(northlake.owner, number)
    assert api.get(where)[1] == {**EMPTY[level], **ON} and breaches() == []
    assert api.patch(where, {}) == api.patch(where, ON) == done and api.get(where)[1] == {**EMPTY[level], **ON}
    assert api.get(f"{where}?option=meeting_security")[1] == {"meeting_security": {}}


def test_what_is_locked_holds_below(northlake: Company, api: Caller) -> None:
    """behaviour.md G: a lock of the account is refused at a group and a person with the name of the field, until it is gone."""
    group = path("group", api).removesuffix("/lock_settings")
    assert api.patch("/accounts/me/settings", {"in_meeting": {"chat": True}})[0] == 204
    assert api.patch("/accounts/me/lock_settings", {"in_meeting": {"chat": True}}) == (200, {})
    for below in (f"{group}/settings", f"/users/{northlake.member.email}/settings"):
        status, told = api.patch(below, {"in_meeting": {"chat": False}})
        assert (status, told["code"], told["errors"][0]["field"]) == (400, 300, "in_meeting.chat")
    assert api.get("/accounts/me/lock_settings?custom_query_fields=in_meeting.chat")[1] == {"in_meeting": {"chat": True}}
    assert api.patch("/accounts/me/lock_settings", {"in_meeting": {"chat": False}}) == (200, {})
    assert api.patch(f"{group}/settings", {"in_meeting": {"chat": False}}) == (204, None)


@pytest.mark.parametrize(
    "body", [{"in_meeting": {"chat": "yes"}}, {"in_meeting": {"chat": 1}}, {"in_meeting": True}, {"in_meeting": {"a b": True}}]
)
def test_what_is_no_lock(api: Caller, level: str, body: Any) -> None:
    """MASS-08: refused with code 300, and nothing is locked."""
    where = path(level, api)
    status, told = api.patch(where, {**body, "recording": {"archive": True}})
    assert (status, told["code"]) == (400, 300) and api.get(where)[1] == EMPTY[level]


def test_another_account_gets_404(northlake: Company, southport: Company, api: Caller) -> None:
    """TENANT-01: no group of theirs, and no account but one's own."""
    theirs = path("group", caller(southport.owner))
    assert api.get(theirs)[1]["code"] == api.patch(theirs, ON)[1]["code"] == 4130
    account = f"/accounts/{short(southport.account)}/lock_settings"
    assert [(status, told["code"]) for status, told in (api.get(account), api.patch(account, ON))] == [(404, 2001)] * 2
    assert caller(southport.owner).get("/accounts/me/lock_settings")[1] == EMPTY["account"]


def test_without_the_privilege(northlake: Company, api: Caller, level: str) -> None:
    """AUTHZ-20: whoever may only look changes no lock; without the scope nobody reads them (AUTHZ-07)."""
    where = path(level, api)
    do(
        northlake.owner,
        "access.create_role",
        {"name": "Look", "privileges": ["people:group:view", "accounts:settings:view", "access:app:manage"]},
    )
    role = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND name = 'Look'", {"a": northlake.account})
    do(northlake.owner, "access.set_role", {"role": role, "subjects": one(northlake.member.user_id)})
    looks = caller(actor_of(northlake.member.user_id))  # type: ignore[arg-type]
    assert looks.get(where)[0] == 200 and looks.patch(where, ON)[0] == looks.patch(where, {})[0] == 403
    assert caller(northlake.owner, "user:read:admin").get(where)[1]["code"] == 4711


def test_wrong_method(api: Caller, level: str) -> None:
    where = path(level, api)
    assert api.put(where, {})[0] == api.delete(where)[0] == 405
