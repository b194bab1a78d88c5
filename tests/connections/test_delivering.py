"""Webhooks: what is told of what was done, to whom, how often and in which order (S4-33, README 9, F16–F19)."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.connections.hooks import app_of, confirmed, deliveries, made, state_of, told
from tests.people_of import Company, breaches, crowd, do, one
from tests.receiver import Came, Receiver
from usher.access.actors import system
from usher.connections.webhooks import confirming, delivering, expanding, log
from usher.core import clock, sql
from usher.journal.undo import start_undo

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def left(company: Company, *users: UUID) -> int:
    """Deactivated; the number of the change."""
    started = do(company.admin, "lifecycle.deactivate", {"subjects": one(*(users or (company.member.user_id or "",)))})
    assert started.number
    return started.number


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


def test_the_retry_clock(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """README 9: again after 5, 20 and 60 minutes, under the same number with another signature; then it is given up, and can be sent again."""
    receiver.answers = lambda came: 500
    start = clock.now()
    with clock.travel(start):
        hook = confirmed(northlake.owner, app, receiver)
        left(northlake)
        told()
    for after, tries in ((4, 1), (5, 2), (24, 2), (25, 3), (84, 3), (85, 4), (300, 4)):
        with clock.travel(start + after * MINUTE):
            told()
        assert len(receiver.came) == tries, after
    assert [(d["state"], d["status"], d["tries"]) for d in deliveries(hook)] == [("failed", 500, 4)]
    assert (
        len({c.headers["x-zm-request-id"] for c in receiver.came}) == 1 and len({c.headers["x-zm-signature"] for c in receiver.came}) == 4
    )
    assert len({c.body for c in receiver.came}) == 1 and all(receiver.signed(c) for c in receiver.came)


@pytest.mark.parametrize(
    ("answer", "state"), [(200, "delivered"), (204, "delivered"), (201, "failed"), (302, "failed"), (400, "failed"), (410, "failed"), (429, "failed"), (500, "waiting"), (503, "waiting")]
)  # fmt: skip
def test_which_answers_are_tried_again(northlake: Company, app: UUID, receiver: Receiver, answer: int, state: str) -> None:
    """README 9: 200 and 204 are success, only 500 and above are tried again; no redirect is followed (HOOK-04)."""
    hook = confirmed(northlake.owner, app, receiver)
    receiver.answers = lambda came: answer
    left(northlake)
    told()
    (sent,) = deliveries(hook)
    assert sent["state"] == state and len(receiver.came) == 1 and sent["took_ms"] is not None
    assert sent["status"] == answer or (sent["trouble"], answer) == ("redirect", 302)


def test_no_answer_is_tried_again(northlake: Company, app: UUID, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """HOOK-06, F17: a receiver that says nothing, and one that is not there."""
    monkeypatch.setattr("usher.connections.webhooks.signing.SECONDS", 0.3)
    hook = confirmed(northlake.owner, app, receiver)
    receiver.answers = lambda came: None
    left(northlake)
    told()
    (sent,) = deliveries(hook)
    assert (sent["state"], sent["trouble"], sent["status"]) == ("waiting", "too_slow", None)
    sql.execute("UPDATE webhooks_subscription SET url = 'https://localhost:1/'")
    sql.execute("UPDATE webhooks_delivery SET next_at = now()")
    told()
    assert deliveries(hook)[0]["trouble"] == "unreachable" and deliveries(hook)[0]["state"] == "waiting"


def test_in_order_for_each_person(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """P6, F17: a later event of a person waits for the earlier one, however often that is tried; others are not delayed by it."""
    slow, quick = northlake.member.user_id, northlake.pending
    assert slow
    receiver.answers = lambda came: 503 if came.told["payload"]["object"]["id"] == first and len(receiver.came) < 3 else 200
    from usher.core.ids import short

    first, start = short(slow), clock.now()
    with clock.travel(start):
        hook = confirmed(northlake.owner, app, receiver, ["user.updated", "user.deactivated", "user.activated"])
        for department in ("A", "B"):
            do(northlake.owner, "people.set_department", {"department": department, "subjects": one(slow)})
        left(northlake, slow)
        do(northlake.owner, "people.set_department", {"department": "C", "subjects": one(quick)})
        told()
        seen = [(c.event, c.told["payload"]["object"].get("dept", "")) for c in receiver.came]
        assert sorted(seen) == [("user.updated", "A"), ("user.updated", "C")]
    with clock.travel(start + 5 * MINUTE):
        do(northlake.owner, "lifecycle.reactivate", {"subjects": one(slow)})
        told()
    of_slow = [(c.event, c.told["payload"]["object"].get("dept", "")) for c in receiver.came if c.told["payload"]["object"]["id"] == first]
    assert of_slow == [("user.updated", "A")] * 2 + [("user.updated", "B"), ("user.deactivated", ""), ("user.activated", "")]
    assert {d["state"] for d in deliveries(hook)} == {"delivered"}


def test_a_slow_receiver_delays_no_other(northlake: Company, app: UUID, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """HOOK-06, F17: of one address only a few are on their way at a time; those of another arrive while it is silent."""
    monkeypatch.setattr("usher.connections.webhooks.signing.SECONDS", 2.5)
    confirmed(northlake.owner, app, receiver, ["user.created"], path="/silent")
    confirmed(northlake.owner, app, receiver, ["user.created"], path="/quick")
    receiver.answers = lambda came: None if came.path.endswith("/silent") else 200
    crowd(northlake.operator, 20)
    expanding.tell(northlake.account)
    delivering.deliver(2)
    silent, quick = ([c for c in receiver.came if c.path.endswith(end)] for end in ("/silent", "/quick"))
    assert len(quick) == 20 and len(silent) <= delivering.PER_ADDRESS
    assert max(c.at for c in quick) - min(c.at for c in receiver.came) < 2.5


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


def test_asked_again_every_72_hours(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """README 9: a mail after the second and the fourth question without an answer, off after the sixth; nothing more is sent there."""
    start = clock.now()
    with clock.travel(start):
        hook = confirmed(northlake.owner, app, receiver)
    receiver.knows = False
    mails = "SELECT count(*) FROM mail_message WHERE kind IN ('webhook_silent', 'webhook_off')"
    for n, written in enumerate((0, 1, 1, 2, 2, 3), 1):
        with clock.travel(start + timedelta(hours=72 * n - 1)):
            assert confirming.check_due() == 0
        with clock.travel(start + timedelta(hours=72 * n)):
            assert confirming.check_due() == 1
        assert sql.value(mails) == written, n
    assert state_of(hook) == "off"
    left(northlake)
    told()
    assert receiver.came == []
    with clock.travel(start + timedelta(days=30)):
        assert confirming.check_due() == 0


def test_one_that_answers_again_begins_anew(northlake: Company, app: UUID, receiver: Receiver) -> None:
    start = clock.now()
    with clock.travel(start):
        hook = confirmed(northlake.owner, app, receiver)
    receiver.knows = False
    with clock.travel(start + timedelta(hours=72)):
        confirming.check(northlake.account, hook)
    receiver.knows = True
    with clock.travel(start + timedelta(hours=144)):
        confirming.check(northlake.account, hook)
    assert sql.row("SELECT state, failures FROM webhooks_subscription") == {"state": "on", "failures": 0}


def test_one_that_never_answers_is_not_asked_for_ever(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """HOOK-09: of the API, where nobody presses a button: six times within an hour, then no more."""
    hook = made(northlake.owner, app, receiver.address)
    sql.execute("UPDATE webhooks_subscription SET check_at = now()")
    start = clock.now()
    for n in range(12):
        with clock.travel(start + timedelta(minutes=10 * n)):
            confirming.check_due()
    assert len(receiver.asked) == 6 and state_of(hook.id) == "new"


def test_the_log_forgets(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """Two weeks, delivered or not; then the events go as well."""
    hook = confirmed(northlake.owner, app, receiver)
    left(northlake)
    told()
    assert log.forget() == 0 and deliveries(hook)
    with clock.travel(clock.now() + log.KEPT + MINUTE):
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
