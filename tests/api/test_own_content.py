"""What an app does for a person with their own meetings, webinars and recordings, by scopes without `:admin` (README 1, S4-34, OAUTH-21)."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.api.caller import Caller, caller
from tests.api.test_downloads import api as api  # the owner's app, and a recording of the member's
from tests.api.test_downloads import code_of, fetched, is_sound, path_of
from tests.api.test_oneself import app_of
from tests.content.items import LONG_AGO, item, make, owner_of
from tests.people_of import Company, do, one
from usher.access import scopes
from usher.api.operations import OPERATIONS
from usher.core import sql
from usher.core.ids import short

GRANULAR = [f"meeting:{act}" for act in ("read:list_meetings", "read:meeting", "write:meeting", "update:meeting", "delete:meeting")]
CLASSIC = ["meeting:read", "meeting:write"]
RECORDINGS = ["recording:read", "recording:write"]


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


@pytest.mark.parametrize("given", [GRANULAR, CLASSIC], ids=["granular", "classic"])
def test_it_works(northlake: Company, api: Caller, given: list[str]) -> None:
    """A member's meetings: scheduled, listed, read, changed, one date of a series cancelled, deleted; the journal names the person."""
    own = app_of(northlake, northlake.member.user_id, given)
    wish = {"topic": "Standup", "type": 8, "recurrence": {"type": 1, "end_times": 3}, "password": "847362"}
    status, made = own.post("/users/me/meetings", wish)
    assert status == 201 and made["host_email"] == northlake.member.email and made["password"] == "847362"
    path = f"/meetings/{made['id']}"
    assert own.get(path) == (200, made) and [m["id"] for m in own.get("/users/me/meetings")[1]["meetings"]] == [made["id"]]
    assert own.patch(path, {"topic": "Daily"}) == (204, None) and own.get(path)[1]["topic"] == "Daily"
    assert own.delete(f"{path}?occurrence_id={made['occurrences'][-1]['occurrence_id']}") == (204, None)
    assert len([d for d in own.get(path)[1]["occurrences"] if d["status"] == "available"]) == 2
    assert own.delete(path) == (204, None) and own.get(path)[1]["code"] == 3001
    told = sql.rows(
        "SELECT DISTINCT verb FROM journal_change WHERE actor_id = %(u)s AND verb LIKE 'content.%%'", {"u": northlake.member.user_id}
    )
    assert {r["verb"] for r in told} == {"content.create_own", "content.change_own", "content.delete_own"}


@pytest.mark.parametrize("who", ["member", "admin", "owner"])
def test_nobody_else_s(northlake: Company, southport: Company, api: Caller, who: str) -> None:
    """AUTHZ-07, AUTHZ-11, TENANT-01: whoever agreed, administrators too; another's is not there, and nobody else is host or heir."""
    user = getattr(northlake, who).user_id
    other = northlake.admin if who != "admin" else northlake.owner
    own = app_of(northlake, user, [*CLASSIC, *RECORDINGS])
    theirs, foreign = make(northlake, item(other.user_id, "meeting"))[0], make(southport, item(southport.member.user_id, "meeting"))[0]
    for told in (theirs, foreign):
        path = f"/meetings/{short(told)}"
        assert own.get(path)[1]["code"] == own.patch(path, {"topic": "X"})[1]["code"] == own.delete(path)[1]["code"] == 3001
    for path in (f"/users/{short(user)}/meetings", f"/users/{other.email}/meetings", f"/users/{other.email}/recordings"):
        assert own.get(path)[1]["code"] == 4711
    mine = own.post("/users/me/meetings", {"topic": "Mine"})[1]
    assert own.post("/users/me/meetings", {"schedule_for": other.email})[0] in (400, 403)
    assert own.patch(f"/meetings/{mine['id']}", {"schedule_for": other.email})[0] in (400, 403)
    assert own.get(f"/meetings/{mine['id']}")[1]["host_email"] == getattr(northlake, who).email
    assert caller(northlake.owner).get(f"/meetings/{short(theirs)}")[1]["topic"] == "A meeting"


