"""The verbs of webhooks: made, changed, confirmed, switched off, deleted; another signing secret; deliveries sent again (issue 6, README 9)."""

from typing import Any
from uuid import UUID

import pytest

from tests.connections.hooks import app_of, confirmed, deliveries, made, state_of, told
from tests.people_of import Company, breaches, do, one
from tests.receiver import Receiver
from usher.access import actors
from usher.connections.webhooks import confirming, signing, subscriptions
from usher.core import sql
from usher.core.ids import uuid7
from usher.core.refusals import Refused
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db

VERBS = (
    "connections.create_webhook",
    "connections.edit_webhook",
    "connections.confirm_webhook",
    "connections.disable_webhook",
    "connections.delete_webhook",
    "connections.renew_signing_secret",
    "connections.send_again",
)
FIELDS = {"name": "Payroll", "url": "https://receiver.example/hook", "events": ["user.created"]}


def test_it_works(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """Made, confirmed, paused, let go on, signed with another secret, deleted; no secret of it stands in the journal or readable in a table (AUDIT-07)."""
    auth = {"type": 1, "username": "usher", "password": "a river of secrets"}
    new = made(northlake.owner, app, receiver.address, auth=auth)
    assert new.secret and state_of(new.id) == "new"
    receiver.secret = new.secret
    assert confirming.is_confirmed(confirming.confirm(northlake.owner, new.id, "k1")) and state_of(new.id) == "on"
    do(northlake.owner, "connections.edit_webhook", {"webhook": new.id, "fields": {"webhook_state": "paused"}})
    assert state_of(new.id) == "paused"
    do(northlake.owner, "connections.edit_webhook", {"webhook": new.id, "fields": {"webhook_state": "on", "name": "HR"}})
    other = subscriptions.renew(northlake.owner, app, "k2")
    assert other and other != new.secret and signing.secrets_of(app) == [other, new.secret]
    kept = sql.value(
        "SELECT string_agg(to_jsonb(c)::text, ' ') || (SELECT string_agg(to_jsonb(e)::text, ' ') FROM journal_effect e) FROM journal_change c"
    )
    kept += str(sql.rows("SELECT * FROM webhooks_subscription")) + str(sql.rows("SELECT * FROM webhooks_signingsecret"))
    assert not [s for s in (new.secret, other, "a river of secrets") if s in kept]
    do(northlake.owner, "connections.delete_webhook", {"webhook": new.id})
    assert subscriptions.webhooks(northlake.owner) == [] and breaches() == []


def test_without_the_privilege(northlake: Company, app: UUID) -> None:
    """AUTHZ-16, AUTHZ-20: a member makes no webhooks and sees none; who sees them sees no secret."""
    hook = made(northlake.owner, app)
    for verb in VERBS:
        with pytest.raises(Refused, match="webhooks"):
            plan(northlake.member, verb, {"webhook": hook.id, "app": app, "fields": FIELDS})
    with pytest.raises(Refused, match="webhooks"):
        subscriptions.webhooks(northlake.member)
    shown = str(subscriptions.webhooks(northlake.admin))
    assert hook.secret and hook.secret not in shown and "sealed" not in shown


def test_another_account(northlake: Company, southport: Company, app: UUID) -> None:
    """TENANT-01: a webhook, an app or a person of another account does not exist."""
    hook = made(northlake.owner, app)
    for verb in VERBS:
        with pytest.raises(Refused) as no:
            plan(southport.owner, verb, {"webhook": hook.id, "app": app, "fields": FIELDS, "deliveries": [uuid7()]})
        assert no.value.kind == "missing"
    with pytest.raises(Refused):
        subscriptions.webhook(southport.owner, hook.id)
    with pytest.raises(Refused) as no:
        made(northlake.owner, app, reach="user", user_ids=[str(southport.member.user_id)])
    assert no.value.kind == "missing"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "a" * 129}, "name"),
        ({"events": []}, "events"),
        ({"events": ["user.presence_status_updated"]}, "events"),
        ({"events": "user.created"}, "events"),
        ({"url": "http://receiver.example/"}, "url"),
        ({"url": "https://user@receiver.example/"}, "url"),
        ({"url": "https://169.254.169.254/"}, "url"),
        ({"url": "https://[::1]/"}, "url"),
        ({"url": "https://0x7f.1/"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://receiver.example/\r\nX: y"}, "url"),
        ({"auth": {"type": 4}}, "auth"),
        ({"auth": {"type": 1, "username": "u"}}, "password"),
        ({"auth": {"type": 1, "username": "u\n", "password": "p"}}, "username"),
        ({"auth": {"type": 2, "client_id": "a", "client_secret": "b", "token_url": "https://10.0.0.1/"}}, "token_url"),
        ({"auth": {"type": 2, "client_id": "a", "client_secret": "b", "token_url": "https://a.example/", "client_authentication": "x"}}, "client_authentication"),
        ({"auth": {"type": 3, "key": "X-Zm-Signature", "value": "v"}}, "key"),
        ({"auth": {"type": 3, "key": "Host", "value": "v"}}, "key"),
        ({"auth": {"type": 3, "key": "a b", "value": "v"}}, "key"),
    ],
)  # fmt: skip
def test_what_cannot_be(northlake: Company, app: UUID, fields: dict[str, Any], field: str) -> None:
    """HOOK-01, HOOK-04: refused at save, with the field that is wrong; nothing is made."""
    with pytest.raises(Refused) as no:
        made(northlake.owner, app, **{**FIELDS, **fields})
    assert (no.value.kind, no.value.field) == ("invalid", field)
    assert sql.value("SELECT count(*) FROM webhooks_subscription") == 0


