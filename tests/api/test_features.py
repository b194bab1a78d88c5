"""Features of many users at once (README 3, features; S4-50): values and reasons of the contract, each user told apart."""

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.caller import Caller, caller
from tests.people_of import LICENSED, Company, actor_of, add_ons, breaches, do, invite, one, standing
from usher.core import sql
from usher.core.ids import short


@pytest.fixture(autouse=True)
def database(db: None, settings: Any) -> None:
    """Every test here is undone, and may ask more often than once in ten seconds."""
    settings.API_LIMITS = False


@pytest.fixture
def three(northlake: Company) -> list[UUID]:
    """Active people with a paid license: the owner, the admin, the member."""
    ids = [id for id in (northlake.owner.user_id, northlake.admin.user_id, northlake.member.user_id) if id]
    do(northlake.owner, "licenses.change_license", {"subjects": one(*ids), "license": LICENSED})
    return ids


def ask(api: Caller, kind: str, value: str, users: list[dict[str, str]]) -> tuple[int, Any]:
    return api.post("/users/features", {"feature_type": kind, "feature_value": value, "users": users})


def test_each_is_told_apart(northlake: Company, api: Caller, three: list[UUID]) -> None:
    """Lists of ids, not texts; who is nobody here, has it already, or finds no seat stands with the reason of the contract (TENANT-03)."""
    do(northlake.operator, "licenses.set_seats", {"product": "whiteboard", "quantity": 2})
    people = [{"email": northlake.member.email.upper()}, {"id": "me"}, {"id": "x"}, {"email": "a@nowhere.test"}, {}]
    status, told = ask(api, "zoom_whiteboard", "true", people)
    assert (status, sorted(told["success_user_ids"])) == (201, sorted([short(three[2]), short(three[0])]))
    assert told["fail_details"] == [{"user_ids": ["x", "a@nowhere.test", ""], "reason": "Users not found"}]
    assert all("whiteboard" in add_ons(id) for id in (three[0], three[2]))
    told = ask(api, "zoom_whiteboard", "true", [{"id": short(id)} for id in three])[1]
    assert told["success_user_ids"] == [] and {f["reason"]: f["user_ids"] for f in told["fail_details"]} == {
        "No need to update": [short(three[0]), short(three[2])],
        "Not enough seats": [short(three[1])],
    }
    told = ask(api, "zoom_whiteboard", "false", [{"id": short(id)} for id in three])[1]
    assert len(told["success_user_ids"]) == 2 and told["fail_details"] == [{"user_ids": [short(three[1])], "reason": "No need to update"}]
    assert not add_ons(three[0]) and breaches() == []


def test_the_first_get_the_seats_there_are(northlake: Company, api: Caller, three: list[UUID]) -> None:
    """LIC: two seats for three people are two people; nobody is oversold."""
    do(northlake.operator, "licenses.set_seats", {"product": "webinar:500", "quantity": 2})
    told = ask(api, "webinar", "1", [{"id": short(id)} for id in three])[1]
    assert len(told["success_user_ids"]) == 2 and [f["reason"] for f in told["fail_details"]] == ["Not enough seats"]
    assert sum("webinar:500" in add_ons(id) for id in three) == 2 and breaches() == []


def test_capacities_have_the_numbers_of_the_contract(northlake: Company, api: Caller, three: list[UUID]) -> None:
    """128 is a meeting of 500, 1 a webinar of 500; another size takes the place of the one they have, and without a seat of it they keep theirs."""
    do(northlake.operator, "licenses.set_seats", {"product": "large_meeting:500", "quantity": 5})
    who = [{"id": short(three[2])}]
    for kind, value, product in (("large_meeting", "128", "large_meeting:500"), ("webinar", "1", "webinar:500")):
        assert ask(api, kind, value, who)[1]["success_user_ids"] == [short(three[2])]
        assert product in add_ons(three[2])
    assert ask(api, "webinar", "64", who)[1]["fail_details"] == [{"user_ids": [short(three[2])], "reason": "Not enough seats"}]
    assert "webinar:500" in add_ons(three[2])
    do(northlake.operator, "licenses.set_seats", {"product": "webinar:1000", "quantity": 1})
    assert ask(api, "webinar", "64", who)[1]["success_user_ids"] == [short(three[2])]
    assert "webinar:1000" in add_ons(three[2]) and "webinar:500" not in add_ons(three[2])
    assert ask(api, "webinar", "0", who)[1]["success_user_ids"] == [short(three[2])]
    assert add_ons(three[2]) == ["large_meeting:500"] and breaches() == []


