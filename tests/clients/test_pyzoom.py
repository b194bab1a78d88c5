"""pyzoom, a published client whose answers are typed: what a model requires and does not find fails. Only its address is ours (issue 6)."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from pyzoom import ZoomClient, err

from tests.clients.conftest import COMPANY, accept
from tests.harness import Usher

pytestmark = pytest.mark.fault  # starts a real server
SOON = (datetime.now(UTC) + timedelta(days=9)).replace(tzinfo=None)


def client_of(usher: Usher, app: dict[str, Any]) -> Any:
    """It takes a token, as somebody else got it, and an address."""
    grant = {"grant_type": "account_credentials", "account_id": app["account_id"]}
    told = requests.post(f"{usher.base_url}/oauth/token", grant, auth=(app["client_id"], app["client_secret"]), timeout=10).json()
    return ZoomClient(told["access_token"], base_url=f"{usher.base_url}/v2")


@pytest.mark.parametrize("scopes", ["all", "meeting:read,meeting:write"])
def test_meetings(usher: Usher, scopes: str) -> None:
    """S4-45: scheduled, listed, read, changed and deleted, by its own models; by scopes without `:admin` too."""
    app = json.loads(usher.run("app", "create", "--name", scopes, "--scopes", scopes, "--json", check=True).stdout)
    meetings = client_of(usher, app).meetings
    made = meetings.create_meeting("Weekly", start_time=SOON.isoformat(), duration_min=45, password="not-secure")
    assert (made.topic, made.duration, made.password, made.settings.audio) == ("Weekly", 45, "not-secure", "voip")
    found = meetings.get_meeting(made.id)
    assert found == made and found.settings.waiting_room is False and found.join_url.startswith(usher.base_url)
    meetings.update_meeting("Daily", meeting_id=made.id, start_time=SOON.isoformat(), duration_min=15, password="847362")
    found = meetings.get_meeting(made.id)
    assert (found.topic, found.duration, found.pstn_password) == ("Daily", 15, "847362")
    assert [m.id for m in meetings.list_meetings().filter_by_topic("daily")] == [made.id]
    assert meetings.delete_meeting(made.id) is True
    with pytest.raises(err.NotFound):
        meetings.get_meeting(made.id)


def test_a_meeting_nobody_said_anything_of(usher: Usher, app: dict[str, Any]) -> None:
    """Its model requires fifteen settings and four forms of a passcode: the contract's defaults are told."""
    client = client_of(usher, app)
    id = client.raw.post("/users/me/meetings", body={}).json()["id"]
    found = client.meetings.get_meeting(id)
    assert (found.password, found.settings.approval_type, found.settings.auto_recording) == ("", 2, "none")


def test_people(usher: Usher, app: dict[str, Any]) -> None:
    """S4-37: everybody active, over pages for which it sends the token alone; deleted by id."""
    usher.run("people", "add", *(f"q{n}@{COMPANY}" for n in range(32)), check=True)
    accept(usher, "q%")
    users = client_of(usher, app).users
    found = users.get_users("active")
    assert found.page_size == 30 and len({u.id for u in found.users}) == len(found.users) >= 33
    one = next(u for u in found.users if u.email == f"q7@{COMPANY}")
    assert users.delete_user(one.id) is True
    assert one.email not in [u.email for u in users.get_users("active").users]


def test_refusals_are_its_own(usher: Usher, app: dict[str, Any]) -> None:
    """S4-40, S4-42: a token that is none, somebody who is not here, and a body that is wrong."""
    client = client_of(usher, app)
    with pytest.raises(err.NotFound, match="1001"):
        client.raw.get("/users/nobody@nowhere.test")
    with pytest.raises(err.BadRequest, match="300"):
        client.meetings.create_meeting("Weekly", start_time="tomorrow", duration_min=45)
    with pytest.raises(err.NotAuthorized, match="124"):
        ZoomClient("nonsense", base_url=f"{usher.base_url}/v2").meetings.list_meetings()
