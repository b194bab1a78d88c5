"""Rooms by the API."""

from typing import Any

import pytest

from tests.api.caller import Caller
from tests.people_of import Company, breaches, do
from usher.core import sql
from usher.core.ids import short
from usher.journal import undo


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


def room(api: Caller, name: str = "Blue", **more: Any) -> str:
    status, made = api.post("/rooms", {"name": name, "type": "ZoomRoom", **more})
    assert status == 201, made
    id: str = made["id"]
    return id


def site(company: Company, name: str) -> str:
    started = do(company.owner, "accounts.create_site", {"name": name})
    return short(sql.value("SELECT obj FROM journal_effect WHERE change_id = %(c)s", {"c": started.change_id}))


def last_change(company: Company) -> int:
    found: int = sql.value("SELECT max(number) FROM journal_change WHERE account_id = %(a)s", {"a": company.account})
    return found


def test_a_room_comes_and_goes(northlake: Company, api: Caller) -> None:
    """S0-53: made at a location, read, changed, deleted; the shapes are the contract's."""
    where = site(northlake, "Hamburg")
    status, made = api.post("/rooms", {"name": " Blue ", "type": "Kiosk", "location_id": where, "pro_device": True, "tag_ids": []})
    assert status == 201 and len(made["id"]) == 22
    assert made == {
        "id": made["id"], "room_id": made["id"], "name": "Blue", "type": "Kiosk", "location_id": where, "tags": [], "pro_device": True,
    }  # fmt: skip
    one = f"/rooms/{made['id']}"
    wish = {"basic": {"name": "Green", "zoom_room_type": "ZoomRoom", "capacity": 12, "room_passcode": "1234"}, "setup": {"x": 1}}
    assert api.patch(one, wish) == (204, None)
    assert api.patch(one, {"setup": {"under_construction": True}}) == (204, None)
    status, told = api.get(one)
    assert status == 200 and told == {
        "basic": {
            "name": "Green", "zoom_room_type": "ZoomRoom", "location_id": where, "activation_code": "", "tag_ids": [], "capacity": 12,
        },
        "device": {},
        "setup": {"under_construction": True, "pro_device": True},
    }  # fmt: skip
    assert api.delete(one) == (204, None)
    assert api.get(one)[1]["code"] == 1012 and api.delete(one)[1]["code"] == 1012 and breaches() == []


def test_a_passcode_is_kept_nowhere(northlake: Company, api: Caller) -> None:
    """AUDIT-07: neither in the room nor in the journal."""
    api.patch(f"/rooms/{room(api)}", {"basic": {"room_passcode": "847362", "capacity": 3}, "setup": {"screen_lock_pin": "847362"}})
    kept = sql.value("SELECT details::text FROM accounts_room WHERE account_id = %(a)s", {"a": northlake.account})
    told = sql.value("SELECT string_agg(coalesce(after::text, ''), '') FROM journal_effect", {})
    assert "capacity" in kept and "847362" not in kept + told


def test_what_was_done_is_undone(northlake: Company, api: Caller) -> None:
    """A room that was changed is as it was, one that was deleted is back with everything said of it."""
    one = f"/rooms/{room(api)}"
    api.patch(one, {"basic": {"capacity": 12}})
    before = api.get(one)
    api.patch(one, {"basic": {"capacity": 30, "name": "Red"}})
    undo.start_undo(northlake.owner, last_change(northlake))
    assert api.get(one) == before
    api.delete(one)
    undo.start_undo(northlake.owner, last_change(northlake))
    assert api.get(one) == before and breaches() == []


