"""Webhooks: when a message is tried again and in which order, and when an address is asked again whether it is still the receiver's (README 9, F16, F17)."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.connections.hooks import confirmed, deliveries, left, made, state_of, told
from tests.people_of import Company, crowd, do, one
from tests.receiver import Receiver
from usher.access.api_apps import OVERLAP
from usher.connections.webhooks import confirming, delivering, expanding, signing, subscriptions
from usher.core import clock, sql
from usher.core.ids import short

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


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


@pytest.mark.parametrize(("answer", "times"), [(400, 2), (401, 2), (403, 2), (404, 1), (410, 1), (413, 1), (429, 1), (500, 1)])
def test_which_answers_doubt_a_new_signature(northlake: Company, app: UUID, receiver: Receiver, answer: int, times: int) -> None:
    """F18: only those are asked at once again with the secret before; any other no is one, and is not heard twice."""
    confirmed(northlake.owner, app, receiver)
    subscriptions.renew(northlake.owner, app, "k")
    receiver.answers = lambda came: answer
    left(northlake)
    told()
    assert len(receiver.came) == times


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


def test_both_secrets_for_a_day(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """OAUTH-18: after a renewal a receiver that refuses the new signature gets the same message signed with the secret it has; the day after no more."""
    start = clock.now()
    with clock.travel(start):
        confirmed(northlake.owner, app, receiver)
        new = subscriptions.renew(northlake.owner, app, "k") or ""
        receiver.answers = lambda came: 200 if receiver.signed(came) else 401
        left(northlake)
        told()
        assert [receiver.signed(c) for c in receiver.came] == [False, True]
        assert len({c.headers["x-zm-request-id"] for c in receiver.came}) == len({c.body for c in receiver.came}) == 1
        old, receiver.secret = receiver.secret, new
        do(northlake.owner, "people.create_group", {"name": "A"})
        told()
        assert len(receiver.came) == 3 and receiver.signed(receiver.came[2]), "the new one is tried first"
    receiver.secret = old
    with clock.travel(start + OVERLAP + MINUTE):
        do(northlake.owner, "people.create_group", {"name": "B"})
        told()
        assert len(receiver.came) == 4 and not receiver.signed(receiver.came[3])
        assert signing.forget_old_secrets() == 1 and signing.secrets_of(app) == [new]
    assert sql.value("SELECT old_sealed FROM webhooks_signingsecret") == ""


def test_an_address_knows_either_secret(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """README 9, Challenge: within the day an address that answers by the secret before is still confirmed; a third one is none."""
    hook = confirmed(northlake.owner, app, receiver)
    for n, right in enumerate((True, False)):
        subscriptions.renew(northlake.owner, app, f"k{n}")
        assert confirming.is_confirmed(confirming.confirm(northlake.owner, hook, f"c{n}")) is right


def test_in_order_for_each_person(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """P6, F17: a later event of a person waits for the earlier one, however often that is tried; others are not delayed by it."""
    slow, quick = northlake.member.user_id, northlake.pending
    assert slow
    receiver.answers = lambda came: 503 if came.told["payload"]["object"]["id"] == first and len(receiver.came) < 3 else 200
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
