"""A real service and a real browser for the stories of this folder. Nothing in here asks the database through Django."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.harness import Prepared, Usher

OWNER = "olga.owner@northlake.test"
PASSWORD = "a river runs past seven mills"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
CHROMIUM = next((p for name in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(name))), None)


@dataclass
class Portal:
    """The service with one account, and windows onto it."""

    usher: Usher
    browser: Browser
    sessions: dict[str, str] = field(default_factory=dict)  # address -> the cookie of whoever signed in before

    def json(self, *arguments: str) -> Any:
        """What a command answers."""
        done = self.usher.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr + done.stdout
        return json.loads(done.stdout)

    def window(self, **how: Any) -> BrowserContext:
        """A fresh browser window that fails on anything it should not do: foreign hosts, script errors, refused by the policy."""
        context = self.browser.new_context(base_url=self.usher.base_url, **how)
        context.set_default_timeout(10_000)
        context.on("request", lambda request: foreign(request.url, self.usher.base_url))
        context.on("console", lambda message: refused_by_policy(message.text))
        return context

    def sign_in(self, context: BrowserContext, email: str = OWNER) -> Page:
        """With the session they have, or through the operator's one-time link, with the button on its page."""
        page = context.new_page()
        if email in self.sessions:
            context.add_cookies([{"name": "usher", "value": self.sessions[email], "url": self.usher.base_url}])
            page.goto("/")
            if "/sign-in" not in page.url:
                return page
        page.goto(self.json("sign-in-link", email)["link"])
        if "/join/" in page.url:
            set_password(page)
        else:
            page.click("main button")
        page.wait_for_url(lambda url: "/link/" not in url and "/join/" not in url)
        self.sessions[email] = next(c["value"] for c in context.cookies() if c["name"] == "usher")
        return page


def set_password(page: Page) -> None:
    """What an invited person does on the page their mail leads to."""
    for entry in page.query_selector_all("input[type=password]"):
        entry.fill(PASSWORD)
    page.click("main button")


def foreign(url: str, base_url: str) -> None:
    assert url.startswith((base_url, "data:", "blob:")), f"asked a foreign host: {url}"


def refused_by_policy(text: str) -> None:
    assert "Content Security Policy" not in text, text


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no chromium on this machine")
    # Playwright keeps an event loop in this thread, which is no reason for Django to refuse tests of its own in the same process.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def service() -> Iterator[Usher]:
    """One service for the stories of a file, so that no file meets the crowds of another: web and worker."""
    usher = Prepared.on(os.environ["DATABASE_URL"], {})
    usher.start(web=1, workers=1)
    yield usher
    usher.close()


@pytest.fixture(scope="module")
def sessions(service: Usher) -> dict[str, str]:
    """A company with seats, and its owner signed in."""
    return {OWNER: service.python("tests.journeys.northlake", OWNER, check=True).stdout.strip()}


@pytest.fixture
def portal(service: Usher, browser: Browser, sessions: dict[str, str]) -> Portal:
    return Portal(service, browser, sessions)


@pytest.fixture(autouse=True)
def windows_closed(browser: Browser) -> Iterator[None]:
    """A page that is left open asks its server for news, also of one that has ended."""
    yield
    for window in browser.contexts:
        window.close()
