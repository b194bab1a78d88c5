"""Recordings by the API; and what becomes of what somebody made once they are deactivated (S4-45)."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest

from tests.api.caller import Caller, caller
from tests.content.items import in_trash, item, license_all, make
from tests.people_of import Company, breaches, do
from usher.content.uploading import upload
from usher.core import sql
from usher.core.ids import short, unshort
from usher.journal import undo

YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).replace(hour=10, minute=0, second=0, microsecond=0)


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


@pytest.fixture(scope="module")
def api(northlake: Company) -> Caller:
    license_all(northlake)
    return caller(northlake.owner)


def recording(company: Company, title: str, at: datetime = YESTERDAY, **more: Any) -> UUID:
    (id,) = make(
        company,
        item(company.member.user_id, "recording", title, **{"starts_at": at.isoformat(), "seconds": 1799, "size": 1000, **more}),
    )
    return id


def listed(api: Caller, company: Company, query: str = "") -> Any:
    status, told = api.get(f"/users/{company.member.email}/recordings{query}")
    assert status == 200, told
    return told


def number_of(id: UUID) -> int:
    found: int = sql.value("SELECT number FROM content_item WHERE id = %(i)s", {"i": id})
    return found


def test_recordings_stand_with_their_meeting(northlake: Company, api: Caller) -> None:
    """The contract's shape: a meeting with its files; one without a meeting is found under its own number."""
    meeting = api.post(f"/users/{northlake.member.email}/meetings", {"topic": "Weekly"})[1]
    item_id = str(unshort(meeting["uuid"].removesuffix("==")))
    files = [recording(northlake, f"Part {n}", meeting=item_id) for n in (1, 2)]
    alone = recording(northlake, "Alone")
    told = listed(api, northlake)
    assert {m["id"] for m in told["meetings"]} == {meeting["id"], number_of(alone)} and told["total_records"] == 2
    status, weekly = api.get(f"/meetings/{meeting['id']}/recordings")
    assert status == 200 and weekly in told["meetings"]
    assert (weekly["topic"], weekly["uuid"], weekly["recording_count"], weekly["total_size"], weekly["duration"], weekly["type"]) == (
        "Weekly", meeting["uuid"], 2, 2000, 30, "2",
    )  # fmt: skip
    first = weekly["recording_files"][0]
    assert {f["id"] for f in weekly["recording_files"]} == {short(f) for f in files}
    assert first["recording_start"] == f"{YESTERDAY:%Y-%m-%dT%H:%M:%SZ}" and first["file_type"] == "MP4" and first["status"] == "completed"
    assert "download_url" not in first and first["meeting_id"] == meeting["uuid"]
    other = api.get(f"/meetings/{number_of(alone)}/recordings")[1]
    assert (other["topic"], other["type"], other["recording_count"]) == ("Alone", "99", 1)


def test_a_file_says_what_it_is(northlake: Company, api: Caller) -> None:
    """Its kind by the end of its name, and where the portal gives it."""
    about = {"owner": str(northlake.member.user_id), "title": "Sound", "starts_at": YESTERDAY.isoformat(), "seconds": 60}
    upload(northlake.owner, BytesIO(b"sound"), "talk.m4a", 5, about, "test:sound")
    (file,) = listed(api, northlake)["meetings"][0]["recording_files"]
    assert (file["file_type"], file["file_extension"], file["recording_type"], file["file_size"]) == ("M4A", "M4A", "audio_only", 5)
    from tests.signed_in import signed_in

    answer = signed_in(northlake.owner.user_id).get("/" + file["download_url"].split("/", 3)[3], follow=True)
    assert b"".join(answer.streaming_content) == b"sound"  # type: ignore[attr-defined]


def test_the_list_by_days_trash_and_pages(northlake: Company, api: Caller) -> None:
    """A month at a time; what is in the trash is asked for; each page leads to the next with whole meetings."""
    old = recording(northlake, "Old", YESTERDAY - timedelta(days=60))
    ids = [recording(northlake, f"R{n}") for n in range(3)]
    day = f"{YESTERDAY - timedelta(days=60):%Y-%m-%d}"
    assert [m["topic"] for m in listed(api, northlake, f"?from={day}&to={day}")["meetings"]] == ["Old"]
    assert listed(api, northlake)["total_records"] == 3 and listed(api, northlake, f"?meeting_id={number_of(ids[1])}")["total_records"] == 1
    path = f"/users/{northlake.member.email}/recordings"
    for wrong in (f"?from={day}", "?from=2026-02-30", "?from=2026-03-02&to=2026-03-01"):
        assert api.get(path + wrong)[1]["code"] == 300, wrong
    first = listed(api, northlake, "?page_size=2")
    second = listed(api, northlake, f"?page_size=2&next_page_token={first['next_page_token']}")
    assert [len(p["meetings"]) for p in (first, second)] == [2, 1] and second["next_page_token"] == ""
    do(northlake.owner, "content.delete", {"items": {"ids": [str(ids[0]), str(old)]}})
    assert listed(api, northlake)["total_records"] == 2
    (gone,) = listed(api, northlake, "?trash=true")["meetings"]
    assert gone["topic"] == "R0" and gone["recording_files"][0]["deleted_time"]


