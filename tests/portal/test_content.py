"""Content: its lists, the forms, the file of a recording, and the plans that move it."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.content.items import SOON, in_trash, item, license_all, make, owner_of
from tests.people_of import Company
from tests.portal.test_import import confirm
from tests.signed_in import signed_in
from usher.content import reads
from usher.core.ids import short


@pytest.fixture
def admin(db: None, northlake: Company) -> Client:
    return signed_in(northlake.admin.user_id)


def ids(company: Company) -> tuple[UUID, UUID]:
    """The admin, the member."""
    assert company.admin.user_id and company.member.user_id
    return company.admin.user_id, company.member.user_id


def form(client: Client, path: str, **given: Any) -> Any:
    key = re.search(r'name="key" value="(\w+)"', client.get(path).content.decode())
    assert key
    return client.post(path, {"key": key.group(1), **given})


def test_it_works(admin: Client, northlake: Company) -> None:
    """S4-14, S4-45: each kind in its list, with its owner; search and filters."""
    license_all(northlake)
    _, member = ids(northlake)
    make(
        northlake,
        item(member, "meeting", "Weekly review", occurs="recurring", starts_at=SOON, seconds=1800),
        item(member, "meeting", "My room", occurs="personal"),
        item(member, "recording", "Launch film", seconds=3000, size=5_000_000),
        item(member, "whiteboard", "Sketch"),
        item(member, "note", "Minutes"),
    )
    page = admin.get("/content").content.decode()
    assert "Weekly review" in page and "30 minutes" in page and "Recurring" in page and "Launch film" not in page
    assert "Weekly review" not in admin.get("/content?occurs=personal").content.decode()
    assert "My room" not in admin.get("/content?q=weekly").content.decode()
    page = admin.get("/content/recordings").content.decode()
    assert "Launch film" in page and "4.8\u00a0MB" in page and "50 minutes" in page
    page = admin.get("/content/boards").content.decode()
    assert "Sketch" in page and "Minutes" in page and "Note" in page
    assert "Sketch" not in admin.get("/content/boards?kind=note").content.decode()
    assert "Nothing matches." in admin.get("/content?owner=nobody").content.decode()
    assert "No webinar yet" in admin.get("/content/webinars").content.decode()
    text = b"".join(admin.get("/content/export").streaming_content).decode()  # type: ignore[attr-defined]
    assert "Weekly review" in text and "Sketch" not in text


def test_without_the_privilege(db: None, northlake: Company) -> None:
    client = signed_in(northlake.member.user_id)
    for path in ("/content", "/content/recordings", "/content/new", "/content/hand-overs", "/content/transfers"):
        assert client.get(path).status_code == 403


def test_other_account_is_not_there(admin: Client, northlake: Company, southport: Company) -> None:
    """TENANT-03, TENANT-04: neither its items nor its people."""
    _, stranger = ids(southport)
    _, member = ids(northlake)
    (theirs,) = make(southport, item(stranger, "note", "Their secret"))
    (ours,) = make(northlake, item(member, "note", "Ours"))
    assert admin.get(f"/content/{short(theirs)}").status_code == 404
    assert "Their secret" not in admin.get(f"/content/boards?owner={stranger}").content.decode()
    page = admin.get(f"/content/hand-overs?ids={short(member)}&to=person&move=whiteboards_and_notes&heir_to={southport.admin.email}")
    assert page.status_code == 422 and "Nobody here has this address" in page.content.decode()
    address = f"/content/transfers?ids={short(theirs)},{short(ours)}&heir_to={northlake.admin.email}"
    assert confirm(admin, address).status_code == 303
    assert (owner_of(theirs), owner_of(ours)) == (stranger, northlake.admin.user_id)


def test_wrong_method(admin: Client) -> None:
    assert admin.post("/content").status_code == 405
    assert admin.put("/content/new").status_code == 405


def test_a_meeting_by_the_form(admin: Client, northlake: Company) -> None:
    """What is wrong is said beside its field, and what was typed is kept."""
    wrong = form(admin, "/content/new?kind=meeting", kind="meeting", owner="nobody@nowhere.test", title="Review", occurs="once")
    assert wrong.status_code == 422
    assert "Nobody here has this address" in wrong.content.decode() and 'value="Review"' in wrong.content.decode()
    given = {"kind": "meeting", "owner": northlake.member.email, "title": "Review", "occurs": "once", "starts_at": "2031-05-06T10:00", "minutes": "45"}  # fmt: skip
    answer = form(admin, "/content/new?kind=meeting", **given)
    assert (answer.status_code, answer["Location"]) == (303, "/content")
    (made,) = reads.newest_of(northlake.admin, ids(northlake)[1], 5)
    assert (made["title"], made["seconds"], made["starts_at"].isoformat()) == ("Review", 2700, "2031-05-06T10:00:00+00:00")


def test_a_recording_goes_up_and_comes_down_as_an_attachment(admin: Client, northlake: Company) -> None:
    """S4-15, WEB-08: whatever its name and its content, a browser stores it and runs nothing."""
    license_all(northlake)
    evil = SimpleUploadedFile('a".html', b"<script>alert(1)</script>", content_type="text/html")
    answer = form(admin, "/content/recordings/new", owner=northlake.member.email, title="Film", file=evil)
    assert answer.status_code == 303, answer.content
    (made,) = reads.newest_of(northlake.admin, ids(northlake)[1], 5)
    sent = admin.get(f"/content/{short(made['id'])}/file")
    assert b"".join(sent.streaming_content) == b"<script>alert(1)</script>"  # type: ignore[attr-defined]
    assert sent["Content-Type"] == "application/octet-stream" and sent["X-Content-Type-Options"] == "nosniff"
    assert sent["Content-Disposition"].startswith("attachment") and "\n" not in sent["Content-Disposition"]
    assert form(admin, "/content/recordings/new", owner=northlake.member.email, title="Film").status_code == 422


def test_a_large_request_only_where_files_belong(admin: Client, northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """DOS-09: refused by its length before it is read, unless it is an upload of somebody who may."""
    from usher.portal import door

    monkeypatch.setattr(door, "MOST_BYTES", 100)
    big = {"key": "k", "title": "x" * 2000}
    assert admin.post("/content/new", big).status_code == 413
    assert admin.post("/content/recordings/new", big).status_code == 422
    assert signed_in(northlake.member.user_id).post("/content/recordings/new", big).status_code == 413
    assert Client().post("/content/recordings/new", big).status_code == 413


def test_everything_of_a_person_to_another(admin: Client, northlake: Company) -> None:
    """S4-13, S4-14, S4-15, S4-16, S4-17: the question, the plan in numbers with what cannot move and why, then done, and the way back."""
    license_all(northlake)
    heir, member = ids(northlake)
    film, room = make(northlake, item(member, "recording", "Film", size=2_000_000), item(member, "meeting", "Room", occurs="personal"))
    address = f"/content/hand-overs?ids={short(member)}"
    page = admin.get(address).content.decode()
    assert "Who takes the content over?" in page and "Cloud recordings and webinars" in page
    address += f"&to=person&heir_to={northlake.admin.email}&move=meetings&move=recordings_and_webinars"
    page = admin.get(address).content.decode()
    assert "1\u00a0item goes to" in page and "1 of 1 can move, 1.9\u00a0MB" in page and "0 of 1 can move" in page
    assert "Uses the personal meeting ID, which never moves" in admin.get(address + "&part=skipped").content.decode()
    assert confirm(admin, address).status_code == 303
    assert (owner_of(film), owner_of(room)) == (heir, member)


def test_items_to_the_trash_and_back(admin: Client, northlake: Company) -> None:
    """S4-44"""
    _, member = ids(northlake)
    a, b = make(northlake, item(member, "note", "One"), item(member, "note", "Two"))
    assert confirm(admin, "/content/deletions?all=1&shelf=boards").status_code == 303
    assert in_trash(a) and in_trash(b)
    assert "One" not in admin.get("/content/boards").content.decode()
    assert "One" in admin.get("/content/boards?state=trash").content.decode()
    assert "In the trash since" in admin.get(f"/content/{short(a)}").content.decode()
    assert confirm(admin, f"/content/restorations?ids={short(a)}").status_code == 303
    assert not in_trash(a) and in_trash(b)


def test_another_title(admin: Client, northlake: Company) -> None:
    (note,) = make(northlake, item(ids(northlake)[1], "note", "Draft"))
    assert form(admin, f"/content/{short(note)}/title", title="").status_code == 422
    assert form(admin, f"/content/{short(note)}/title", title="Plan")["Location"] == f"/content/{short(note)}"
    assert "Plan" in admin.get(f"/content/{short(note)}").content.decode()


def test_the_tab_of_a_person(admin: Client, northlake: Company, southport: Company) -> None:
    """portal.md 7: how much of each kind, the newest items, and the way to hand it over; with nothing there, no way."""
    license_all(northlake)
    heir, member = ids(northlake)
    make(northlake, item(member, "recording", "Film", size=900_000), item(member, "note", "Minutes"))
    page = admin.get(f"/people/{short(member)}/content").content.decode()
    assert "Film" in page and "Minutes" in page and "878.9\u00a0KB" in page
    assert f"/content/recordings?owner={member}" in page and "Transfer content" in page
    assert "Film" in admin.get(f"/content/recordings?owner={member}").content.decode()
    assert "Film" not in admin.get(f"/content/recordings?owner={heir}").content.decode()
    empty = admin.get(f"/people/{short(heir)}/content").content.decode()
    assert "No meeting, recording, whiteboard or note yet." in empty and "Transfer content" not in empty
    assert admin.get(f"/people/{short(southport.member.user_id)}/content").status_code == 404  # type: ignore[arg-type]
