"""Numbers by the API, in the contract's older and newer words; and rooms with a phone."""

from typing import Any

import pytest

from tests.api.caller import Caller, caller
from tests.people_of import Company, breaches, do
from tests.phone.phones import PLAN, add
from usher.core import sql
from usher.core.ids import short, unshort

FIRST, SECOND = "+4722000000", "+4722000001"
NOWHERE = "AaIANazEdqyigcA1NyLlJg"


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


@pytest.fixture(scope="module")
def api(equipped: Company) -> Caller:
    return caller(equipped.owner)


def number_id(number: str) -> str:
    return short(sql.value("SELECT id FROM phone_number WHERE number = %(n)s", {"n": number}))


def room(company: Company, name: str = "Blue") -> str:
    started = do(company.owner, "accounts.create_room", {"name": name, "kind": "ZoomRoom"})
    return short(sql.value("SELECT obj FROM journal_effect WHERE change_id = %(c)s", {"c": started.change_id}))


def test_numbers_are_listed(northlake: Company, api: Caller) -> None:
    """README 6: whose they are, of what kind, where; filtered and paged, in both words."""
    assert northlake.member.user_id
    do(northlake.owner, "phone.add_numbers", {"numbers": ["+47 800 12 345"]})
    add(northlake, northlake.member.user_id, package=PLAN, numbers="next")

    def old(query: str = "") -> list[str]:
        status, told = api.get("/phone/numbers" + query)
        assert status == 200 and told["total_records"] == len(told["phone_numbers"])
        return sorted(n["number"] for n in told["phone_numbers"])

    def new(query: str = "") -> list[str]:
        status, told = api.get("/number_management/numbers" + query)
        assert status == 200 and told["next_page_token"] == ""
        return sorted(n["number"] for n in told["numbers"])

    assert len(old()) == len(new()) == len(old("?type=all")) == len(old("?type=byoc")) == 11
    assert old("?type=assigned") == old("?extension_type=user") == new("?assigned_to_type=User") == [FIRST]
    assert len(old("?type=unassigned")) == len(new("?assigned_to_type=PhoneUnassigned")) == 10
    assert old("?number_type=tollfree") == new("?number_type=TollFree") == ["+4780012345"] and len(old("?number_type=toll")) == 10
    assert old("?extension_type=callQueue") == old("?pending_numbers=true") == old("?extension_type=user&type=unassigned") == []
    for nothing in (
        "allocated_product=UNALLOCATED",
        "number_status=Pending",
        "number_source=Zoom",
        "assigned_to_type=CallQueue",
        "number_type=ITFS",
    ):
        assert new("?" + nothing) == [], nothing
    assert old("?phone_number=%2B4722000001") == new("?keyword=2000001") == [SECOND] and new("?keyword=%25") == []
    seen, query = [], "?page_size=4"
    for _page in range(3):
        told = api.get("/number_management/numbers" + query)[1]
        seen += [n["number"] for n in told["numbers"]]
        query = f"?page_size=4&next_page_token={told['next_page_token']}"
    assert sorted(seen) == new() and told["next_page_token"] == ""
    assert api.get("/number_management/numbers?next_page_token=x")[1]["code"] == 1003100
    assert api.get(f"/number_management/numbers?site_id={NOWHERE}")[1]["code"] == 1002010


def test_one_number(northlake: Company, api: Caller) -> None:
    """The shapes are the contract's; a display name and what a number is good for are kept, and told in both words."""
    who = northlake.member.user_id
    assert who
    add(northlake, who, package=PLAN, numbers="next")
    id = number_id(FIRST)
    assert api.patch(f"/phone/numbers/{id}", {"display_name": "Front desk", "capability": ["incoming"]}) == (204, None)
    assert api.patch(f"/number_management/numbers/{id}", {"caller_id_name": "Northlake"}) == (204, None)
    status, old = api.get(f"/phone/numbers/{id}")
    assert status == 200 and old == {
        "id": id, "number": FIRST, "display_name": "Front desk", "number_type": "toll", "capability": ["incoming"], "location": "NO",
        "source": "external", "status": "available",
        "assignee": {"id": short(who), "name": old["assignee"]["name"], "type": "user", "extension_number": 1000},
    }  # fmt: skip
    status, new = api.get(f"/number_management/numbers/{id}")
    assert status == 200 and new == {
        "id": id, "number": FIRST, "allocated_product": "ZOOM_PHONE", "number_type": "Toll", "display_name": "Front desk",
        "caller_id_name": "Northlake", "capability": ["Incoming"], "source": "BYOCCloud", "status": "Normal", "address_update_required": False,
        "location": {"country": "NO"}, "assigned_list": [
            {"assigned_to_id": short(who), "assgined_to_name": old["assignee"]["name"], "assigned_to_type": "User", "source_channel": "Voice",
             "extension_number": "1000"}],
    }  # fmt: skip
    assert api.patch(f"/phone/numbers/{id}", {"capability": ["singing"]})[1]["code"] == 300
    assert api.get(f"/phone/numbers/{NOWHERE}") == (400, {"code": 400, "message": "Phone number does not exist."})
    assert api.patch(f"/phone/numbers/{NOWHERE}", {})[0] == 404 and api.get(f"/number_management/numbers/{NOWHERE}")[0] == 404


