"""Webhooks: what is told of what was done, and to whom (S4-33, README 9). When it is tried again stands in test_trying_again.py."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.connections.hooks import app_of, confirmed, deliveries, left, made, state_of, told
from tests.people_of import Company, breaches, crowd, do, one
from tests.receiver import Came, Receiver
from usher.access.actors import system
from usher.connections.webhooks import delivering, expanding, log
from usher.core import clock, sql
from usher.journal.undo import start_undo

pytestmark = pytest.mark.django_db


def test_it_works(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """An event per person, signed, with who did it; nothing waits afterwards."""
    hook = confirmed(northlake.owner, app, receiver)
    left(northlake)
    told()
    (came,) = receiver.came
    assert came.event == "user.deactivated" and receiver.signed(came)
    payload = came.told["payload"]
    assert payload["operator"] == f"admin@{northlake.domain}" and payload["object"]["email"] == f"member@{northlake.domain}"
    assert [d["state"] for d in deliveries(hook)] == ["delivered"] and breaches() == []
    assert sql.value("SELECT count(*) FROM webhooks_notice") == 0


def test_nobody_listens(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """HOOK-09: nothing is written down for a webhook that was never confirmed, is paused, or wants to hear of something else."""
    new = made(northlake.owner, app, receiver.address)
    left(northlake)
    assert sql.value("SELECT count(*) FROM webhooks_notice") == 0
    receiver.secret = new.secret or ""
    hook = confirmed(northlake.owner, app, receiver, ["group.created"])
    do(northlake.owner, "lifecycle.reactivate", {"subjects": one(northlake.member.user_id or "")})
    told()
    do(northlake.owner, "connections.edit_webhook", {"webhook": hook, "fields": {"webhook_state": "paused"}})
    do(northlake.owner, "people.create_group", {"name": "Crew"})
    told()
    assert receiver.came == [] and deliveries(hook) == deliveries(new.id) == [] and state_of(new.id) == "new"


def test_what_an_app_may_not_see(northlake: Company, receiver: Receiver) -> None:
    """AUTHZ-08: an app that is off, or whose creator left or lost the right, is told nothing from then on."""
    app = app_of(northlake.admin)
    hook = confirmed(northlake.admin, app, receiver)
    do(northlake.owner, "access.edit_app", {"app": app, "is_on": False})
    do(northlake.owner, "people.create_group", {"name": "A"})
    told()
    do(northlake.owner, "access.edit_app", {"app": app, "is_on": True})
    do(northlake.owner, "access.set_role", {"role": "member", "subjects": one(northlake.admin.user_id or "")})
    told()
    do(northlake.owner, "people.create_group", {"name": "B"})
    told()
    assert deliveries(hook) == [] and receiver.came == []


def test_what_waits_stops_with_the_app(northlake: Company, receiver: Receiver) -> None:
    """A leaver's app sends nothing more, not even what waits."""
    app = app_of(northlake.admin)
    hook = confirmed(northlake.admin, app, receiver)
    do(northlake.owner, "people.create_group", {"name": "A"})
    expanding.tell(northlake.account)
    do(northlake.owner, "access.set_role", {"role": "member", "subjects": one(northlake.admin.user_id or "")})
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(northlake.admin.user_id or "")})
    told()
    assert receiver.came == [] and "waiting" in [d["state"] for d in deliveries(hook)]


def test_undo_tells_what_was_undone(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """Whoever was deactivated is activated, with the seat they have again; a group that was created is deleted."""
    confirmed(northlake.owner, app, receiver)
    number = left(northlake)
    start_undo(northlake.owner, number)
    made_group = do(northlake.owner, "people.create_group", {"name": "Crew"})
    start_undo(northlake.owner, made_group.number or 0)
    told()
    assert [c.event for c in receiver.came if c.event.startswith("user.")] == ["user.deactivated", "user.activated"]
    assert [c.event for c in receiver.came if c.event.startswith("group.")] == ["group.created", "group.deleted"]


def test_many_people_are_a_few_statements(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """F39: 2,000 people are told with as many statements as two, and each once."""
    hook = confirmed(northlake.owner, app, receiver, ["user.created"])

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            expanding.tell(northlake.account)
        return len([q for q in seen if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))])

    crowd(northlake.operator, 2)
    few = statements()
    crowd(northlake.operator, 2_000)
    assert statements() <= few + 8  # one slice more for each chunk of the run
    assert len(deliveries(hook)) == 2_002 and sql.value("SELECT count(DISTINCT subject) FROM webhooks_delivery") == 2_002


def test_of_some_people_only(northlake: Company, app: UUID, receiver: Receiver) -> None:
    confirmed(northlake.owner, app, receiver, reach="user", user_ids=[str(northlake.pending)])
    for user in (northlake.member.user_id, northlake.pending):
        do(northlake.owner, "people.set_department", {"department": "Sales", "subjects": one(user or "")})
    told()
    assert [c.told["payload"]["object"]["dept"] for c in receiver.came] == ["Sales"]


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ({"type": 1, "username": "usher", "password": "p"}, "authorization", "Basic dXNoZXI6cA=="),
        ({"type": 3, "key": "X-Desk", "value": "7"}, "x-desk", "7"),
        ({"type": 2, "client_id": "a", "client_secret": "b", "token_url": "", "scope": "read"}, "authorization", "Bearer given"),
    ],
)
def test_the_header_the_receiver_wants(
    northlake: Company, app: UUID, receiver: Receiver, auth: dict[str, object], header: str, value: str
) -> None:
    """README 9: header types 1 to 3; of 2 the token is fetched where tokens are given, and kept."""
    if auth["type"] == 2:
        auth = {**auth, "token_url": receiver.address + "/token"}
        kept, asked = receiver.take, list[Came]()

        def take(came: Came) -> tuple[int | None, bytes]:
            if not came.path.endswith("/token"):
                return kept(came)
            asked.append(came)
            return 200, b'{"access_token":"given","expires_in":3600}'

        receiver.take = take  # type: ignore[method-assign]
    confirmed(northlake.owner, app, receiver, auth=auth)
    left(northlake)
    told()
    assert receiver.came[0].headers[header] == value
    if auth["type"] == 2:
        assert [(c.headers["authorization"], c.body) for c in asked] == [("Basic YTpi", "grant_type=client_credentials&scope=read")]


def test_the_log_forgets(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """Two weeks, delivered or not; then the events go as well."""
    hook = confirmed(northlake.owner, app, receiver)
    left(northlake)
    told()
    assert log.forget() == 0 and deliveries(hook)
    with clock.travel(clock.now() + log.KEPT + timedelta(minutes=1)):
        assert log.forget() == 1
    assert sql.value("SELECT count(*) FROM webhooks_event") == 0


def test_a_lost_key_sends_nothing(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """F46: what nobody can open any more is told, and does not stop the others."""
    hook = confirmed(northlake.owner, app, receiver)
    sql.execute("UPDATE webhooks_signingsecret SET sealed = 'AAAA'")
    left(northlake)
    told()
    assert deliveries(hook)[0]["trouble"] == delivering.UNREADABLE and receiver.came == []


def test_the_clock_does_it_too(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """Who did it when it was no person: an address that cannot be."""
    confirmed(northlake.owner, app, receiver)
    do(system(northlake.account), "people.set_department", {"department": "Sales", "subjects": one(northlake.member.user_id or "")})
    told()
    payload = receiver.came[0].told["payload"]
    assert (payload["operator"], payload["operator_id"]) == ("system@usher.invalid", "")
