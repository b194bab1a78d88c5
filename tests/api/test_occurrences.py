"""The dates of a series: worked out, told, and one of them changed or cancelled by the API (S4-45)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.caller import Caller, caller
from tests.api.test_meetings import KINDS, last_change, of
from tests.content.items import license_all
from tests.people_of import Company, breaches, do, one
from usher.core import clock
from usher.core.clock import zone_of
from usher.journal import undo
from usher.zoom_wire.meetings import SETTINGS
from usher.zoom_wire.occurrences import starts

FIRST = datetime(2027, 3, 22, 8, 30, tzinfo=UTC)  # a Monday, 9:30 in Berlin; summer time begins on the 28th
BERLIN = zone_of("Europe/Berlin")


@pytest.mark.parametrize(
    ("recurrence", "days"),
    [
        ({"type": 1, "end_times": 3}, ["03-22 09:30", "03-23 09:30", "03-24 09:30"]),
        ({"type": 1, "repeat_interval": 7, "end_times": 2}, ["03-22 09:30", "03-29 09:30"]),
        ({"type": 2, "end_times": 2}, ["03-22 09:30", "03-29 09:30"]),
        ({"type": 2, "weekly_days": "1,4", "end_times": 4}, ["03-24 09:30", "03-28 09:30", "03-31 09:30", "04-04 09:30"]),
        ({"type": 2, "repeat_interval": 2, "weekly_days": "2", "end_times": 2}, ["03-22 09:30", "04-05 09:30"]),
        ({"type": 3, "monthly_day": 31, "end_times": 3}, ["03-31 09:30", "04-30 09:30", "05-31 09:30"]),
        ({"type": 3, "end_times": 2}, ["03-22 09:30", "04-22 09:30"]),
        ({"type": 3, "monthly_week": -1, "monthly_week_day": 6, "end_times": 2}, ["03-26 09:30", "04-30 09:30"]),
        ({"type": 3, "monthly_week": 1, "monthly_week_day": 2, "repeat_interval": 11, "end_times": 1}, ["02-07 09:30"]),
        ({"type": 1, "end_date_time": "2027-03-23T08:30:00Z"}, ["03-22 09:30", "03-23 09:30"]),
        ({"type": 1, "end_date_time": "2027-03-21T08:30:00Z"}, []),
        ({"type": 1}, ["03-22 09:30"]),
        ({"type": 1, "end_times": 1, "weekly_days": "nonsense", "end_date_time": "never"}, ["03-22 09:30"]),
    ],
)
def test_when_it_takes_place(recurrence: dict[str, Any], days: list[str]) -> None:
    """By the same clock on every date; 1 is Sunday; the last day of a month that is too short."""
    found = starts(FIRST, recurrence, BERLIN)
    assert [f"{at.astimezone(BERLIN):%m-%d %H:%M}" for at in found] == days and all(at.tzinfo == UTC for at in found)


@pytest.mark.parametrize(("type", "until_2199"), [(1, 60), (2, 60), (3, 21)])
def test_it_ends(type: int, until_2199: int) -> None:
    """DOS-08: 60 dates at most, however far away the end is and however rare they are."""
    assert len(starts(FIRST, {"type": type, "repeat_interval": 99, "end_date_time": "2199-12-31T00:00:00Z"}, BERLIN)) == until_2199
    assert len(starts(FIRST, {"type": type, "end_date_time": "2199-12-31T00:00:00Z", "end_times": 60}, BERLIN)) == 60
    assert len(starts(datetime(2199, 12, 31, tzinfo=UTC), {"type": type, "repeat_interval": 99, "end_times": 60}, BERLIN)) == 60


@pytest.fixture(scope="module")
def program(northlake: Company) -> Caller:
    """The owner's app, in an account whose member may host both."""
    license_all(northlake)
    do(northlake.operator, "licenses.give_add_on", {"add_on": "webinar:500", "subjects": one(northlake.member.user_id)})
    return caller(northlake.owner)


@pytest.fixture
def api(db: None, program: Caller) -> Caller:
    return program


