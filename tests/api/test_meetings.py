"""Meetings and webinars by the API."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings

from tests.api.caller import Caller, caller
from tests.content.items import item, license_all, make
from tests.people_of import Company, breaches, do, one
from usher.core import clock, sql
from usher.core.ids import short
from usher.journal import undo
from usher.zoom_wire.meetings import SETTINGS

SOON = (datetime.now(UTC) + timedelta(days=9)).replace(microsecond=0, second=0)
AT = SOON.strftime("%Y-%m-%dT%H:%M:%SZ")
KINDS = [("meetings", 2, 8), ("webinars", 5, 9)]


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


@pytest.fixture(scope="module")
def api(northlake: Company) -> Caller:
    """The owner's app, in an account whose member may host both."""
    license_all(northlake)
    do(northlake.operator, "licenses.give_add_on", {"add_on": "webinar:500", "subjects": one(northlake.member.user_id)})
    return caller(northlake.owner)


def of(company: Company, kind: str = "meetings") -> str:
    return f"/users/{company.member.email}/{kind}"


def last_change(company: Company) -> int:
    found: int = sql.value("SELECT max(number) FROM journal_change WHERE account_id = %(a)s", {"a": company.account})
    return found


@pytest.mark.parametrize(("kind", "once", "series"), KINDS)
def test_one_is_scheduled_read_changed_and_deleted(northlake: Company, api: Caller, kind: str, once: int, series: int) -> None:
    """S4-45: the whole life of one, with a number of Zoom's form; what was said beyond topic and time is told again."""
    wish = {"topic": "Weekly", "start_time": AT, "duration": 30, "agenda": "One\nTwo", "settings": {"waiting_room": True}, "nonsense": 1}
    status, made = api.post(of(northlake, kind), wish)
    assert status == 201 and made["type"] == once and made["start_time"] == AT and made["duration"] == 30
    assert 10**9 <= made["id"] < 10**11 and made["uuid"].endswith("==") and made["host_email"] == northlake.member.email
    assert (
        made["settings"] == {**SETTINGS[kind.removesuffix("s")], "waiting_room": True}
        and made["agenda"] == "One\nTwo"
        and "nonsense" not in made
    )
    path = f"/{kind}/{made['id']}"
    assert api.get(path) == (200, made) == api.get(f"/{kind}/{made['uuid']}") == api.get(f"/{kind}/{quote(quote(made['uuid'], safe=''))}")
    change = {"topic": "Daily", "type": series, "recurrence": {"type": 1, "x": 2}, "settings": {"host_video": True}, "duration": 45}
    assert api.patch(path, change) == (204, None) and api.patch(path, {}) == (204, None)
    told = api.get(path)[1]
    assert (told["topic"], told["type"], told["duration"], told["start_time"]) == ("Daily", series, 45, AT)
    assert told["settings"] == {**made["settings"], "host_video": True} and told["recurrence"] == {"type": 1}
    assert [m["id"] for m in api.get(of(northlake, kind))[1][kind]] == [made["id"]]
    assert api.delete(path) == (204, None) and breaches() == []
    assert api.get(path)[1]["code"] == api.delete(path)[1]["code"] == api.patch(path, change)[1]["code"] == 3001
    assert api.get(of(northlake, kind))[1]["total_records"] == 0


@pytest.mark.parametrize(("kind", "once", "series"), KINDS)
def test_what_was_done_is_undone(northlake: Company, api: Caller, kind: str, once: int, series: int) -> None:
    """A change goes back wholly, what was deleted is back under its number, what was made is gone."""
    before = api.post(of(northlake, kind), {"topic": "Weekly", "start_time": AT, "settings": {"a": 1}})[1]
    path = f"/{kind}/{before['id']}"
    api.patch(path, {"topic": "Daily", "type": 3 if kind == "meetings" else 6, "settings": {"a": 2, "b": 1}, "timezone": "Europe/Berlin"})
    assert "start_time" not in api.get(path)[1]
    undo.start_undo(northlake.owner, last_change(northlake))
    assert api.get(path)[1] == before
    api.delete(path)
    undo.start_undo(northlake.owner, last_change(northlake))
    assert api.get(path)[1] == before and breaches() == []
    fresh = api.post(of(northlake, kind), {"topic": "Once"})[1]
    undo.start_undo(northlake.owner, last_change(northlake))
    assert api.get(f"/{kind}/{fresh['id']}")[1]["code"] == 3001


