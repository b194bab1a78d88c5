"""zoom-python, a published client, and requests-oauthlib, a published OAuth client, at our token endpoint and with our tokens; only addresses are ours (issue 6)."""

from typing import Any

import pytest
from oauthlib.oauth2 import BackendApplicationClient, OAuth2Error
from requests_oauthlib import OAuth2Session
from zoom.client import Client
from zoom.exceptions import UnauthorizedError, WrongFormatInputError

from tests.clients.conftest import COMPANY
from tests.harness import Usher

pytestmark = pytest.mark.fault  # starts a real server


@pytest.fixture
def session(app: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> OAuth2Session:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the loopback has no certificate
    return OAuth2Session(client=BackendApplicationClient(app["client_id"]))


def token_of(usher: Usher, app: dict[str, Any], session: OAuth2Session) -> dict[str, Any]:
    url = f"{usher.base_url}/oauth/token"
    token: dict[str, Any] = session.fetch_token(url, client_id=app["client_id"], client_secret=app["client_secret"])
    return token


def test_a_token_as_the_rfc_has_it(usher: Usher, app: dict[str, Any], session: OAuth2Session) -> None:
    """RFC 6749 4.4, 5.1: oauthlib reads type, life and scopes, and signs the next call with it."""
    token = token_of(usher, app, session)
    assert token["token_type"] == "bearer" and token["expires_in"] == 3600 and "user:read:admin" in token["scope"]
    assert session.get(f"{usher.base_url}/v2/users/me").json()["email"] == f"owner@{COMPANY}"


def test_a_wrong_secret_as_the_rfc_has_it(usher: Usher, app: dict[str, Any], session: OAuth2Session) -> None:
    """RFC 6749 5.2: the client finds its own kind of error in the answer."""
    with pytest.raises(OAuth2Error) as refused:
        token_of(usher, {**app, "client_secret": "wrong"}, session)
    assert refused.value.error == "invalid_client"


def test_zoom_python(usher: Usher, app: dict[str, Any], session: OAuth2Session) -> None:
    """Users read with a token; what is refused becomes its own exceptions."""
    client = Client(app["client_id"], app["client_secret"])
    client.URL, client.AUTH_URL = f"{usher.base_url}/v2/", f"{usher.base_url}/oauth/"
    client.set_token("nonsense")
    with pytest.raises(UnauthorizedError, match="124"):
        client.list_users()
    client.set_token(token_of(usher, app, session)["access_token"])
    assert client.get_current_user()["email"] == f"owner@{COMPANY}"
    assert [u["email"] for u in client.list_users()["users"]] == [f"owner@{COMPANY}"]
    with pytest.raises(WrongFormatInputError, match="page_size"):
        client.get("users", params={"page_size": 0})
    made = client.post("users", json={"action": "create", "user_info": {"email": f"new@{COMPANY}", "type": 1}})
    assert client.delete(f"users/{made['id']}") is None
