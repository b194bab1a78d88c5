"""Stories of API apps in a real browser, with a client as programmers write one: an app of an administrator, and one that people agree to."""

import base64
import hashlib
import json
import secrets
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.harness import end
from tests.journeys.conftest import Portal

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]
MEMBER = "mia.member@northlake.test"


class Program:
    """What stands on the other side: it asks for tokens and calls, and waits at its address for what a browser brings."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.brought: list[dict[str, str]] = []
        program = self

        class Callback(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.startswith("/callback"):  # browsers ask for an icon, too
                    program.brought.append(dict(parse_qsl(urlsplit(self.path).query)))
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<html lang=en><title>Back</title><h1>Back at the program</h1>")

            def log_message(self, *_arguments: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Callback)
        self.address = f"http://127.0.0.1:{self.server.server_port}/callback"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def ask(self, path: str, headers: dict[str, str], **form: str) -> tuple[int, Any]:
        data = urlencode(form).encode() if form else None
        request = urllib.request.Request(self.base_url + path, data, headers)
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as no:
            return no.code, json.loads(no.read())

    def token(self, app: tuple[str, str], **form: str) -> tuple[int, Any]:
        basic = base64.b64encode(":".join(app).encode()).decode()
        return self.ask("/oauth/token", {"Authorization": f"Basic {basic}"}, **form)

    def call(self, token: str, path: str = "/v2/users/me") -> tuple[int, Any]:
        return self.ask(path, {"Authorization": f"Bearer {token}"})


@pytest.fixture
def program(portal: Portal) -> Iterator[Program]:
    made = Program(portal.usher.base_url)
    yield made
    made.server.shutdown()


def shown(page: Page) -> tuple[str, str]:
    """Client id and secret, from the page that shows them this once."""
    expect(page.locator("main")).to_contain_text("shown this once")
    told = page.locator("main .u-code").all_inner_texts()
    return told[1], told[2]


def test_an_app_of_an_administrator(portal: Portal, program: Program) -> None:
    """Issue 6: made, its secret seen once, used, rotated with an overlap, counted, switched off."""
    page = portal.sign_in(portal.window())
    page.goto("/account/apps")
    page.get_by_role("link", name="New app").click()
    page.get_by_label("Name").fill("HR sync")
    page.get_by_role("button", name="Create").click()
    app = shown(page)
    page.get_by_role("link", name="I have kept it").click()
    assert app[1] not in page.content()
    account = portal.usher.sql("SELECT id FROM accounts_account")[0][0]
    status, body = program.token(app, grant_type="account_credentials", account_id=str(account))
    assert status == 200 and program.call(body["access_token"], "/v2/users")[1]["total_records"] >= 1
    page.get_by_role("link", name="New secret").click()
    page.get_by_role("button", name="Make a new secret").click()
    again = shown(page)
    assert again[1] != app[1]
    for secret in (app, again):
        assert program.token(secret, grant_type="client_credentials")[0] == 200
    page.get_by_role("link", name="I have kept it").click()
    expect(page.locator("main")).to_contain_text("The secret before the present one is good until")
    page.get_by_role("button", name="Switch off").click()
    expect(page.locator("main")).to_contain_text("Switch on")
    assert program.call(body["access_token"])[0] == 401 and program.token(again, grant_type="client_credentials")[0] == 400


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_an_app_people_agree_to(portal: Portal, program: Program, scripts: bool) -> None:
    """OAUTH-21, ASVS 10.7: a member signs in, reads what is asked for, says no, then yes, and takes it back. Nothing but our own address and the app's is asked for."""
    owner = portal.sign_in(portal.window())
    owner.goto("/account/apps/new")
    owner.get_by_label("Name").fill("Phone book")
    owner.get_by_label("People who agree to it").check()
    owner.get_by_label("Redirect addresses").fill(program.address)
    owner.get_by_label("Only these").check()
    owner.get_by_label("Scopes, with blanks between them").fill("user:read user:read:admin")
    owner.get_by_role("button", name="Create").click()
    app = shown(owner)
    portal.usher.run("people", "add", MEMBER)

    window = portal.browser.new_context(base_url=portal.usher.base_url, java_script_enabled=scripts)
    window.on("console", lambda said: pytest.fail(said.text) if "Content Security Policy" in said.text else None)
    verifier = secrets.token_urlsafe(40)
    asked = {
        "response_type": "code",
        "client_id": app[0],
        "redirect_uri": program.address,
        "state": "a b&c",
        "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    page = portal.sign_in(window, MEMBER)
    for button in ("Do not allow", "Allow"):
        page.goto("/oauth/authorize?" + urlencode(asked))
        expect(page.locator("h1")).to_contain_text("Phone book wants to work for you")
        expect(page.locator("main")).to_contain_text("see your own profile")
        expect(page.locator("main")).not_to_contain_text("see users")
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.locator("h1")).to_have_text("Back at the program")
    no, yes = program.brought
    assert no["error"] == "access_denied" and no["state"] == yes["state"] == "a b&c"
    form = {"grant_type": "authorization_code", "code": yes["code"], "redirect_uri": program.address, "code_verifier": verifier}
    status, body = program.token(app, **form)
    assert status == 200 and program.call(body["access_token"])[1]["email"] == MEMBER
    status, body = program.token(app, grant_type="refresh_token", refresh_token=body["refresh_token"])
    assert status == 200 and program.call(body["access_token"])[0] == 200

    page.goto("/me")
    page.get_by_role("link", name="Apps that work for you").click()
    page.get_by_role("button", name="Take back what Phone book may").click()
    expect(page.locator("main")).to_contain_text("No app works for you")
    assert program.call(body["access_token"])[0] == 401
    assert program.token(app, grant_type="refresh_token", refresh_token=body["refresh_token"])[1]["error"] == "invalid_grant"
    window.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_try_a_call(portal: Portal, scripts: bool) -> None:
    """Issue 6: chosen, filled in, read as it was answered; what changes something is shown first, sent on a second press, and done once when that is sent again."""
    window = portal.browser.new_context(base_url=portal.usher.base_url, java_script_enabled=scripts)
    page = portal.sign_in(window)
    made = portal.json("app", "create", "--name", "Trial", "--scopes", "all")
    page.goto(f"/account/apps/{made['client_id']}")
    page.get_by_role("link", name="Try a call").click()
    page.get_by_label("page_size").fill("1")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("main")).to_contain_text("200 OK")
    expect(page.locator("main")).to_contain_text('"page_size": 1')
    page.get_by_label("Call", exact=True).select_option("POST /groups")
    page.get_by_role("button", name="Choose").click()
    name = f"Trial {scripts}"
    page.get_by_label("Body").fill(json.dumps({"name": name}))
    page.get_by_role("button", name="Look at it first").click()
    expect(page.locator("main")).to_contain_text("Nothing has been sent yet")
    assert portal.usher.sql("SELECT count(*) FROM people_group WHERE name = %s", name)[0][0] == 0
    page.get_by_role("button", name="Send it").click()
    expect(page.locator("main")).to_contain_text("201 Created")
    page.reload()  # sends the form again
    expect(page.locator("main")).to_contain_text("201 Created")
    assert portal.usher.sql("SELECT count(*) FROM people_group WHERE name = %s", name)[0][0] == 1
    page.goto("/activity")
    expect(page.locator("main")).to_contain_text(name)
    window.close()


