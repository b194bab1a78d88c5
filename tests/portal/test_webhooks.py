"""Webhooks in the portal: made with the signing secret shown once, confirmed, changed, paused, their log read and sent again, deleted (issue 6)."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests import receiver as receivers
from tests.connections.hooks import app_of, confirmed, deliveries, made, state_of, told
from tests.connections.test_payloads import CONTRACT, wrong
from tests.people_of import PASSWORD, Company, do, one
from tests.receiver import Receiver
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short, unshort

HOOKS = "/account/webhooks"
pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receivers.receiving(tmp_path) as (receiver, file):
        monkeypatch.setenv("USHER_OUTBOUND_ALLOW", "127.0.0.0/8,::1/128")
        monkeypatch.setenv("USHER_OUTBOUND_CA", str(file))
        yield receiver


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode().replace("\u00a0", " ")


def test_it_works(northlake: Company, receiver: Receiver) -> None:
    """The secret stands on one answer only; the address confirms; what is done to somebody stands in the log, with what came back, and is sent again."""
    owner, app = signed_in(northlake.owner.user_id), app_of(northlake.owner)
    assert "There is no webhook yet" in text(owner, HOOKS) and 'hmac.new(secret, b"v0:"' in text(owner, HOOKS).replace("&quot;", '"')
    form: dict[str, Any] = {
        "app": short(app),
        "name": "Payroll",
        "url": receiver.address,
        "events": ["user.deactivated"],
        "type": "0",
        "key": "k",
    }
    answer = owner.post(f"{HOOKS}/new", form).content.decode()
    receiver.secret = re.findall(r"<bdi>([\w-]{43})</bdi>", answer)[0]
    hook = sql.value("SELECT id FROM webhooks_subscription")
    here = f"{HOOKS}/{short(hook)}"
    assert "shown this once" in answer and receiver.secret not in text(owner, here) + text(owner, HOOKS) + text(owner, f"{here}/secret")
    assert owner.post(f"{here}/confirmation", {"key": "c"})["Location"] == here
    assert "The address answered as it should" in text(owner, here) and state_of(hook) == "on"
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(northlake.member.user_id or "")})
    told()
    listed = text(owner, f"{HOOKS}/log?webhook={short(hook)}&state=delivered&event=user.deactivated&q=member")
    assert f"member@{northlake.domain}" in listed and "1 delivery" in re.sub(r"<[^>]+>|\s+", " ", listed).replace("  ", " ")
    (sent,) = deliveries(hook)
    one_of = f"{here}/deliveries/{short(sent['id'])}"
    assert "thanks" in text(owner, one_of) and "user.deactivated" in text(owner, one_of) and receiver.secret not in text(owner, one_of)
    assert owner.post(f"{one_of}/again", {"key": "a"}).status_code == 303
    told()
    assert receiver.events() == ["user.deactivated"] * 2


def test_without_the_privilege(northlake: Company) -> None:
    """AUTHZ-16, AUTHZ-20, S0-5."""
    hook, member = made(northlake.owner, app_of(northlake.owner)).id, signed_in(northlake.member.user_id)
    for path in (
        HOOKS,
        f"{HOOKS}/new",
        f"{HOOKS}/log",
        f"{HOOKS}/{short(hook)}",
        f"{HOOKS}/{short(hook)}/secret",
        f"{HOOKS}/{short(hook)}/deletion",
    ):
        assert member.get(path).status_code == 403
    for act in ("confirmation", "state", "again"):
        assert member.post(f"{HOOKS}/{short(hook)}/{act}", {"key": "x"}).status_code == 403


def test_another_account_gets_404(northlake: Company, southport: Company, receiver: Receiver) -> None:
    """TENANT-01."""
    hook = confirmed(northlake.owner, app_of(northlake.owner), receiver)
    do(northlake.owner, "people.create_group", {"name": "Crew"})
    told()
    stranger, here = signed_in(southport.owner.user_id), f"{HOOKS}/{short(hook)}"
    sent = f"{here}/deliveries/{short(deliveries(hook)[0]['id'])}"
    for path in (here, f"{here}/secret", f"{here}/deletion", sent):
        assert stranger.get(path).status_code == 404
    for path in (here, f"{here}/confirmation", f"{here}/state", f"{here}/secret", f"{here}/deletion", f"{here}/again", f"{sent}/again"):
        assert stranger.post(path, {"key": "x", "name": "a", "url": receiver.address, "events": "user.created"}).status_code == 404
    assert "Crew" not in text(stranger, f"{HOOKS}/log") and "Payroll" not in text(stranger, HOOKS)


def test_wrong_method(northlake: Company) -> None:
    hook, owner = made(northlake.owner, app_of(northlake.owner)).id, signed_in(northlake.owner.user_id)
    assert owner.post(HOOKS).status_code == owner.get(f"{HOOKS}/{short(hook)}/confirmation").status_code == 405


def test_what_is_wrong_stays_in_the_form(northlake: Company) -> None:
    """HOOK-01: an address inside, no event: the form comes back with what was typed and what is wrong."""
    owner, app = signed_in(northlake.owner.user_id), app_of(northlake.owner)
    form = {"app": short(app), "name": "Payroll", "url": "https://127.0.0.1/", "events": ["user.created"], "type": "0", "key": "k"}
    answer = owner.post(f"{HOOKS}/new", form)
    assert (
        answer.status_code == 422
        and "does not lead to the public internet" in answer.content.decode()
        and "Payroll" in answer.content.decode()
    )
    answer = owner.post(f"{HOOKS}/new", {**form, "url": "https://a.example/", "events": []})
    assert answer.status_code == 422 and "at least one event" in answer.content.decode()
    assert sql.value("SELECT count(*) FROM webhooks_subscription") == 0


def test_changed_without_typing_the_secret_again(northlake: Company) -> None:
    """What is secret of the header is never shown, and stays when its field is left empty."""
    owner, app = signed_in(northlake.owner.user_id), app_of(northlake.owner)
    hook = made(northlake.owner, app, auth={"type": 1, "username": "usher", "password": "wellingtons"}).id
    here = f"{HOOKS}/{short(hook)}"
    assert "usher" in text(owner, here) and "wellingtons" not in text(owner, here)
    before = sql.value("SELECT sealed FROM webhooks_subscription")
    form: dict[str, Any] = {
        "name": "Wages",
        "url": "https://receiver.example/hook",
        "events": ["user.created"],
        "type": "1",
        "username": "usher",
        "key": "k1",
    }
    assert owner.post(here, form).status_code == 303
    assert sql.row("SELECT name, events, sealed FROM webhooks_subscription") == {
        "name": "Wages",
        "events": ["user.created"],
        "sealed": before,
    }
    assert owner.post(here, {**form, "type": "0", "username": "", "key": "k2"}).status_code == 303
    assert sql.row("SELECT auth, sealed FROM webhooks_subscription") == {"auth": {"type": 0}, "sealed": ""}


def test_paused_by_who_may_not_change_it(northlake: Company, receiver: Receiver) -> None:
    """AUTHZ-04: another admin pauses and deletes, and sees why the rest is not theirs."""
    hook = confirmed(northlake.owner, app_of(northlake.owner), receiver)
    admin, here = signed_in(northlake.admin.user_id), f"{HOOKS}/{short(hook)}"
    assert "Only who created the app and the owner say where to and what" in text(admin, here)
    assert admin.post(f"{here}/state", {"on": "no", "key": "p"}).status_code == 303 and state_of(hook) == "paused"
    assert admin.post(f"{here}/state", {"on": "yes", "key": "q"}).status_code == 403
    assert admin.get(f"{here}/deletion").status_code == 200


def test_an_address_that_does_not_know_the_secret(northlake: Company, receiver: Receiver) -> None:
    """HOOK-09: it is told why, and stays inactive."""
    owner, hook = signed_in(northlake.owner.user_id), made(northlake.owner, app_of(northlake.owner), receiver.address).id
    here = f"{HOOKS}/{short(hook)}"
    owner.post(f"{here}/confirmation", {"key": "c"})
    assert "it did not answer with the text that was asked for" in text(owner, here) and state_of(hook) == "new"


def test_what_failed_is_sent_again_all_at_once(northlake: Company, receiver: Receiver) -> None:
    receiver.answers = lambda came: 400
    owner, hook = signed_in(northlake.owner.user_id), confirmed(northlake.owner, app_of(northlake.owner), receiver)
    for name in ("Crew", "Deck"):
        do(northlake.owner, "people.create_group", {"name": name})
    told()
    here = f"{HOOKS}/{short(hook)}"
    assert "Send 2 that did not arrive again" in text(owner, here)
    receiver.answers = lambda came: 204
    assert owner.post(f"{here}/again", {"key": "a"}).status_code == 303
    told()
    assert [d["state"] for d in deliveries(hook)] == ["delivered"] * 2
    assert isinstance(unshort(here.rpartition("/")[2]), UUID)


def test_who_comes_and_goes(northlake: Company, receiver: Receiver) -> None:
    """README 9: user.signed_in and user.signed_out, of the portal, as the contract says."""
    confirmed(northlake.owner, app_of(northlake.owner), receiver, ["user.signed_in", "user.signed_out"])
    browser = Client()
    entered = browser.post("/sign-in", {"email": f"member@{northlake.domain}", "password": PASSWORD})
    assert entered.status_code == 302 and browser.post("/sign-out").status_code == 302
    told()
    payloads = [(c.event, c.told["payload"]) for c in receiver.came]
    assert [event for event, _payload in payloads] == ["user.signed_in", "user.signed_out"]
    for _event, payload in payloads:
        assert payload["object"]["email"] == f"member@{northlake.domain}" and payload["object"]["client_type"] == "browser"
        assert "operator" not in payload
    assert [wrong(CONTRACT[c.event], c.told) for c in receiver.came] == [[], []] and all(receiver.signed(c) for c in receiver.came)
