"""Where `download_url` of a recording leads: the file for a program with a token of recordings, the portal for a person (S4-45)."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.api.agreeing import app_for_people, tokens_for
from tests.api.caller import Caller, caller
from tests.api.test_recordings import YESTERDAY, recording
from tests.content.items import license_all
from tests.people_of import Company, actor_of, do, one
from tests.signed_in import signed_in
from usher.access import consents
from usher.api import ranges
from usher.content.uploading import upload
from usher.core import clock, sql
from usher.core.ids import short

SOUND = b"sound" * 100


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


@pytest.fixture(scope="module")
def api(northlake: Company) -> Caller:
    """The owner's app, in an account whose member has recorded something."""
    license_all(northlake)
    about = {"owner": str(northlake.member.user_id), "title": "Sound", "starts_at": YESTERDAY.isoformat(), "seconds": 60}
    upload(northlake.owner, BytesIO(SOUND), "talk ä.m4a", len(SOUND), about, "test:sound")
    return caller(northlake.owner)


def recorded(api: Caller, company: Company, query: str = "") -> dict[str, Any]:
    """The one meeting there is a recording of, as the API tells it."""
    (meeting,) = api.get(f"/users/{company.member.email}/recordings")[1]["meetings"]
    status, told = api.get(f"/meetings/{meeting['id']}/recordings{query}")
    assert status == 200, told
    return dict(told)


def path_of(meeting: dict[str, Any]) -> str:
    return "/" + meeting["recording_files"][0]["download_url"].split("/", 3)[3]


def fetched(path: str, bearer: str = "", **query: str) -> HttpResponse:
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    return Client().get(path, query, headers=headers)  # type: ignore[return-value]


def is_sound(answer: Any) -> bool:
    return answer.status_code == 200 and b"".join(answer.streaming_content) == SOUND


def code_of(answer: HttpResponse) -> tuple[int, int]:
    assert answer["Content-Type"] == "application/json", answer.content
    return answer.status_code, answer.json()["code"]


def test_it_works(northlake: Company, api: Caller) -> None:
    """README 1: a token of the app in the header or as access_token; it is an attachment that no cache keeps and no browser runs (WEB-08)."""
    path = path_of(recorded(api, northlake))
    answer = fetched(path, api.token)
    assert answer["Content-Length"] == str(len(SOUND)) and answer["Cache-Control"] == "no-store"
    assert (
        answer["Content-Type"] == "application/octet-stream" and f"filename*=utf-8''{quote('talk ä.m4a')}" in answer["Content-Disposition"]
    )
    assert is_sound(answer) and is_sound(fetched(path, access_token=api.token))
    head = Client().head(path, headers={"Authorization": f"Bearer {api.token}"})
    assert head.status_code == 200 and head["Content-Length"] == str(len(SOUND))


