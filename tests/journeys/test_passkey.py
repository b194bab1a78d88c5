"""A passkey in a real browser, with chromium's own virtual authenticator; an app's codes; the fresh sign-in; all under the strict policy."""

import os
import re
from collections.abc import Iterator

import pytest
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.harness import Usher
from tests.journeys.conftest import OWNER, PASSWORD, Portal
from usher.access import totp

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]
DEVICE = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}


@pytest.fixture
def at_localhost(browser: Browser) -> Iterator[Portal]:
    """A service under a name: browsers make no passkeys for 127.0.0.1."""
    usher = Usher.on(os.environ["DATABASE_URL"], {})
    usher.base_url = usher.env["USHER_BASE_URL"] = usher.base_url.replace("127.0.0.1", "localhost")
    usher.start(web=1, workers=0)
    usher.run(
        "account",
        "open",
        "--name",
        "Northlake",
        "--plan",
        "business",
        "--owner",
        OWNER,
        "--first-name",
        "Olga",
        "--last-name",
        "Owner",
        check=True,
    )
    yield Portal(usher, browser)
    usher.close()


def plug_in(page: Page) -> CDPSession:
    """A device with a finger reader that always says yes."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**DEVICE, "automaticPresenceSimulation": True}})
    return devtools


def test_a_passkey_from_its_making_to_its_end(at_localhost: Portal) -> None:
    """ASVS 6.3.3, SESSION-12, S0-6: made, signed in with alone, used as the second step, asked for again, removed."""
    page = at_localhost.sign_in(at_localhost.window())
    plug_in(page)
    page.goto("/me/security")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.locator("h1")).to_have_text("Keep these recovery codes")
    codes = page.locator("ol bdi").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("row", name=re.compile("Passkey Laptop"))).to_be_visible()

    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(at_localhost.usher.base_url + "/")

    sign_out(page)
    with_password(page)
    expect(page.locator("h1")).to_have_text("Second step")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(at_localhost.usher.base_url + "/")

    sign_out(page)
    with_password(page)
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(at_localhost.usher.base_url + "/")

    age_session(at_localhost)
    page.goto("/me/security")
    page.get_by_role("button", name="Remove the passkey Laptop").click()
    expect(page.locator("h1")).to_have_text("Is it you?")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("main")).to_contain_text("None yet. With one, a password alone does not let anybody in.")
    assert at_localhost.usher.sql("SELECT count(*) FROM mfa_authenticator") == [(0,)]


def test_an_app_without_javascript(at_localhost: Portal) -> None:
    """ASVS 6.3.3: set up and signed in with by plain forms."""
    page = at_localhost.sign_in(at_localhost.window(java_script_enabled=False))
    page.goto("/me/security")
    page.get_by_role("link", name="Set up an authenticator app").click()
    secret = page.locator(".u-code bdi").inner_text().replace(" ", "")
    page.get_by_label("Code").fill(code(at_localhost, secret, -1))
    page.get_by_role("button", name="Set up the app").click()
    expect(page.locator("h1")).to_have_text("Keep these recovery codes")
    other = at_localhost.window(java_script_enabled=False).new_page()
    other.goto("/sign-in")
    with_password(other)
    other.get_by_label("Code").fill(code(at_localhost, secret, 0))
    other.get_by_role("button", name="Go on").click()
    other.wait_for_url(at_localhost.usher.base_url + "/")


def code(portal: Portal, secret: str, steps: int) -> str:
    now = portal.usher.sql("SELECT extract(epoch FROM now())::bigint")[0][0]
    return totp.code_at(secret, now // 30 + steps)


def with_password(page: Page) -> None:
    page.get_by_label("E-mail address").fill(OWNER)
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.locator("summary[aria-label*='Your menu']").first.click()
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    page.wait_for_url("**/sign-in")


def age_session(portal: Portal) -> None:
    """The last proof of who it is becomes sixteen minutes older, in the sessions themselves."""
    for key, data in portal.usher.sql("SELECT session_key, session_data FROM django_session"):
        kept = SessionStore().decode(data)
        if "usher_proved" in kept:
            kept["usher_proved"] -= 16 * 60
            portal.usher.sql("UPDATE django_session SET session_data = %s WHERE session_key = %s", SessionStore().encode(kept), key)
