"""Programs that do the same at the same moment, each on a connection of its own."""

from functools import partial
from typing import Any

import pytest

from tests.api.caller import caller
from tests.people_of import LICENSED, Company, breaches, do, seats
from tests.threads import at_once, wide_pool
from usher.core import sql


@pytest.fixture(autouse=True)
def many(committed: None) -> Any:
    with wide_pool():
        yield


def test_one_user_is_made_once(northlake: Company) -> None:
    """Six creations of one address are one person and one mail; the others are 409 with code 1005."""
    api, email = caller(northlake.owner), f"once@{northlake.domain}"
    wish = {"action": "create", "user_info": {"email": email, "type": 1}}
    told = at_once([partial(api.post, "/users", wish) for _ in range(6)])
    assert sorted(status for status, _body in told) == [201, 409, 409, 409, 409, 409]
    assert {body["code"] for status, body in told if status == 409} == {1005}
    assert sql.value("SELECT count(*) FROM mail_message WHERE address = %(a)s", {"a": email}) == 1 and breaches() == []


def test_one_seat_goes_to_one(northlake: Company) -> None:
    """The last Licensed seat, wanted twice for each of two people: one person gets it, whoever asks for the other is told 3412."""
    api, there = caller(northlake.owner), seats(northlake, LICENSED)
    do(northlake.operator, "licenses.set_seats", {"product": LICENSED, "quantity": there["used"] + there["pending"] + 1})
    people = [northlake.owner.email, northlake.admin.email] * 2
    told = at_once([partial(api.patch, f"/users/{email}", {"type": 2}) for email in people])
    assert {(status, body and body["code"]) for status, body in told} == {(204, None), (400, 3412)} and breaches() == []