def test_a_token_for_the_files_of_a_meeting(northlake: Company, api: Caller) -> None:
    """The contract's download_access_token: asked for, for so many seconds, of this meeting alone, and good for nothing else."""
    told = recorded(api, northlake, "?include_fields=download_access_token&ttl=60")
    token, path = told["download_access_token"], path_of(told)
    assert "download_access_token" not in recorded(api, northlake)
    assert is_sound(fetched(path, access_token=token)) and is_sound(fetched(path, token))
    assert Client().get("/v2/users", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    with clock.travel(clock.now() + timedelta(seconds=61)):
        assert code_of(fetched(path, access_token=token)) == (401, 124)
    other = recording(northlake, "Other")
    sql.execute("UPDATE content_item SET file = (SELECT max(file) FROM content_item), filename = 'x.mp4' WHERE id = %(i)s", {"i": other})
    assert code_of(fetched(f"/rec/download/{short(other)}", access_token=token)) == (401, 124)
    for odd in (token[:-1], token + "A", token.swapcase(), "x", "é", "."):
        assert code_of(fetched(path, access_token=odd)) == (401, 124), odd
    assert api.get(f"/meetings/{told['id']}/recordings?ttl=604801")[1]["code"] == 300


ENDS = {
    "the app is switched off": lambda company: do(company.owner, "access.edit_app", {"app": app_of_all(), "is_on": False}),
    "the app may it no more": lambda company: do(company.owner, "access.edit_app", {"app": app_of_all(), "scopes": ["user:read:admin"]}),
    "who made it signs out everywhere": lambda company: do(company.owner, "access.end_sessions", {}),
}


def app_of_all() -> str:
    return str(sql.value("SELECT id FROM access_app ORDER BY created_at DESC LIMIT 1"))


@pytest.mark.parametrize("what", ENDS)
def test_when_a_token_ends(northlake: Company, api: Caller, what: str) -> None:
    """F14, AUTHZ-08, OAUTH-09: at once, though nothing of it is stored."""
    told = recorded(api, northlake, "?include_fields=download_access_token")
    assert is_sound(fetched(path_of(told), access_token=told["download_access_token"]))
    ENDS[what](northlake)
    assert code_of(fetched(path_of(told), access_token=told["download_access_token"])) == (401, 124)


def test_it_ends_with_the_agreement(northlake: Company, api: Caller) -> None:
    """OAUTH-08: of an app that people agree to, its tokens for files end when the one it works for takes that back."""
    app = app_for_people(northlake.owner)
    program = Caller(tokens_for(northlake.owner.user_id, app)["access_token"], Client())
    told = recorded(program, northlake, "?include_fields=download_access_token")
    path, token = path_of(told), told["download_access_token"]
    assert is_sound(fetched(path, program.token)) and is_sound(fetched(path, token))
    consents.withdraw(northlake.owner, sql.value("SELECT id FROM access_consent WHERE app_id = %(a)s", {"a": app.id}))
    assert code_of(fetched(path, program.token)) == code_of(fetched(path, token)) == (401, 124)


def test_without_a_token_it_is_the_portal(northlake: Company, api: Caller) -> None:
    """Somebody who follows the link signs in there."""
    path = path_of(recorded(api, northlake))
    answer = fetched(path)
    assert answer.status_code == 302
    assert is_sound(signed_in(northlake.owner.user_id).get(answer["Location"]))


def test_without_the_privilege(northlake: Company, api: Caller) -> None:
    """S4-41, AUTHZ-07, AUTHZ-20: a token without a scope of recordings, and one of somebody who may see no content, to whom another's is not there."""
    path = path_of(recorded(api, northlake))
    assert code_of(fetched(path, caller(northlake.owner, "user:read:admin").token)) == (403, 4711)
    do(northlake.owner, "access.create_role", {"name": "Apps", "privileges": ["access:app:manage"]})
    role = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND name = 'Apps'", {"a": northlake.account})
    do(northlake.owner, "access.set_role", {"role": role, "subjects": one(northlake.admin.user_id)})
    apps = actor_of(northlake.admin.user_id)  # type: ignore[arg-type]
    assert code_of(fetched(path, caller(apps, "recording:read:admin").token)) == (403, 200)
    assert code_of(fetched(path, caller(apps).token)) == (404, 3301)


def test_another_account_gets_404(northlake: Company, southport: Company, api: Caller) -> None:
    """TENANT-01; and what has no file, is no recording, or is nothing."""
    path = path_of(recorded(api, northlake))
    assert code_of(fetched(path, caller(southport.owner).token)) == (404, 3301)
    for none in (recording(northlake, "No file"), northlake.account):
        assert code_of(fetched(f"/rec/download/{short(none)}", api.token)) == (404, 3301)


def test_wrong_method(northlake: Company, api: Caller) -> None:
    """JSON, as every refusal for programs, and not the portal's page about forged forms; so is the 404 of what is no id."""
    program = Client(enforce_csrf_checks=True)
    answer = program.post(path_of(recorded(api, northlake)), headers={"Authorization": f"Bearer {api.token}"})
    assert code_of(answer) == (405, 300) and answer["Allow"] == "GET, HEAD"  # type: ignore[arg-type]
    assert program.get("/rec/download/nothing")["Content-Type"] == "application/json"


PARTS = [
    ("bytes=0-4", slice(0, 5)),
    ("bytes=495-", slice(495, 500)),
    ("bytes=-3", slice(497, 500)),
    ("bytes=490-9999", slice(490, 500)),
    ("bytes=-9999", slice(0, 500)),
    ("Bytes = 7-7", slice(7, 8)),
]


@pytest.mark.parametrize(("wish", "part"), PARTS)
def test_a_download_goes_on(northlake: Company, api: Caller, wish: str, part: slice) -> None:
    """RFC 9110 14.2: one part of the file, and which one it is."""
    answer: Any = Client().get(path_of(recorded(api, northlake)), headers={"Authorization": f"Bearer {api.token}", "Range": wish})
    assert answer.status_code == 206 and b"".join(answer.streaming_content) == SOUND[part]
    assert answer["Content-Range"] == f"bytes {part.start}-{part.stop - 1}/500" and answer["Content-Length"] == str(part.stop - part.start)


@pytest.mark.parametrize(
    "headers",
    [
        *(
            {"Range": wish}
            for wish in ("bytes=5-4", "bytes=0-1,3-4", "lines=1-2", "bytes=", "bytes=-", "bytes=x-y", f"bytes={'9' * 400}-", "")
        ),
        {"Range": "bytes=0-4", "If-Range": '"other"'},
    ],
)
def test_what_is_no_part_is_the_whole(northlake: Company, api: Caller, headers: dict[str, str]) -> None:
    """RFC 9110 14.2, DOS-08: several parts, other units, what is none, and one under a condition nobody can meet."""
    answer = Client().get(path_of(recorded(api, northlake)), headers={"Authorization": f"Bearer {api.token}", **headers})
    assert is_sound(answer) and answer["Accept-Ranges"] == "bytes" and "Content-Range" not in answer


@pytest.mark.parametrize("wish", ["bytes=500-", "bytes=999-1000", "bytes=-0"])
def test_a_part_the_file_does_not_have(northlake: Company, api: Caller, wish: str) -> None:
    """RFC 9110 15.5.17: 416 says how long it is."""
    answer = Client().get(path_of(recorded(api, northlake)), headers={"Authorization": f"Bearer {api.token}", "Range": wish})
    assert code_of(answer) == (416, 300) and answer["Content-Range"] == "bytes */500"  # type: ignore[arg-type]


@pytest.mark.parametrize("wish", ["bytes=0-4", "bytes=500-"])
def test_only_get_has_parts(northlake: Company, api: Caller, wish: str) -> None:
    """RFC 9110 14.2: a Range beside any other method is passed over, also one the file does not have."""
    head = Client().head(path_of(recorded(api, northlake)), headers={"Authorization": f"Bearer {api.token}", "Range": wish})
    assert head.status_code == 200 and head["Content-Length"] == "500"


@pytest.mark.parametrize("wish", ["bytes=0-", "bytes=0-0", "bytes=-1"])
def test_an_empty_file_has_no_part(wish: str) -> None:
    """RFC 9110 14.1.2: no range of it can be met; without one it is told whole."""
    assert ranges.asked("", 0) is None
    with pytest.raises(ValueError, match="bytes"):
        ranges.asked(wish, 0)


def test_it_is_sent_as_it_is(northlake: Company, api: Caller) -> None:
    """A film is compressed already, and programs show how far they are: no gzip, and the length is told, at both doors."""
    path = path_of(recorded(api, northlake))
    program, person = Client(headers={"Authorization": f"Bearer {api.token}"}), signed_in(northlake.owner.user_id)
    for client, address in ((program, path), (person, f"/content/{path.rsplit('/', 1)[1]}/file")):
        answer: Any = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer["Content-Length"] == str(len(SOUND)) and answer["Content-Encoding"] == "identity" and is_sound(answer)
