"""Search everywhere, the keys, help and the language, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Portal
from tests.journeys.test_look import violations
from usher.portal.help import guide

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]


def test_search_by_keyboard(portal: Portal) -> None:
    """One dialog by / and by Ctrl K; arrows move, Enter opens; Esc closes without asking; what is typed in the field of the navigation goes along."""
    page = portal.sign_in(portal.window())
    page.goto("/people")
    page.locator("main").press("/")
    dialog = page.get_by_role("dialog", name="Search everywhere")
    expect(dialog.get_by_role("link", name="Outbox")).to_be_visible()
    page.keyboard.type("import")
    expect(dialog.get_by_role("status")).to_contain_text(re.compile(r"^\d+ results?$"))
    page.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("link").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("link").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    assert violations(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/imports/new")
    page.get_by_role("searchbox", name="Search").first.fill("outb")
    expect(dialog.get_by_role("searchbox")).to_have_value("outb")
    expect(dialog.get_by_role("link", name="Outbox").first).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(dialog).to_be_visible()


def test_single_keys_and_their_switch(portal: Portal) -> None:
    """WCAG 2.1.4: g then u goes; switched off, no single key does anything, while Ctrl K still works."""
    page = portal.sign_in(portal.window())
    page.goto("/me")
    page.locator("main").press("g")
    page.keyboard.press("u")
    page.wait_for_url("**/people")
    page.keyboard.press("?")
    page.get_by_role("button", name="Switch single keys off").click()
    page.wait_for_load_state()
    page.locator("main").press("/")
    expect(page.get_by_role("dialog", name="Search everywhere")).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Search everywhere")).to_be_visible()
    page.goto("/me")
    page.get_by_label("Single keys").check()
    page.get_by_role("button", name="Save").click()
    page.locator("main").press("/")
    expect(page.get_by_role("dialog", name="Search everywhere")).to_be_visible()


@pytest.mark.parametrize("path", ["/help", "/help/home", "/help/command-line", "/search?q=owner", "/search"])
def test_help_and_search_pages_look_right(portal: Portal, path: str) -> None:
    """axe finds nothing; nothing scrolls sideways at 390; both work without JavaScript."""
    page = portal.sign_in(portal.window(viewport={"width": 390, "height": 844}, color_scheme="dark"))
    page.goto(path)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    plain = portal.sign_in(portal.window(java_script_enabled=False))
    plain.goto(path)
    expect(plain.locator("h1")).to_be_visible()


def test_every_page_of_the_guide_fits(portal: Portal) -> None:
    """Nothing scrolls sideways at 390, also where a table names long variables or addresses."""
    page = portal.sign_in(portal.window(viewport={"width": 390, "height": 844}))
    for name in guide.names():
        page.goto(f"/help/{name}")
        assert page.evaluate("document.documentElement.scrollWidth") == 390, name


def test_each_page_leads_to_its_help(portal: Portal) -> None:
    """S0-16, S1-26."""
    page = portal.sign_in(portal.window())
    page.goto("/people/imports/new")
    page.get_by_role("link", name="Help for this page").click()
    expect(page.locator("h1")).to_have_text("Import")
    page.get_by_role("article").get_by_role("link", name="command line").click()
    expect(page.locator("h1")).to_have_text("Command line")


def test_german(portal: Portal) -> None:
    """The browser's language at first, the person's own choice after; nothing scrolls sideways with the longer words."""
    page = portal.sign_in(portal.window(locale="de-DE", viewport={"width": 390, "height": 844}))
    for path in ("/", "/people", "/people/new", "/people/imports/new", "/account/subscriptions", "/activity", "/me"):
        page.goto(path)
        assert page.evaluate("document.documentElement.lang") == "de", path
        assert page.evaluate("document.documentElement.scrollWidth") == 390, path
        assert violations(page) == [], path
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/people")
    page.locator(".u-side-foot summary").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_have_text("Users")