def test_tokens_outlive_a_restart(portal: Portal, program: Program) -> None:
    """OAUTH-03: after a restart of the server a rotated refresh token is still worth nothing, and the one that followed it is."""
    made = portal.json("app", "create", "--name", "Book", "--scopes", "user:read", "--redirect", program.address)
    app = (made["client_id"], made["client_secret"])
    window = portal.browser.new_context(base_url=portal.usher.base_url)
    page = portal.sign_in(window)
    page.goto("/oauth/authorize?" + urlencode({"response_type": "code", "client_id": app[0], "redirect_uri": program.address}))
    page.get_by_role("button", name="Allow", exact=True).click()
    expect(page.locator("h1")).to_have_text("Back at the program")
    code = program.brought[-1]["code"]
    _status, first = program.token(app, grant_type="authorization_code", code=code, redirect_uri=program.address)
    _status, second = program.token(app, grant_type="refresh_token", refresh_token=first["refresh_token"])
    window.close()
    restart(portal)
    assert program.call(second["access_token"])[0] == 200
    assert program.token(app, grant_type="refresh_token", refresh_token=first["refresh_token"])[1]["error"] == "invalid_grant"
    assert program.token(app, grant_type="refresh_token", refresh_token=second["refresh_token"])[1]["error"] == "invalid_grant"


def restart(portal: Portal) -> None:
    end(portal.usher.web.pop())
    portal.usher.start_web()
