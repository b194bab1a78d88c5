"""zoom-python-client, CERN's published client, through its own public functions; only its two addresses are ours (issue 6)."""

from pathlib import Path
from typing import Any

import pytest
import requests
from zoom_python_client.zoom_api_client import ZoomApiClient
from zoom_python_client.zoom_auth_api.zoom_auth_api_client import ZoomAuthApiClient

from tests.clients.conftest import COMPANY
from tests.harness import Usher

pytestmark = pytest.mark.fault  # starts a real server


@pytest.fixture
def client(usher: Usher, app: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ZoomApiClient:
    """It keeps its token in a file of this folder."""
    monkeypatch.setattr(ZoomAuthApiClient, "oauth_base_url", f"{usher.base_url}/oauth")
    return ZoomApiClient(
        app["account_id"], app["client_id"], app["client_secret"], api_endpoint=f"{usher.base_url}/v2", use_path=str(tmp_path)
    )


def test_it_reads_and_changes_people(client: ZoomApiClient) -> None:
    """S4-33, S4-36, S4-37: a token by the query string, a person, pages, a change answered by nothing."""
    assert client.users.get_user(f"owner@{COMPANY}")["role_id"] == "0"
    seen, token = [], ""
    for _page in range(2):
        told = client.make_get_request("/users", {"status": "pending", "page_size": 2, "next_page_token": token}).json()
        seen += [u["email"] for u in told["users"]]
        token = told["next_page_token"]
    assert sorted(seen) == [f"p{n}@{COMPANY}" for n in range(4)] and token == ""
    assert client.make_patch_request(f"/users/owner@{COMPANY}", {"dept": "Board", "job_title": "Owner"}).status_code == 204
    assert client.users.get_user("me")["dept"] == "Board"


def test_a_token_that_ended_is_asked_for_anew(usher: Usher, app: dict[str, Any], client: ZoomApiClient, tmp_path: Path) -> None:
    """S4-40: it takes 401 for that, whatever it kept."""
    client.users.get_user("me")
    token = (tmp_path / "access_token").read_text()
    ended = requests.post(f"{usher.base_url}/oauth/revoke", {"token": token}, auth=(app["client_id"], app["client_secret"]), timeout=10)
    assert ended.json() == {"status": "success"}
    assert client.users.get_user("me")["email"] == f"owner@{COMPANY}"
    assert (tmp_path / "access_token").read_text() != token