def test_a_time_without_a_zone_is_by_the_clock_of_its_meeting(northlake: Company, api: Caller) -> None:
    """The zone of the body, else the one it has, else its host's; an instant one begins now."""
    wish = {"start_time": "2027-01-15T09:00:00", "timezone": "Europe/Berlin"}
    made = api.post(of(northlake), wish)[1]
    assert made["start_time"] == "2027-01-15T08:00:00Z" and made["timezone"] == "Europe/Berlin" and made["topic"] == "Meeting"
    api.patch(f"/meetings/{made['id']}", {"start_time": "2027-07-15T09:00:00"})
    assert api.get(f"/meetings/{made['id']}")[1]["start_time"] == "2027-07-15T07:00:00Z"
    do(northlake.owner, "people.edit_profile", {"subjects": one(northlake.member.user_id), "fields": {"time_zone": "Asia/Tokyo"}})
    assert api.post(of(northlake), {"start_time": "2027-01-15T09:00:00"})[1]["start_time"] == "2027-01-15T00:00:00Z"
    now = clock.now().strftime("%Y-%m-%dT%H:%M")
    assert api.post(of(northlake), {"type": 1})[1]["start_time"].startswith(now)
    assert "start_time" not in api.post(of(northlake), {"type": 3})[1]


@pytest.mark.parametrize(
    "body",
    [
        {"topic": ""},
        {"topic": "x" * 201},
        {"topic": "right\u202eleft"},
        {"topic": "\x00"},
        {"type": 4},
        {"type": 8},
        {"type": "2"},
        {"start_time": "tomorrow"},
        {"start_time": "2027-01-15"},
        {"start_time": "9999-01-15T10:00:00Z"},
        {"duration": 0},
        {"duration": 1441},
        {"timezone": "Mars/Olympus"},
        {"settings": {"x": "\x00"}},
        {"settings": {"x": 1e400}},
        {"settings": {"x": "a" * 40_000}},
        {"settings": []},
        {"recurrence": {}},
        {"recurrence": {"type": 9}},
        {"tracking_fields": [{}]},
        {"schedule_for": "nobody@nowhere.test"},
    ],
)
def test_what_no_meeting_can_be(northlake: Company, api: Caller, body: dict[str, Any]) -> None:
    """MASS-08, DOS-05: refused with code 300, made or changed, and nothing is written."""
    made = api.post(of(northlake), {"topic": "Weekly", "start_time": AT})[1]
    for status, told in (api.post(of(northlake), body), api.patch(f"/meetings/{made['id']}", body)):
        assert (status, told["code"]) == (400, 300), told
    assert api.get(f"/meetings/{made['id']}")[1] == made and api.get(of(northlake))[1]["total_records"] == 1


def test_settings_do_not_grow_for_ever(northlake: Company, api: Caller) -> None:
    """DOS-05: laid over each other they are 64 KB at most."""
    path = f"/meetings/{api.post(of(northlake), {})[1]['id']}"
    assert [api.patch(path, {"settings": {name: "a" * 30_000}})[0] for name in "abc"] == [204, 204, 400]


