"""How often an app called outlives the process that counted it, and is on its page within seconds (issue 6)."""

import base64
import json
import os
import signal
import urllib.request
from collections.abc import Iterator

import pytest

from tests.harness import Usher, end, wait_until
from usher.access.app_calls import EVERY

pytestmark = pytest.mark.fault
OWNER = "olga.owner@northlake.test"


@pytest.fixture(scope="module")
def usher() -> Iterator[Usher]:
    service = Usher.on(os.environ["DATABASE_URL"], {"USHER_API_LIMITS": "off"})
    service.start(web=1, workers=0)
    service.run("account", "open", "--name", "Northlake", "--plan", "business", "--owner", OWNER, check=True)
    service.sql("UPDATE people_standing SET status = 'active'")
    yield service
    service.close()


def asked(url: str, authorization: str, data: bytes | None = None) -> dict[str, object]:
    request = urllib.request.Request(url, data, {"Authorization": authorization})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
        return json.loads(answer.read())  # type: ignore[no-any-return]


def calls(usher: Usher) -> int:
    return int(usher.sql("SELECT coalesce(sum(calls), 0) FROM access_appcalls")[0][0])


def test_calls_are_written_by_themselves_and_at_the_end(usher: Usher) -> None:
    """Within seconds while it serves; and whatever is held when it is told to stop (SIGTERM), or to stop at the keyboard (SIGINT)."""
    made = json.loads(usher.run("app", "create", "--name", "HR sync", "--scopes", "all", "--json", check=True).stdout)
    basic = "Basic " + base64.b64encode(f"{made['client_id']}:{made['client_secret']}".encode()).decode()
    token = asked(usher.base_url + "/oauth/token", basic, b"grant_type=client_credentials")["access_token"]

    def call(times: int) -> None:
        for _n in range(times):
            asked(usher.base_url + "/v2/users/me", f"Bearer {token}")

    call(3)
    wait_until(lambda: calls(usher) == 3, seconds=EVERY * 3, what="the write of what was counted")
    for told, how in ((7, signal.SIGTERM), (12, signal.SIGINT)):
        call(told - calls(usher))
        end(usher.web.pop(), how)
        assert calls(usher) == told
        usher.start_web()
