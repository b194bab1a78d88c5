"""One person, in a real browser: found, edited in the dialog, taken back; somebody pending whose edit waits for them."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OWNER, Portal

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]


def test_edit_and_undo(portal: Portal) -> None:
    """S0-10, S4-7, S4-10, S4-11: search, row, dialog with proposals for the manager, a refusal that keeps what was typed, toast, undo."""
    portal.usher.run("people", "add", "wren.adler@northlake.test", check=True)
    page = portal.sign_in(portal.window())
    page.goto("/people/pending")
    page.get_by_role("link", name="wren.adler@northlake.test").click()
    page.get_by_role("link", name="Edit").first.click()
    dialog = page.get_by_role("dialog", name="Edit wren.adler@northlake.test")
    expect(dialog.get_by_label("First name")).to_be_focused()
    dialog.get_by_label("First name").fill("Wren")
    dialog.get_by_label("Department").fill("Finance")
    dialog.get_by_label("Manager").press_sequentially("olga")
    expect(dialog.locator(f"#close option[value='{OWNER}']")).to_be_attached()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("Nobody here has this address.")
    expect(dialog.get_by_label("Department")).to_have_value("Finance")
    dialog.get_by_label("Manager").fill(OWNER)
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("#notices")).to_contain_text("it applies when they activate")
    expect(page.locator("main")).to_contain_text("Department: none→Finance")
    page.goto("/people/pending")
    expect(page.locator("#rows")).to_contain_text("First name, Department, Manager")
    page.go_back()
    page.locator("main").get_by_role("link", name="First name, department and manager of 1").click()
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Undo for 1 person").click()
    page.goto("/people/pending")
    expect(page.locator("#rows")).not_to_contain_text("First name, Department, Manager")


def test_a_group_for_several(portal: Portal) -> None:
    """S0-27: ticked in the list, asked, planned, done, and on the profile."""
    portal.usher.run("people", "add", "ivy.ashdown@northlake.test", "ivo.ashdown@northlake.test", check=True)
    portal.usher.run("groups", "create", "Night watch", check=True)
    page = portal.sign_in(portal.window())
    page.goto("/people/pending?q=ashdown")
    page.get_by_label("Select all on this page").check()
    page.locator("#bulk").get_by_role("button", name="Groups").first.click()
    page.get_by_label("User group").select_option("Night watch")
    page.get_by_role("button", name="See the plan").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("will be added to Night watch.")
    page.get_by_role("button", name="Change 2 people").click()
    page.wait_for_url("**/changes/*")
    page.get_by_role("link", name="ivy.ashdown@northlake.test").click()
    page.get_by_role("navigation", name="ivy.ashdown@northlake.test").get_by_role("link", name="Groups").click()
    expect(page.locator("main")).to_contain_text("Night watch primary")