def test_what_lets_somebody_in_is_kept_nowhere(northlake: Company, api: Caller) -> None:
    """AUDIT-07, SECRET-01: nothing that lets somebody in, at whatever depth, can be read in the item or in the journal; what stands beside it is kept."""
    wish = {"password": "847362", "settings": {"x_passcode": "847362", "deep": [{"host_key": "847362", "a": 1}], "passcode_on": True}}
    made = api.post(of(northlake), wish)[1]
    assert api.patch(f"/meetings/{made['id']}", {**wish, "agenda": "A"}) == (204, None)
    assert api.get(f"/meetings/{made['id']}")[1]["settings"] == {**SETTINGS["meeting"], "deep": [{"a": 1}], "passcode_on": True}
    for table in ("content_item", "journal_effect", "journal_change"):
        assert not sql.value(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%%847362%%'", {}), table


def test_who_may_host_what(northlake: Company) -> None:
    """behaviour.md B: Unassigned hosts no meetings (3161), nobody without the add-on webinars (200), nobody who is not active anything (3000)."""
    api, admin = caller(northlake.owner), f"/users/{northlake.admin.email}"
    assert api.post(f"{admin}/webinars", {})[1]["code"] == 200
    assert api.post(f"/users/{short(northlake.pending)}/meetings", {})[1]["code"] == 3000
    do(northlake.operator, "licenses.change_license", {"license": "meetings:unassigned", "subjects": one(northlake.admin.user_id)})
    assert api.post(f"{admin}/meetings", {})[1]["code"] == 3161 and api.get(f"{admin}/meetings")[1]["total_records"] == 0


def test_for_somebody_else(northlake: Company, southport: Company, api: Caller) -> None:
    """schedule_for: a meeting is theirs from the beginning, or goes to them; nobody of another account, and not at once (TENANT-04)."""
    admin = northlake.admin.email
    made = api.post(of(northlake), {"schedule_for": admin, "start_time": AT})[1]
    assert made["host_email"] == admin
    path = f"/meetings/{made['id']}"
    assert api.patch(path, {"schedule_for": northlake.member.email, "topic": "Theirs"}) == (204, None)
    told = api.get(path)[1]
    assert (told["host_email"], told["topic"]) == (northlake.member.email, "Theirs")
    assert api.patch(path, {"schedule_for": northlake.member.email}) == (204, None)
    assert api.post(of(northlake), {"schedule_for": admin, "type": 1})[1]["code"] == 3000
    assert api.patch(path, {"schedule_for": southport.member.email, "topic": "Mine"})[1]["code"] == 300
    assert api.patch(path, {"schedule_for": short(northlake.pending), "topic": "Mine"})[1]["code"] == 3000
    assert api.get(path)[1] == told


def test_lists_by_time_and_page_by_page(northlake: Company, api: Caller) -> None:
    """upcoming, previous and what lies between two days; the personal room is in no list, and each page leads to the next."""
    past = (datetime.now(UTC) - timedelta(days=40)).replace(microsecond=0)
    member = northlake.member.user_id
    ids = make(
        northlake,
        item(member, "meeting", "Past", starts_at=past.isoformat(), seconds=600),
        item(member, "meeting", "Series", occurs="recurring"),
        item(member, "meeting", "Soon", starts_at=SOON.isoformat()),
        item(member, "meeting", "Door", occurs="personal"),
    )

    def topics(query: str) -> list[str]:
        status, told = api.get(of(northlake) + query)
        assert status == 200, told
        return [m["topic"] for m in told["meetings"]]

    assert topics("") == topics("?type=scheduled") == ["Past", "Series", "Soon"]
    assert topics("?type=upcoming") == topics("?type=upcoming_meetings") == ["Series", "Soon"]
    assert topics("?type=previous_meetings") == ["Past"] and topics("?type=live") == []
    assert topics(f"?from={SOON:%Y-%m-%d}&to={SOON:%Y-%m-%d}") == ["Soon"] and topics(f"?to={past:%Y-%m-%d}") == ["Past"]
    assert api.get(of(northlake) + "?from=soon")[1]["code"] == 300 and topics("?to=9999-12-31&from=0001-01-01") == ["Past", "Soon"]
    first = api.get(of(northlake) + "?page_size=2")[1]
    assert (first["page_count"], first["total_records"], len(first["meetings"])) == (2, 3, 2)
    assert topics(f"?page_size=2&next_page_token={first['next_page_token']}") == topics("?page_size=2&page_number=2") == ["Soon"]
    path = f"/meetings/{short(ids[3])}"
    assert api.get(path)[1]["type"] == 4 and api.delete(path)[1]["code"] == 3018


def test_a_meeting_is_no_webinar(northlake: Company, api: Caller) -> None:
    """Codes 3000 and 300; a recording is neither; a date that is named of what has none: nothing is deleted."""
    meeting, webinar = (api.post(of(northlake, kind), {})[1]["id"] for kind, _once, _series in KINDS)
    assert api.get(f"/meetings/{webinar}")[1]["code"] == 3000 and api.delete(f"/webinars/{meeting}")[1]["code"] == 300
    (recording,) = make(northlake, item(northlake.member.user_id, "recording"))
    for told in (short(recording), "0", "9" * 30, "x", "%00"):
        assert api.get(f"/meetings/{told}")[1]["code"] == 3001
    assert api.delete(f"/meetings/{meeting}?occurrence_id=1")[1]["code"] == 300 and api.get(f"/meetings/{meeting}")[0] == 200


def test_pages_show_what_the_api_made(northlake: Company, api: Caller) -> None:
    """Topic, time and length stand in the list and on the item's page; Activity says what was changed."""
    from tests.signed_in import signed_in

    made = api.post(of(northlake), {"topic": "Budget", "start_time": AT, "duration": 25, "agenda": "Numbers first"})[1]
    browser = signed_in(northlake.owner.user_id)
    page = browser.get(made["join_url"].removeprefix(settings.BASE_URL)).content.decode()
    assert all(told in page for told in ("Budget", "25 minutes", str(made["id"]), "Numbers first"))
    assert "Budget" in browser.get("/content").content.decode()
    api.patch(f"/meetings/{made['id']}", {"duration": 50, "settings": {"waiting_room": True}})
    told = browser.get(f"/changes/{last_change(northlake)}").content.decode()
    assert "50 minutes" in told and "waiting_room" in told