def test_whoever_is_basic_or_not_active(northlake: Company, api: Caller) -> None:
    """A feature that needs a license, for free users; somebody deactivated is left alone; somebody pending can have one already."""
    (left,) = invite(northlake.operator, f"left@{northlake.domain}")
    do(northlake.operator, "lifecycle.activate", {"subjects": one(left)})
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(left)})
    told = ask(api, "webinar", "1", [{"email": northlake.member.email}, {"id": short(left)}])[1]
    assert (
        told["success_user_ids"] == []
        and told["fail_details"][0]["reason"] == "Can't update for free users"
        and len(told["fail_details"]) == 2
    )
    told = ask(api, "user_type", "2", [{"email": f"pending@{northlake.domain}"}])[1]
    assert (
        told["success_user_ids"] == [short(northlake.pending)] and standing(northlake.pending)["license"] == LICENSED and breaches() == []
    )


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("user_type", "99", 300),
        ("user_type", "", 300),
        ("user_type", "²", 300),
        ("webinar", "500", 300),
        ("webinar", "true", 300),
        ("webinar", "32768", 200),
        ("large_meeting", "1", 200),
        ("zoom_whiteboard", "1", 300),
        ("concurrent_meeting", "Plus", 200),
        ("zoom_one_type", "16", 200),
        ("a_new_one", "1", 300),
        ("webinar", "1" * 65, 300),
    ],
)
def test_what_cannot_be_given(northlake: Company, api: Caller, kind: str, value: str, code: int) -> None:
    """300 for no value of the contract, 200 for what is not sold here; nothing is done for anybody (MASS-08)."""
    status, body = ask(api, kind, value, [{"email": northlake.member.email}])
    assert (status, body["code"]) == (400, code) and body["message"] and standing(northlake.member.user_id)["license"] == "meetings:basic"  # type: ignore[arg-type]


def test_thirty_at_most_and_not_one_by_one(northlake: Company, api: Caller) -> None:
    """31 are refused; 20 cost as many statements as 2."""
    assert ask(api, "user_type", "1", [{"id": "x"}] * 31)[1]["code"] == 300
    do(northlake.operator, "licenses.set_seats", {"product": LICENSED, "quantity": 50})
    ids = invite(northlake.operator, *(f"p{n}@{northlake.domain}" for n in range(22)))
    counts = []
    for some in (ids[:2], ids[2:]):
        with CaptureQueriesContext(connection) as seen:
            assert len(ask(api, "user_type", "2", [{"id": short(id)} for id in some])[1]["success_user_ids"]) == len(some)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_nobody_without_the_right(northlake: Company, southport: Company) -> None:
    """AUTHZ-13: refused before anybody is looked up; people of another account are nobody (TENANT-03)."""
    status, told = ask(caller(southport.owner), "user_type", "2", [{"id": short(northlake.member.user_id)}])  # type: ignore[arg-type]
    assert status == 201 and told["success_user_ids"] == [] and told["fail_details"][0]["reason"] == "Users not found"
    do(northlake.owner, "access.create_role", {"name": "Reader", "privileges": ["people:user:view", "access:app:manage"]})
    role = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND name = 'Reader'", {"a": northlake.account})
    do(northlake.owner, "access.set_role", {"role": role, "subjects": one(northlake.member.user_id)})  # type: ignore[arg-type]
    status, body = ask(caller(actor_of(northlake.member.user_id)), "user_type", "2", [])  # type: ignore[arg-type]
    assert (status, body["code"]) == (403, 200) and "people:user:manage" in body["message"]
