"""Event subscriptions by the API: made, listed, people put in and taken out, deleted, with the codes of the contract (README 9)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import receiver as receivers
from tests.api.caller import Caller, caller
from tests.connections.hooks import state_of, told
from tests.people_of import Company, do, one
from tests.receiver import Receiver
from usher.connections.webhooks import confirming
from usher.core import sql
from usher.core.ids import short, unshort

pytestmark = pytest.mark.django_db
PATH = "/marketplace/app/event_subscription"


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receivers.receiving(tmp_path) as (receiver, file):
        monkeypatch.setenv("USHER_OUTBOUND_ALLOW", "127.0.0.0/8,::1/128")
        monkeypatch.setenv("USHER_OUTBOUND_CA", str(file))
        yield receiver


def body(**more: Any) -> dict[str, Any]:
    return {"events": ["user.deactivated"], "event_webhook_url": "https://receiver.example/hook", "subscription_scope": "account", **more}


def asked(company: Company) -> str:
    return f"{PATH}?user_id={short(company.owner.user_id)}&account_id={short(company.account)}"  # type: ignore[arg-type]


def listed(program: Caller, company: Company) -> list[dict[str, Any]]:
    status, found = program.get(asked(company))
    assert status == 200, found
    return list(found["event_subscriptions"])


def test_it_works(northlake: Company, receiver: Receiver) -> None:
    """Subscribed, asked by the clock at once, told; the secret comes with the first one only, and stands in no list."""
    program = caller(northlake.owner)
    header = {"custom_header_type": 3, "custom_header_key": "X-Desk", "custom_header_value": "a river"}
    status, made = program.post(PATH, body(event_webhook_url=receiver.address, custom_header=header, event_subscription_name="Payroll"))
    assert (status, set(made)) == (201, {"event_subscription_id", "secret_token"})
    id, receiver.secret = unshort(made["event_subscription_id"]), made["secret_token"]
    tried = confirming.check(northlake.account, id)
    assert tried and confirming.is_confirmed(tried) and state_of(id) == "on"
    do(northlake.admin, "lifecycle.deactivate", {"subjects": one(northlake.member.user_id or "")})
    told()
    (came,) = receiver.came
    assert came.headers["x-desk"] == "a river" and receiver.signed(came)
    (shown,) = listed(program, northlake)
    assert shown == {
        "event_subscription_id": short(id),
        "events": ["user.deactivated"],
        "event_subscription_name": "Payroll",
        "event_webhook_url": receiver.address,
        "subscription_scope": "account",
        "created_source": "openapi",
        "subscriber_id": short(northlake.owner.user_id),  # type: ignore[arg-type]
        "custom_header": {"custom_header_type": 3, "custom_header_key": "X-Desk"},
    }
    assert set(program.post(PATH, body())[1]) == {"event_subscription_id"}
    assert program.delete(f"{PATH}/{short(id)}") == (204, None) and len(listed(program, northlake)) == 1


def test_without_the_privilege(northlake: Company) -> None:
    """AUTHZ-20: whoever may not see webhooks has none by a program either."""
    program = caller(northlake.owner)
    do(northlake.owner, "access.create_role", {"name": "Desk", "privileges": ["access:app:manage", "people:user:view"]})
    role = sql.value("SELECT key FROM access_role WHERE name = 'Desk'")
    do(northlake.owner, "access.set_role", {"role": role, "subjects": one(northlake.member.user_id or "")})
    from tests.people_of import actor_of

    desk = caller(actor_of(northlake.member.user_id))  # type: ignore[arg-type]
    assert desk.post(PATH, body())[0] == desk.get(asked(northlake))[0] == 403
    assert program.post(PATH, body())[0] == 201


def test_another_account_gets_404(northlake: Company, southport: Company) -> None:
    """TENANT-01; and another app of the same account has its own."""
    made = caller(northlake.owner).post(PATH, body())[1]["event_subscription_id"]
    for program, company in ((caller(southport.owner), southport), (caller(northlake.owner), northlake)):
        assert listed(program, company) == []
        status, told = program.delete(f"{PATH}/{made}")
        assert (status, told["code"]) == (404, 1601)
        assert program.patch(f"{PATH}/{made}", {"account_id": "me", "user_ids": []})[1]["code"] == 1601
    assert caller(northlake.owner).get(asked(southport))[1]["code"] == 1001


def test_wrong_method(northlake: Company) -> None:
    program = caller(northlake.owner)
    assert program.put(PATH, body())[0] == program.get(f"{PATH}/x")[0] == 405


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"events": ["user.flew"]}, 404, 1601),
        ({"events": ["group.created"]}, 400, 1602),
        ({"events": []}, 400, 1500),
        ({"event_webhook_url": ""}, 400, 1500),
        ({"event_webhook_url": "https://10.0.0.1/"}, 404, 1701),
        ({"event_webhook_url": "http://a.example/"}, 404, 1701),
        ({"subscription_scope": "master_account"}, 400, 1500),
        ({"subscription_scope": "user"}, 400, 1500),
        ({"subscription_scope": "user", "user_ids": ["nobody@nowhere.test"]}, 404, 1001),
        ({"custom_header": {"custom_header_type": 9}}, 404, 1801),
        ({"custom_header": {"custom_header_type": 1, "username": "u"}}, 400, 1500),
        ({"custom_header": {"custom_header_type": 1, "username": "u\n", "password": "p"}}, 400, 1500),
        ({"custom_header": {"custom_header_type": 2, "client_id": "a", "client_secret": "b", "token_url": "https://127.0.0.1/"}}, 404, 1702),
        ({"custom_header": {"custom_header_type": 3, "custom_header_key": "x-zm-signature", "custom_header_value": "v"}}, 400, 1500),
        ({"custom_header": {"custom_header_type": 1, "username": "u" * 257, "password": "p"}}, 400, 1500),
        ({"custom_header": {"custom_header_type": 3, "custom_header_key": "k" * 257, "custom_header_value": "v"}}, 400, 1500),
        ({"account_id": "x"}, 404, 1001),
    ],
)  # fmt: skip
def test_what_cannot_be(northlake: Company, more: dict[str, Any], status: int, code: int) -> None:
    """HOOK-01, S4-42: nothing is made."""
    program = caller(northlake.owner, "user:read:admin")
    got, told = program.post(PATH, body(**more))
    assert (got, told["code"]) == (status, code), told
    assert sql.value("SELECT count(*) FROM webhooks_subscription") == 0


def test_of_some_people(northlake: Company) -> None:
    """A subscription of users: up to ten, put in and taken out; with nobody left it is gone."""
    program, member, admin = caller(northlake.owner), short(northlake.member.user_id), short(northlake.admin.user_id)  # type: ignore[arg-type]
    made = program.post(PATH, body(subscription_scope="user", user_ids=[member]))[1]["event_subscription_id"]
    assert program.patch(f"{PATH}/{made}", {"account_id": "me", "user_ids": [admin]}) == (204, None)
    assert sql.value("SELECT cardinality(user_ids) FROM webhooks_subscription") == 2
    assert listed(program, northlake) == []  # of the owner there is none
    account = short(northlake.account)
    assert program.delete(f"{PATH}?event_subscription_id={made}&account_id={account}&user_ids={member}") == (204, None)
    assert sql.value("SELECT user_ids FROM webhooks_subscription") == [northlake.admin.user_id]
    assert program.delete(f"{PATH}?event_subscription_id={made}&account_id={account}&user_ids={admin}") == (204, None)
    assert sql.value("SELECT count(*) FROM webhooks_subscription") == 0


def test_pages_of_the_list(northlake: Company) -> None:
    program = caller(northlake.owner)
    for _n in range(3):
        program.post(PATH, body())
    first = program.get(asked(northlake) + "&page_size=2")[1]
    rest = program.get(asked(northlake) + f"&page_size=2&next_page_token={first['next_page_token']}")[1]
    assert (len(first["event_subscriptions"]), len(rest["event_subscriptions"]), rest["next_page_token"]) == (2, 1, "")


def test_the_same_key_makes_one(northlake: Company) -> None:
    program = caller(northlake.owner)
    first, second = (program.post(PATH, body(), Idempotency_Key="k") for _n in range(2))
    assert first[0] == second[0] == 201 and first[1]["event_subscription_id"] == second[1]["event_subscription_id"]
    assert sql.value("SELECT count(*) FROM webhooks_subscription") == 1
