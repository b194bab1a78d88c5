"""schemathesis, a fuzzer nobody here wrote, for a minute over our OpenAPI file and a real server: every check, no 500 (issue 6)."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.harness import Usher, patience

pytestmark = pytest.mark.fault  # starts a real server
SECONDS = 60
# The contract answers a rule that says no with 400, as it does a wrong field; so of a request the file allows only other refusals are a mismatch: 405, 413, 415.
CONFIG = """
hooks = "tests.api.schemathesis_ids"
[generation]
allow-x00 = false
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 400, 401, 403, 404, 409, 412, 429]
# A call that finds what was made may name others in its body who are not there: 404 by the contract, too.
[checks.ensure_resource_availability]
enabled = false
"""
COMPANY = "northlake.test"


@pytest.fixture(scope="module")
def usher(server: str) -> Iterator[Usher]:
    """Without limits: they would answer most of the calls."""
    running = Usher.on(server, {"USHER_API_LIMITS": "off"})
    running.start(web=1, workers=0)
    running.run("account", "open", "--name", "Northlake", "--plan", "business", "--owner", f"owner@{COMPANY}", check=True)
    running.run("seats", "set", "meetings:licensed", "50", check=True)
    for product in ("phone", "calling:200", "calling_more:4010"):
        running.run("seats", "set", product, "20", check=True)
    running.run("people", "add", *(f"p{n}@{COMPANY}" for n in range(20)), check=True)
    for product in ("phone", "calling:200", "calling_more:4010"):
        running.run("seats", "set", product, "20", check=True)
    # As if the setup link and some invitations had been followed.
    running.sql(
        "UPDATE people_standing SET status = 'active' WHERE role = 'owner' OR user_id IN (SELECT id FROM people_user WHERE email ~ '^p[0-4]@')"
    )
    running.sql(
        """UPDATE licenses_license l SET pending = l.pending - x.n, used = l.used + x.n
           FROM (SELECT account_id, license, count(*) AS n FROM people_standing WHERE status = 'active' GROUP BY 1, 2) x
           WHERE l.account_id = x.account_id AND l.product = x.license"""
    )
    running.run("phone", "numbers", "add", *(f"+47220000{n:02}" for n in range(20)), check=True)
    yield running
    running.close()


def call(usher: Usher, token: str, method: str, path: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(usher.base_url + "/v2" + path, data, headers, method=method)) as answer:
        return json.loads(answer.read() or "null")


def token_of(usher: Usher) -> str:
    app = json.loads(usher.run("app", "create", "--name", "Fuzz", "--scopes", "all", "--json", check=True).stdout)
    grant = {"grant_type": "client_credentials", "client_id": app["client_id"], "client_secret": app["client_secret"]}
    with urllib.request.urlopen(usher.base_url + "/oauth/token", urlencode(grant).encode()) as answer:
        return str(json.load(answer)["access_token"])


def phones(usher: Usher, token: str) -> dict[str, list[str]]:
    """A site, a template, people and a room with a phone, and numbers: parameter -> ids."""
    address = {"address_line1": "Storgata 1", "city": "Oslo", "state_code": "03", "zip": "0155", "country": "US"}
    sites = [{"name": f"S{n}", "auto_receptionist_name": "Desk", "default_emergency_address": address} for n in range(3)]
    users = [{"email": f"p{n}@{COMPANY}", "calling_plans": ["200"], "extension_number": f"41{n}0"} for n in range(3)]
    call(usher, token, "POST", "/phone/users/batch", {"users": users})
    rooms = [call(usher, token, "POST", "/rooms", {"name": f"R{n}", "type": "ZoomRoom"})["id"] for n in range(2)]
    call(usher, token, "POST", "/phone/rooms", {"id": rooms[0], "calling_plans": [{"type": 200}]})
    return {
        "roomId": rooms,
        "siteId": [call(usher, token, "POST", "/phone/sites", site)["id"] for site in sites],
        "templateId": [call(usher, token, "POST", "/phone/setting_templates", {"name": f"T{n}", "type": "user"})["id"] for n in range(2)],
        "phoneNumberId": [n["id"] for n in call(usher, token, "GET", "/phone/numbers")["phone_numbers"]],
        "planType": ["200"],
        "type": ["200"],
    }


def test_every_operation_keeps_what_the_file_says(usher: Usher, tmp_path: Path) -> None:
    """DOS-08, SECRET-07: no 500, no status, type or body the file does not know, nothing accepted that it forbids, no way past the token."""
    token = token_of(usher)
    there = {
        "userId": [f"p{n}@{COMPANY}" for n in range(10)],
        "memberId": [f"p{n}@{COMPANY}" for n in range(10, 20)],
        "groupId": [call(usher, token, "POST", kind, {"name": f"G{n}"})["id"] for kind in ("/groups", "/im/groups") for n in range(3)],
        "roleId": ["0", "1", "2"],
        "accountId": ["me"],
        **phones(usher, token),
    }
    (tmp_path / "schemathesis.toml").write_text(CONFIG)
    done = subprocess.run(
        [
            *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"),
            *(
                "--config-file",
                str(tmp_path / "schemathesis.toml"),
                "run",
                usher.base_url + "/docs/openapi.json",
                "--url",
                usher.base_url + "/v2",
            ),
            *("-H", f"Authorization: Bearer {token}", "--checks", "all", "--max-time", str(SECONDS), "--continue-on-failure", "--no-color"),
            *("--request-timeout", str(30 * patience()), "--generation-database", "none", "--output-truncate", "false"),
        ],
        env={**os.environ, "USHER_THERE": json.dumps(there), "PYTHONPATH": os.getcwd()},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=(SECONDS + 120) * patience(),
    )
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-2_000:]
    assert call(usher, token, "GET", "/users/me")["email"] == f"owner@{COMPANY}", (
        "the token was good to the end, so the answers meant something"
    )
    assert "Traceback" not in usher.said()
