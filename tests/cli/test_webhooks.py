"""`usher webhooks …`: made with its secret shown once, listed without it, confirmed, paused, its log read and sent again, deleted."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import receiver as receivers
from tests.cli.told import KEYS, Told
from tests.connections.hooks import told
from tests.receiver import Receiver

Cli = Callable[..., Told]


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receivers.receiving(tmp_path) as (receiver, file):
        monkeypatch.setenv("USHER_OUTBOUND_ALLOW", "127.0.0.0/8,::1/128")
        monkeypatch.setenv("USHER_OUTBOUND_CA", str(file))
        yield receiver


def test_it_works(cli: Cli, receiver: Receiver) -> None:
    """Issue 6: the signing secret is printed once; a group that is created is told, stands in the log, and is sent again."""
    app = cli("app", "create", "--name", "HR", "--scopes", "all").answer["client_id"]
    made = cli("webhooks", "create", "--app", app, "--url", receiver.address, "--events", "group.created,group.deleted").answer
    id, receiver.secret = made["id"], made["signing_secret"]
    assert cli("webhooks", "confirm", id).answer["confirmed"] is True
    assert cli("groups", "create", "Crew").code == 0
    told()
    (sent,) = cli("webhooks", "log", id).answer["deliveries"]
    assert (sent["event"], sent["name"], sent["state"], sent["why"]) == ("group.created", "Crew", "delivered", "200")
    assert cli("webhooks", "resend", id, sent["id"]).counts == {"updated": 1}
    told()
    assert receiver.events() == ["group.created"] * 2
    assert cli("webhooks", "pause", id).counts == cli("webhooks", "resume", id).counts == {"updated": 1}
    listed = cli("webhooks", "list").answer["webhooks"]
    assert [w["state"] for w in listed] == ["on"] and receiver.secret not in str(listed)
    other = cli("webhooks", "renew", app).answer["signing_secret"]
    assert other and other != receiver.secret
    assert cli("webhooks", "delete", id, "--dry-run").answer["state"] == "planned"
    assert cli("webhooks", "delete", id).code == 0 and cli("webhooks", "list").answer["webhooks"] == []


def test_what_is_wrong(cli: Cli, receiver: Receiver) -> None:
    """Exit 3, and nothing is made: an address inside, an event there is not, an app, a webhook or a delivery that is none; one that does not answer."""
    app = cli("app", "create", "--name", "HR", "--scopes", "all").answer["client_id"]
    assert cli("webhooks", "create", "--app", app, "--url", "https://10.0.0.1/").answer["code"] == "bad_address"
    assert cli("webhooks", "create", "--app", app, "--url", receiver.address, "--events", "user.flew").answer["code"] == "unknown_event"
    assert cli("webhooks", "create", "--app", "nothing", "--url", receiver.address).code == 3
    for command in ("confirm", "log", "renew"):
        assert cli("webhooks", command, "nothing").code == 3, command
    for command in ("pause", "resume", "resend", "delete"):
        no = cli("webhooks", command, "nothing")
        assert no.code == 3 and set(no.answer) > KEYS, command
    made = cli("webhooks", "create", "--app", app, "--url", receiver.address).answer
    assert cli("webhooks", "resend", made["id"], "nothing").code == 3
    answer = cli("webhooks", "confirm", made["id"])
    assert answer.code == 3 and answer.answer == {
        "confirmed": False,
        "status": 200,
        "why": "it did not answer with the text that was asked for",
    }
