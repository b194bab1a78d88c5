"""Groups in a real browser: made, filled, made the default, moved to another, deleted, and back again."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Portal

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]


def new_group(page: Page, name: str) -> None:
    """By the dialog of the list."""
    page.goto("/groups")
    page.get_by_role("link", name="New group").click()
    dialog = page.get_by_role("dialog", name="New group")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name="Create").click()
    page.wait_for_url(re.compile(r"/groups/[\w-]{22}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def from_the_row(page: Page, group: str, what: str) -> None:
    page.goto("/groups")
    page.get_by_label(f"More for {group}").click()
    page.get_by_role("link", name=what, exact=True).click()


def in_row(page: Page, group: str) -> str:
    page.goto("/groups")
    return page.get_by_role("row").filter(has_text=group).inner_text()


def test_the_life_of_a_group(portal: Portal) -> None:
    """S0-27, S0-62, S0-63, S0-64: the dialog keeps what was typed, the default is for who comes later, the plan says what becomes of everybody; undo."""
    portal.usher.run("people", "add", "rook.marsh@northlake.test", "reed.marsh@northlake.test", check=True)
    page = portal.sign_in(portal.window())
    new_group(page, "Night watch")
    page.get_by_role("link", name="Add people").click()
    page.get_by_label("E-mail addresses").fill("rook.marsh@northlake.test, nobody@northlake.test")
    page.get_by_role("button", name="See the plan").click()
    expect(page.locator("main")).to_contain_text("Nobody here has this address: nobody@northlake.test.")
    page.get_by_label("E-mail addresses").fill("rook.marsh@northlake.test, reed.marsh@northlake.test")
    page.get_by_role("button", name="See the plan").click()
    page.get_by_role("button", name="Add 2 people").click()
    expect(page.locator("#rows")).to_contain_text("reed.marsh@northlake.test")
    from_the_row(page, "Night watch", "Make it the default")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Everybody added from now on will be in Night watch.")
    page.get_by_role("button", name="Set the default group").click()
    expect(page.locator("#rows")).to_contain_text("default")
    page.goto("/people/new")
    expect(page.get_by_label("User group optional")).to_contain_text("Night watch (default group)")
    page.get_by_label("E-mail addresses").fill("wisp.marsh@northlake.test,")
    page.get_by_role("button", name="Add").last.click()
    page.wait_for_url("**/people/pending")
    assert "3" in in_row(page, "Night watch")

    new_group(page, "Day watch")
    page.goto("/groups/new")
    page.get_by_label("Name").fill("NIGHT WATCH")
    page.get_by_role("button", name="Create").click()
    expect(page.locator("main")).to_contain_text("there is a group of this name already")
    from_the_row(page, "Night watch", "Move all people")
    page.get_by_label("Move to").select_option("Day watch")
    page.get_by_role("button", name="See the plan").click()
    page.get_by_role("button", name="Move 3 people").click()
    page.wait_for_url("**/changes/*")
    assert "3" in in_row(page, "Day watch")

    from_the_row(page, "Day watch", "Delete")
    page.get_by_role("button", name="See the plan").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("The user group Day watch will be deleted. 3 people leave it.")
    page.get_by_role("button", name="Delete the group").click()
    page.wait_for_url("**/changes/*")
    page.goto("/groups")
    expect(page.locator("#rows")).not_to_contain_text("Day watch")
    page.go_back()
    page.locator("main").get_by_role("link", name="Undo").first.click()
    page.get_by_role("button", name=re.compile("^Undo")).click()
    page.wait_for_url("**/changes/*")
    assert "3" in in_row(page, "Day watch")