def test_reading_is_not_changing(northlake: Company, api: Caller) -> None:
    """AUTHZ-07: meeting:read opens no change, and nothing of webinars or recordings."""
    own = app_of(northlake, northlake.member.user_id, ["meeting:read"])
    (mine,) = make(northlake, item(northlake.member.user_id, "meeting"))
    assert own.get(f"/meetings/{short(mine)}")[0] == 200
    for answer in (
        own.post("/users/me/meetings", {}),
        own.delete(f"/meetings/{short(mine)}"),
        own.get("/users/me/webinars"),
        own.get("/users/me/recordings"),
    ):
        assert answer[1]["code"] == 4711


def test_a_webinar_needs_its_seat(northlake: Company, api: Caller) -> None:
    """What the license does not allow the scope does not either."""
    own = app_of(northlake, northlake.member.user_id, ["webinar:write", "webinar:read"])
    assert own.post("/users/me/webinars", {})[1]["code"] == 200
    do(northlake.operator, "licenses.give_add_on", {"add_on": "webinar:500", "subjects": one(northlake.member.user_id)})
    status, made = own.post("/users/me/webinars", {"topic": "Launch"})
    assert status == 201 and own.delete(f"/webinars/{made['id']}") == (204, None)


def test_recordings(northlake: Company, api: Caller) -> None:
    """Listed, fetched by the app's token and by one for this meeting's files, put in the trash; for good is an administrator's."""
    own = app_of(northlake, northlake.member.user_id, RECORDINGS)
    (listed,) = own.get("/users/me/recordings")[1]["meetings"]
    told = own.get(f"/meetings/{listed['id']}/recordings?include_fields=download_access_token")[1]
    path, token = path_of(told), told["download_access_token"]
    assert is_sound(fetched(path, own.token)) and is_sound(fetched(path, access_token=token))
    status, body = own.delete(f"/meetings/{listed['id']}/recordings?action=delete")
    assert (status, body["code"]) == (403, 200)
    assert own.delete(f"/meetings/{listed['id']}/recordings") == (204, None)
    assert own.get("/users/me/recordings")[1]["total_records"] == 0 and own.get("/users/me/recordings?trash=true")[1]["total_records"] == 1


def test_files_of_others(northlake: Company, api: Caller) -> None:
    """OAUTH-21: an administrator's own scope fetches none of another's; and what was handed on is closed to a token of before."""
    listed = api.get(f"/users/{northlake.member.email}/recordings")[1]["meetings"][0]
    admin = app_of(northlake, northlake.admin.user_id, RECORDINGS)
    assert code_of(fetched(path_of(listed), admin.token)) == (404, 3301)
    member = app_of(northlake, northlake.member.user_id, RECORDINGS)
    token = member.get(f"/meetings/{listed['id']}/recordings?include_fields=download_access_token")[1]["download_access_token"]
    files = {"items": {"query": {"kind": ["recording"]}, "except": []}}
    do(northlake.owner, "content.transfer", {**files, "heir": str(northlake.admin.user_id)})
    for shown in (member.token, token):
        assert code_of(fetched(path_of(listed), shown)) == (404, 3301)
    assert is_sound(fetched(path_of(listed), admin.token))


def test_recordings_of_a_meeting_that_is_another_s(northlake: Company, api: Caller) -> None:
    """S4-45: whose recordings they are has them by the meeting's number, though the meeting is over and stays; whose meeting it was has them no more."""
    (over,) = make(northlake, item(northlake.member.user_id, "meeting", "Kick-off", starts_at=LONG_AGO, seconds=60))
    sql.execute(
        "UPDATE content_item SET meeting_id = %(m)s WHERE kind = 'recording' AND account_id = %(a)s", {"m": over, "a": northlake.account}
    )
    before, heir = (app_of(northlake, user, RECORDINGS) for user in (northlake.member.user_id, northlake.admin.user_id))
    do(
        northlake.owner,
        "content.transfer",
        {"items": {"query": {"kind": ["recording"]}, "except": []}, "heir": str(northlake.admin.user_id)},
    )
    (listed,) = heir.get("/users/me/recordings")[1]["meetings"]
    number, uuid = listed["id"], listed["uuid"]
    assert listed["topic"] == "Kick-off" and owner_of(over) == northlake.member.user_id
    for named in (number, uuid, short(over)):
        told = heir.get(f"/meetings/{named}/recordings?include_fields=download_access_token")[1]
        assert is_sound(fetched(path_of(told), access_token=told["download_access_token"])), named
        assert before.get(f"/meetings/{named}/recordings")[1]["code"] == 3301
        assert before.delete(f"/meetings/{named}/recordings")[1]["code"] == 3301
    assert heir.get(f"/meetings/{number}")[1]["code"] == 4711
    file = told["recording_files"][0]["id"]
    assert heir.delete(f"/meetings/{number}/recordings/{file}") == (204, None)
    assert heir.get("/users/me/recordings?trash=true")[1]["total_records"] == 1


