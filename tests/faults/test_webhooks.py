"""A worker that is killed between sending and recording: every event arrives, those in flight a second time under the same number (F16, F19, P6)."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import receiver as receivers
from tests.harness import Usher, wait_until
from usher.core.ids import short

PEOPLE = 60


@pytest.mark.fault
@pytest.mark.parametrize("where", ["webhooks.sent=kill@3", "webhooks.told_before_commit=kill@1"])
def test_killed_between_deliveries(running_usher: Callable[..., Usher], tmp_path: Path, where: str) -> None:
    """F16, F19, P6: kill -9 after messages were sent and before that was written down, and before what is to be sent was."""
    with receivers.receiving(tmp_path) as (receiver, certificate):
        told = {"USHER_OUTBOUND_ALLOW": "127.0.0.0/8,::1/128", "USHER_OUTBOUND_CA": str(certificate)}
        usher = running_usher(web=0, workers=0, FAILPOINTS=where, **told)
        usher.run("account", "open", "--name", "Northlake", "--plan", "business", "--owner", "olga@northlake.test", check=True)
        usher.sql("UPDATE people_standing SET status = 'active'")
        app = json.loads(usher.run("app", "create", "--name", "HR", "--scopes", "all", "--json", check=True).stdout)["client_id"]
        made = usher.run("webhooks", "create", "--app", app, "--url", receiver.address, "--events", "user.created", "--json", check=True)
        hook = json.loads(made.stdout)
        receiver.secret = hook["signing_secret"]
        usher.run("webhooks", "confirm", hook["id"], check=True)
        usher.run("people", "add", *[f"p{n}@northlake.test" for n in range(PEOPLE)], check=True)
        killed = usher.start_worker()
        wait_until(lambda: killed.poll() is not None, what="the kill")
        del usher.env["FAILPOINTS"]
        usher.sql("UPDATE webhooks_delivery SET leased_until = now() WHERE leased_until IS NOT NULL")
        usher.start_worker()
        arrived = "SELECT count(*) FROM webhooks_delivery WHERE state = 'delivered'"
        wait_until(lambda: usher.sql(arrived) == [(PEOPLE,)], what="every delivery", seconds=60)
        numbers = Counter(c.headers["x-zm-request-id"] for c in receiver.came)
        assert set(numbers) == {short(id) for (id,) in usher.sql("SELECT id FROM webhooks_event")} and len(numbers) == PEOPLE
        assert all(receiver.signed(c) for c in receiver.came) and (max(numbers.values()) == 2) == where.startswith("webhooks.sent")
        assert len({c.told["payload"]["object"]["email"] for c in receiver.came}) == PEOPLE