def series(api: Caller, company: Company, kind: str = "meetings", type: int = 8) -> tuple[str, list[dict[str, Any]]]:
    """The path of a daily series of three, and its dates."""
    wish = {
        "topic": "Stand-up", "type": type, "start_time": "2027-03-22T09:30:00", "timezone": "Europe/Berlin", "duration": 15,
        "agenda": "All", "settings": {"waiting_room": True, "host_video": False}, "recurrence": {"type": 1, "end_times": 3},
    }  # fmt: skip
    status, made = api.post(of(company, kind), wish)
    assert status == 201, made
    return f"/{kind}/{made['id']}", made["occurrences"]


@pytest.mark.parametrize(("kind", "_once", "type"), KINDS)
def test_a_series_tells_its_dates(northlake: Company, api: Caller, kind: str, _once: int, type: int) -> None:
    """Their numbers are their times in milliseconds; those that are over are told when they are asked for."""
    path, dates = series(api, northlake, kind, type)
    assert dates[0] == {
        "occurrence_id": str(int(FIRST.timestamp() * 1000)), "start_time": "2027-03-22T08:30:00Z", "duration": 15, "status": "available",
    }  # fmt: skip
    assert len(dates) == 3 and api.get(path)[1]["occurrences"] == dates
    with clock.travel(FIRST + timedelta(minutes=20)):
        later = caller(northlake.owner)
        assert later.get(path)[1]["occurrences"] == dates[1:]
        assert later.get(f"{path}?show_previous_occurrences=true")[1]["occurrences"] == dates
    once = api.post(of(northlake, kind), {"topic": "Once"})[1]
    assert "occurrences" not in once and "occurrences" not in api.get(f"/{kind}/{once['id']}")[1]


@pytest.mark.parametrize(("kind", "_once", "type"), KINDS)
def test_one_date_is_changed(northlake: Company, api: Caller, kind: str, _once: int, type: int) -> None:
    """It alone is otherwise, is read as such, and an undo takes it back; the series stays as it is."""
    path, dates = series(api, northlake, kind, type)
    whole, one_of_it = api.get(path)[1], f"{path}?occurrence_id={dates[1]['occurrence_id']}"
    wish = {"start_time": "2027-03-23T14:00:00", "duration": 45, "agenda": "Budget", "settings": {"host_video": True}, "topic": "Stand-up"}
    assert api.patch(one_of_it, wish) == (204, None)
    first = last_change(northlake)
    told, unsaid = api.get(one_of_it)[1], SETTINGS[kind.removesuffix("s")]
    assert (told["start_time"], told["duration"], told["agenda"], told["topic"]) == ("2027-03-23T13:00:00Z", 45, "Budget", "Stand-up")
    assert told["settings"] == {**unsaid, "waiting_room": True, "host_video": True} and "occurrences" not in told
    after = api.get(path)[1]
    assert [d["duration"] for d in after["occurrences"]] == [15, 45, 15] and after["settings"] == whole["settings"]
    assert {**after, "occurrences": dates} == whole
    assert api.patch(one_of_it, {"settings": {"waiting_room": False}}) == (204, None)
    second = last_change(northlake)
    assert (
        api.get(one_of_it)[1]["settings"] == {**unsaid, "waiting_room": False, "host_video": True}
        and api.get(one_of_it)[1]["duration"] == 45
    )
    for number in (second, first):
        undo.start_undo(northlake.owner, number)
    assert api.get(path)[1] == whole and breaches() == []


@pytest.mark.parametrize(("kind", "_once", "type"), KINDS)
def test_one_date_is_cancelled(northlake: Company, api: Caller, kind: str, _once: int, type: int) -> None:
    """The others take place; it can be named no more, and an undo brings it back."""
    path, dates = series(api, northlake, kind, type)
    one_of_it = f"{path}?occurrence_id={dates[0]['occurrence_id']}"
    assert api.delete(one_of_it) == (204, None)
    assert [d["status"] for d in api.get(path)[1]["occurrences"]] == ["deleted", "available", "available"]
    code = 300 if kind == "meetings" else 3000
    assert {answer[1]["code"] for answer in (api.get(one_of_it), api.patch(one_of_it, {"duration": 5}), api.delete(one_of_it))} == {code}
    undo.start_undo(northlake.owner, last_change(northlake))
    assert api.get(path)[1]["occurrences"] == dates and breaches() == []