def test_schedule_for_names_oneself(northlake: Company, api: Caller) -> None:
    """README 1, `me`: clients write one's own address or id where it could be somebody else's."""
    member = northlake.member
    own = app_of(northlake, member.user_id, CLASSIC)
    for name in ("me", member.email.upper(), short(member.user_id)):  # type: ignore[arg-type]
        status, made = own.post("/users/me/meetings", {"schedule_for": name})
        assert status == 201 and made["host_email"] == member.email
        assert own.patch(f"/meetings/{made['id']}", {"schedule_for": name, "topic": "Mine"}) == (204, None)


@pytest.mark.parametrize(("body", "verbs"), [({}, 0), ({"topic": "Daily"}, 1)], ids=["nothing said", "something said"])
def test_a_key_is_answered_again(northlake: Company, api: Caller, body: dict[str, str], verbs: int) -> None:
    """S4-34: the same Idempotency-Key of an app for oneself, also where there was nothing to do; not for whoever lost the right."""
    own = app_of(northlake, northlake.member.user_id, CLASSIC)
    (mine,) = make(northlake, item(northlake.member.user_id, "meeting"))
    answers = [own("PATCH", f"/meetings/{short(mine)}", body, Idempotency_Key="k").status_code for _n in range(2)]
    assert answers == [204, 204]
    done = "SELECT count(*) FROM journal_change WHERE verb = 'content.change_own' AND account_id = %(a)s"
    assert sql.value(done, {"a": northlake.account}) == verbs


def test_who_a_scope_of_ones_own_is_about() -> None:
    """AUTHZ-07: an operation that names no user is opened by such a scope when the thing itself knows whose it is. Whoever adds one to this list has seen to that."""
    by_number = [(o.method, o.path) for o in OPERATIONS if o.scopes.own and "{userId}" not in o.path]
    assert {path.split("/")[1] for _method, path in by_number} == {"meetings", "webinars"}
    named = {name for _method, path in by_number for name in re.findall(r"{(\w+)}", path)}
    assert named == {"meetingId", "webinarId", "recordingId"}


SAID = {
    "meeting:read": "see your own meetings",
    "meeting:delete:meeting": "schedule, change and delete your own meetings",
    "webinar:read": "see your own webinars",
    "webinar:write": "schedule, change and delete your own webinars",
    "recording:read": "see your own recordings, and fetch them",
    "recording:write": "put your own recordings in the trash",
}


@pytest.mark.parametrize("scope", SAID)
def test_whoever_agrees_reads_what_for(northlake: Company, scope: str) -> None:
    """OAUTH-21: of one's own meetings in words of their own, and of nothing that was not asked for."""
    assert scopes.in_words(northlake.member, [scope]) == [(SAID[scope], [scope])]


def test_whoever_agrees_to_more_reads_all_of_it(northlake: Company) -> None:
    told: dict[str, Any] = dict(scopes.in_words(northlake.member, ["meeting:write", "user:read"]))
    assert [words.split(",")[0] for words in told] == [
        "see your own profile",
        "schedule",
    ]
    assert scopes.useful(northlake.member, ["meeting:read:admin", "meeting:read"]) == ["meeting:read"]


def test_an_app_with_all_scopes_of_a_member(northlake: Company, api: Caller) -> None:
    """README 1, `me`: what works for its creator has their own, and 404 for anybody else's."""
    from tests.api.caller import app_of as made
    from usher.access import tokens

    client = tokens.client(*made(northlake.operator, creator=northlake.member.user_id), "192.0.2.9")
    assert client
    own = Caller(tokens.issue(client)[0], Client())
    assert own.get("/users/me/meetings")[0] == 200 and own.get(f"/users/{northlake.owner.email}/meetings")[1]["code"] == 200
    (theirs,) = make(northlake, item(northlake.admin.user_id, "meeting"))
    assert own.get(f"/meetings/{short(theirs)}")[1]["code"] == 3001