def test_numbers_are_given_back(northlake: Company, api: Caller) -> None:
    """Those nobody has, by id or as E.164 writes them, in a list with commas or the parameter again and again; all of them or none."""
    assert northlake.member.user_id
    add(northlake, northlake.member.user_id, package=PLAN, numbers="next")
    assert api.delete(f"/phone/numbers?phone_numbers={number_id(SECOND)},%2B4722000002") == (204, None)
    assert api.delete("/number_management/numbers?numbers=%2B4722000003&numbers=%2B4722000004") == (204, None)
    assert api.get("/phone/numbers")[1]["total_records"] == 6
    assert api.delete(f"/phone/numbers?phone_numbers={number_id(FIRST)},%2B4722000005")[1]["code"] == 300  # somebody has the first
    assert api.delete("/number_management/numbers?numbers=%2B4722000005,%2B4799999999")[1]["code"] == 100002
    for wrong in ("", "?phone_numbers=", "?phone_numbers=" + ",".join(f"%2B47220000{n:02}" for n in range(21))):
        assert api.delete("/phone/numbers" + wrong)[1]["code"] == 300, wrong
    assert api.get("/phone/numbers")[1]["total_records"] == 6 and not breaches()


def test_a_room_has_a_phone(northlake: Company, api: Caller) -> None:
    """S3-3: given with a plan, listed, changed, its numbers, taken; the room stays."""
    id = room(northlake)
    where = short(
        sql.value(
            "SELECT obj FROM journal_effect WHERE change_id = %(c)s",
            {"c": do(northlake.owner, "phone.create_site", {"name": "Oslo"}).change_id},
        )
    )
    assert api("POST", "/phone/rooms", {"id": id, "site_id": where, "calling_plans": [{"type": 200}]}).status_code == 201
    path = f"/phone/rooms/{id}"
    status, told = api.post(f"{path}/phone_numbers", {"phone_numbers": [{"number": FIRST}, {"id": number_id(SECOND)}]})
    assert (status, told) == (201, {})
    wish = {"extension_number": 4127, "policy": {"international_calling": {"enable": True}}}
    assert api.patch(path, wish) == (204, None)
    status, told = api.get(path)
    assert status == 200 and told == {
        "id": id, "name": "Blue", "extension_id": id, "extension_number": 4127, "site": {"id": where, "name": "Oslo"},
        "calling_plans": [{"type": 200, "name": "Unlimited US and Canada"}], "policy": {"international_calling": {"enable": True}},
        "phone_numbers": [{"id": number_id(n), "number": n} for n in (FIRST, SECOND)],
    }  # fmt: skip
    of_site = {name: {"enable": False} for name in ("international_calling", "select_outbound_caller_id", "sms")}
    assert api.patch(f"/phone/sites/{where}", {"policy": of_site}) == (204, None)
    held = {"international_calling": {"enable": True}, "select_outbound_caller_id": {"enable": False}}
    assert api.get(path)[1]["policy"] == held  # its own before its site's, of what the contract knows of rooms
    for query, n in {
        "": 1,
        f"?site_id={where}": 1,
        "?calling_type=200": 1,
        "?calling_type=100": 0,
        "?keyword=blu": 1,
        "?keyword=4127": 1,
        "?keyword=x": 0,
    }.items():
        assert api.get("/phone/rooms" + query)[1]["total_records"] == n, query
    assert api.get("/phone/numbers?extension_type=commonArea")[1]["total_records"] == 2
    assert api.delete(f"{path}/phone_numbers/{SECOND}") == (204, None) and api.delete(f"{path}/phone_numbers/{SECOND}")[1]["code"] == 404
    assert api("POST", f"{path}/calling_plans", {"calling_plans": [{"type": 100}]}).status_code == 201
    assert api.delete(f"{path}/calling_plans/200")[1]["code"] == 300 and api.delete(f"{path}/calling_plans/100") == (204, None)
    assert api.get(path)[1]["phone_numbers"] == []
    assert api.post(f"{path}/phone_numbers", {"phone_numbers": [{"number": FIRST}]})[1]["code"] == 409  # no plan any more
    assert api.delete(path) == (204, None) and api.get(path) == (400, {"code": 404, "message": f"Room does not exist: {id}."})
    assert sql.value("SELECT count(*) FROM accounts_room WHERE id = %(r)s", {"r": unshort(id)}) == 1 and not breaches()


@pytest.mark.parametrize(
    ("body", "code"),
    [({"id": NOWHERE}, 404), ({}, 404), ({"site_id": NOWHERE}, 404), ({"calling_plans": [{"type": 600}]}, 404)],
)
def test_rooms_that_get_no_phone(northlake: Company, api: Caller, body: dict[str, Any], code: int) -> None:
    id = {} if "id" in body or not body else {"id": room(northlake)}
    assert api.post("/phone/rooms", {**id, **body})[1]["code"] == code
    assert api.get("/phone/rooms")[1]["total_records"] == 0


def test_a_room_of_another_account(northlake: Company, southport: Company, api: Caller) -> None:
    """TENANT-03: it does not exist."""
    assert api.post("/phone/rooms", {"id": room(southport)})[1]["code"] == 404
    assert sql.value("SELECT count(*) FROM phone_user", {}) == 0