def test_two_dates_at_once(northlake: Company, api: Caller) -> None:
    """What is said of one date leaves what was said of another."""
    path, dates = series(api, northlake)
    for n, date in enumerate(dates):
        assert api.patch(f"{path}?occurrence_id={date['occurrence_id']}", {"duration": 20 + n}) == (204, None)
    assert [d["duration"] for d in api.get(path)[1]["occurrences"]] == [20, 21, 22]
    assert api.patch(path, {"start_time": "2027-04-01T09:30:00"}) == (204, None)  # other dates, as the series says
    assert [d["duration"] for d in api.get(path)[1]["occurrences"]] == [15, 15, 15]


def test_dates_stay_where_they_are_when_their_owner_moves(northlake: Company, api: Caller) -> None:
    """A series that names no time zone keeps the one of whoever it was made for: in New York summer time has begun by then, and it would be another date."""
    owner = f"/users/{northlake.member.email}"
    assert api.patch(owner, {"timezone": "Europe/Berlin"}) == (204, None)
    weekly = {"topic": "Crew", "type": 8, "start_time": "2027-03-22T09:30:00", "recurrence": {"type": 2, "end_times": 2}}
    made = api.post(of(northlake), weekly)[1]
    path, dates = f"/meetings/{made['id']}", made["occurrences"]
    assert [d["start_time"] for d in dates] == ["2027-03-22T08:30:00Z", "2027-03-29T07:30:00Z"]
    assert api.delete(f"{path}?occurrence_id={dates[1]['occurrence_id']}") == (204, None)
    assert api.patch(owner, {"timezone": "America/New_York"}) == (204, None)
    assert [d["status"] for d in api.get(path)[1]["occurrences"]] == ["available", "deleted"]


@pytest.mark.parametrize(
    "body",
    [{"topic": "Other"}, {"type": 2}, {"recurrence": {"type": 2}}, {"schedule_for": "a@b.test"}, {"duration": 0}, {"start_time": "x"}],
)
def test_what_is_the_same_on_all_of_them(northlake: Company, api: Caller, body: dict[str, Any]) -> None:
    """MASS-01, MASS-08: refused with code 300, and nothing is changed."""
    path, dates = series(api, northlake)
    before = api.get(path)[1]
    status, told = api.patch(f"{path}?occurrence_id={dates[0]['occurrence_id']}", body)
    assert (status, told["code"]) == (400, 300) and api.get(path)[1] == before


@pytest.mark.parametrize("recurrence", [{"type": 2, "weekly_days": "0,8"}, {"type": 1, "end_date_time": "2027-01-15"}])
def test_series_that_cannot_be(northlake: Company, api: Caller, recurrence: dict[str, Any]) -> None:
    """MASS-08: days that are none, an end that is no time."""
    assert api.post(of(northlake), {"type": 8, "start_time": "2027-03-22T09:30:00Z", "recurrence": recurrence})[1]["code"] == 300


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("2027-04-22T09:30:00Z", "2027-04-22T09:30:00Z"),
        ("2027-04-22T09:30:00", "2027-04-22T09:30:00Z"),
        ("2027-04-22T11:30:00.5+02:00", "2027-04-22T09:30:00Z"),
        ("", None),
    ],
)
def test_when_a_series_ends_is_told_as_a_time(northlake: Company, api: Caller, said: str, told: str | None) -> None:
    """RFC 3339, as /docs/openapi.json says it: clients with types read no other form; and a date of it is changed by who writes all of it back."""
    wish = {"type": 8, "start_time": "2027-03-22T09:30:00Z", "recurrence": {"type": 1, "end_times": 2, "end_date_time": said}}
    made = api.post(of(northlake), wish)[1]
    assert made["recurrence"] == {"type": 1, "end_times": 2, **({"end_date_time": told} if told else {})}
    path, first = f"/meetings/{made['id']}", made["occurrences"][0]["occurrence_id"]
    assert api.get(path)[1]["recurrence"] == made["recurrence"]
    assert api.patch(f"{path}?occurrence_id={first}", {"recurrence": made["recurrence"], "duration": 20}) == (204, None)


def test_a_date_of_another_account(northlake: Company, southport: Company, api: Caller) -> None:
    """TENANT-01: the series is not there, so neither are its dates."""
    path, dates = series(api, northlake)
    stranger = caller(southport.owner)
    for answer in (stranger.get, stranger.delete):
        assert answer(f"{path}?occurrence_id={dates[0]['occurrence_id']}")[1]["code"] == 3001
    assert api.get(path)[1]["occurrences"] == dates