def test_whose_app_it_is(northlake: Company, app: UUID) -> None:
    """AUTHZ-04: nobody lends somebody else's rights to an address: only the app's creator and the owner say where to and what."""
    hook = made(northlake.owner, app)
    for verb, params in (
        ("connections.create_webhook", {"app": app, "webhook": uuid7(), "fields": FIELDS}),
        ("connections.edit_webhook", {"webhook": hook.id, "fields": {"url": "https://elsewhere.example/"}}),
        ("connections.edit_webhook", {"webhook": hook.id, "fields": {"events": ["group.created"]}}),
        ("connections.confirm_webhook", {"webhook": hook.id}),
        ("connections.renew_signing_secret", {"app": app}),
    ):
        with pytest.raises(Refused, match="rights of who created it"):
            plan(northlake.admin, verb, params)
    do(northlake.admin, "connections.delete_webhook", {"webhook": hook.id})
    assert do(northlake.owner, "connections.create_webhook", {"app": app_of(northlake.admin), "webhook": uuid7(), "fields": FIELDS}).number


def test_scopes_of_the_app(northlake: Company) -> None:
    """S4-34: an app hears only of what its scopes include."""
    groups = app_of(northlake.owner, "group:read:admin")
    assert made(northlake.owner, groups, events=["group.created"]).secret
    with pytest.raises(Refused, match="no scope for the event user"):
        made(northlake.owner, groups, events=["user.created"])


def test_twenty_of_one_app(northlake: Company, app: UUID) -> None:
    """README 9: at most 20 for each app; the first one makes the secret, the others are signed with the same."""
    secrets = [made(northlake.owner, app).secret for _n in range(20)]
    assert secrets[0] and not any(secrets[1:])
    with pytest.raises(Refused, match="20 webhooks already"):
        made(northlake.owner, app)


def test_another_address_confirms_again(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """HOOK-09: what waits goes to the new address neither before it has confirmed nor after."""
    receiver.answers = lambda came: 503
    hook = confirmed(northlake.owner, app, receiver)
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(northlake.member.user_id or "")})
    told()
    do(northlake.owner, "connections.edit_webhook", {"webhook": hook, "fields": {"url": receiver.address + "/new"}})
    assert state_of(hook) == "new" and [d["state"] for d in deliveries(hook)] == ["failed"]
    with pytest.raises(Refused, match="Confirm its address first"):
        plan(northlake.owner, "connections.edit_webhook", {"webhook": hook, "fields": {"webhook_state": "on"}})


def test_an_app_that_goes_takes_its_webhooks_along(northlake: Company, app: UUID, receiver: Receiver) -> None:
    hook = confirmed(northlake.owner, app, receiver)
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(northlake.member.user_id or "")})
    told()
    assert deliveries(hook)
    do(northlake.owner, "access.delete_app", {"app": app})
    assert sql.value("SELECT count(*) FROM webhooks_subscription") == sql.value("SELECT count(*) FROM webhooks_delivery") == 0
    assert signing.secrets_of(app) == []


def test_switched_off_and_confirmed_again(northlake: Company, app: UUID, receiver: Receiver) -> None:
    hook = confirmed(northlake.owner, app, receiver)
    do(actors.system(northlake.account), "connections.disable_webhook", {"webhook": hook})
    assert state_of(hook) == "off"
    assert confirming.is_confirmed(confirming.confirm(northlake.owner, hook, "again")) and state_of(hook) == "on"


def test_sent_again(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """The same message under the same number; not for a webhook that hears of nothing, and nothing while it is on its way."""
    hook = confirmed(northlake.owner, app, receiver)
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(northlake.member.user_id or "")})
    told()
    (first,) = deliveries(hook)
    do(northlake.admin, "connections.send_again", {"webhook": hook, "deliveries": [first["id"]]})
    told()
    assert [c.body for c in receiver.came] == [first["body"]] * 2 and len({c.headers["x-zm-request-id"] for c in receiver.came}) == 1
    do(northlake.owner, "connections.edit_webhook", {"webhook": hook, "fields": {"webhook_state": "paused"}})
    with pytest.raises(Refused, match="hears of nothing now"):
        do(northlake.owner, "connections.send_again", {"webhook": hook, "deliveries": [first["id"]]})