def test_into_the_trash_and_for_good(northlake: Company, api: Caller) -> None:
    """One file or all of a meeting; what was put in the trash comes back by undo, and can be deleted for good from there."""
    meeting = api.post(f"/users/{northlake.member.email}/meetings", {"topic": "Weekly"})[1]
    item_id = str(unshort(meeting["uuid"].removesuffix("==")))
    a, b = (recording(northlake, f"Part {n}", meeting=item_id) for n in (1, 2))
    path = f"/meetings/{meeting['id']}/recordings"
    assert api.delete(f"{path}/{short(a)}") == (204, None) and in_trash(a) and not in_trash(b)
    assert api.delete(f"{path}/{short(a)}")[1]["code"] == 3301
    undo.start_undo(northlake.owner, sql.value("SELECT max(number) FROM journal_change", {}))
    assert api.delete(path) == (204, None) and in_trash(a) and in_trash(b)
    assert api.get(path)[1]["code"] == api.delete(path)[1]["code"] == 3301
    assert api.delete(f"{path}?action=delete") == (204, None)
    assert not sql.value("SELECT count(*) FROM content_item WHERE id = ANY(%(i)s)", {"i": [a, b]}) and breaches() == []
    assert api.get(f"/meetings/{meeting['id']}")[0] == 200


def test_what_is_no_recording(northlake: Company, southport: Company, api: Caller) -> None:
    """TENANT-01: a meeting that was not recorded, somebody else's file, nothing at all: 404 with code 3301."""
    license_all(southport)
    theirs, ours = recording(southport, "Theirs"), recording(northlake, "Ours")
    meeting = api.post(f"/users/{northlake.member.email}/meetings", {})[1]["id"]
    for path in (meeting, number_of(theirs), short(theirs), "x", f"{number_of(ours)}/recordings/{short(theirs)}"):
        address = f"/meetings/{path}" if "/" in str(path) else f"/meetings/{path}/recordings"
        assert told_code(api.delete(address)) == 3301, path
    assert not in_trash(theirs) and not in_trash(ours)


def told_code(answer: tuple[int, Any]) -> int:
    status, body = answer
    assert status == 404
    code: int = body["code"]
    return code


def test_what_somebody_leaves_behind_is_dealt_with_by_api(northlake: Company, api: Caller) -> None:
    """S4-44, S4-45, S4-46, S4-47: deactivated, her seat is free for somebody else, and her meetings and recordings are read, handed on and deleted."""
    member, admin = f"/users/{northlake.member.email}", northlake.admin.email
    meeting = api.post(f"{member}/meetings", {"topic": "Weekly", "type": 3})[1]
    kept, gone = recording(northlake, "Kept"), recording(northlake, "Gone")
    licensed = api.get("/users/summary")[1]["licensed_users_count"]
    assert api.put(f"{member}/status", {"action": "deactivate"}) == (204, None)
    assert api.get("/users/summary")[1]["licensed_users_count"] == licensed - 1
    new = api.post("/users", {"action": "create", "user_info": {"email": "new@northlake.test", "type": 2}})
    assert new[0] == 201
    assert [m["id"] for m in api.get(f"{member}/meetings")[1]["meetings"]] == [meeting["id"]]
    assert {m["topic"] for m in listed(api, northlake)["meetings"]} == {"Kept", "Gone"}
    assert api.post(f"{member}/meetings", {})[1]["code"] == 3000
    assert api.patch(f"/meetings/{meeting['id']}", {"schedule_for": admin}) == (204, None)
    assert api.get(f"/meetings/{meeting['id']}")[1]["host_email"] == admin
    assert api.delete(f"/meetings/{number_of(gone)}/recordings") == (204, None) and in_trash(gone)
    assert api.delete(f"{member}?action=delete&transfer_email={admin}&transfer_recording=true") == (204, None)
    assert [m["topic"] for m in api.get(f"/users/{admin}/recordings")[1]["meetings"]] == ["Kept"] and not in_trash(kept)
    assert breaches() == []