def test_the_list_is_filtered_and_paged(northlake: Company, api: Caller) -> None:
    where = site(northlake, "Hamburg")
    blue, green = room(api, "Blue"), room(api, "Green %", location_id=where)
    red = api.post("/rooms", {"name": "Red", "type": "Kiosk"})[1]["id"]
    api.patch(f"/rooms/{red}", {"setup": {"under_construction": True}})

    def ids(query: str) -> set[str]:
        status, told = api.get("/rooms" + query)
        assert status == 200 and told["next_page_token"] == "" and told["page_size"] == 30
        return {r["id"] for r in told["rooms"]}

    assert ids("") == {blue, green, red}
    assert ids("?type=Kiosk") == ids("?status=UnderConstruction") == {red}
    assert ids("?status=Offline") == {blue, green} and ids("?status=Available") == ids("?status=InMeeting") == ids("?tag_ids=a,b") == set()
    assert ids(f"?location_id={where}") == {green} and ids("?unassigned_rooms=true") == {blue, red}
    assert ids("?query_name=gre") == ids("?query_name=%25") == {green}
    seen, query = [], "?page_size=1"
    for _page in range(3):
        told = api.get("/rooms" + query)[1]
        seen += [r["id"] for r in told["rooms"]]
        query = f"?page_size=1&next_page_token={told['next_page_token']}"
    assert sorted(seen) == sorted([blue, green, red]) and told["next_page_token"] == ""
    assert api.get("/rooms?next_page_token=x")[1]["code"] == 300


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"type": "ZoomRoom"}, 300),
        ({"name": "", "type": "ZoomRoom"}, 300),
        ({"name": "A\u202eB", "type": "ZoomRoom"}, 300),
        ({"name": "x" * 256, "type": "ZoomRoom"}, 300),
        ({"name": "Blue", "type": "Cinema"}, 300),
        ({"name": "Blue", "type": "ZoomRoom"}, 300),
        ({"name": "Red", "type": "ZoomRoom", "location_id": "nowhere"}, 4801),
        ({"name": "Red", "type": "ZoomRoom", "tag_ids": ["a"]}, 8306),
        ({"name": "Red", "type": "ZoomRoom", "calendar_resource_id": "a"}, 4060),
    ],
)
def test_rooms_that_cannot_be(api: Caller, body: dict[str, Any], code: int) -> None:
    """MASS-08: nothing, too much, a kind that is none, a name that is taken, a location that is not here."""
    room(api, "Blue")
    assert api.post("/rooms", body)[1]["code"] == code
    assert len(api.get("/rooms")[1]["rooms"]) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"basic": {"tag_ids": ["a"], "capacity": 3}}, 8306),
        ({"basic": {"calendar_resource_id": "a", "capacity": 3}}, 4060),
        ({"basic": {"capacity": 3}, "device": {"device_profile_id": "a"}}, 8005),
    ],
)
def test_what_a_room_cannot_be_tied_to(api: Caller, body: dict[str, Any], code: int) -> None:
    """MASS-01: what is not there is refused and not passed over, and nothing of the call is done; naming none says nothing."""
    one = f"/rooms/{room(api)}"
    before = api.get(one)
    assert api.patch(one, body)[1]["code"] == code and api.get(one) == before
    assert api.patch(one, {"basic": {"tag_ids": [], "calendar_resource_id": ""}, "device": {"device_profile_id": ""}}) == (204, None)
    assert api.get(one) == before


def test_a_profile_that_no_column_can_hold(api: Caller) -> None:
    """MASS-08, DOS-05: a NUL, half a character, what is too deep or too much."""
    deep: Any = {}
    for _level in range(12):
        deep = {"a": deep}
    one = f"/rooms/{room(api)}"
    for wrong in ({"x": "\x00"}, {"\ud800": 1}, {"x": 1e400}, deep, {"x": "a" * 40_000}):
        body = {"setup": {"checkin_and_checkout": wrong}}
        assert api.patch(one, body)[0] == 400, wrong
    assert "checkin_and_checkout" not in api.get(one)[1]["setup"]


def test_a_location_of_another_account(northlake: Company, southport: Company, api: Caller) -> None:
    """TENANT-03: it does not exist."""
    where = site(southport, "Lübeck")
    assert api.post("/rooms", {"name": "Blue", "type": "ZoomRoom", "location_id": where})[1]["code"] == 4801
    assert api.get(f"/rooms?location_id={where}")[1]["code"] == 4801


def test_without_the_right(northlake: Company) -> None:
    """AUTHZ-13: the app of a member lists no rooms."""
    from tests.api.caller import app_of
    from usher.access import tokens

    client = tokens.client(*app_of(northlake.operator, creator=northlake.member.user_id), "192.0.2.9")
    assert client is not None
    from django.test import Client

    api = Caller(tokens.issue(client)[0], Client())
    assert api.get("/rooms")[1]["code"] == 200 and api.post("/rooms", {"name": "A", "type": "Kiosk"})[1]["code"] == 200
