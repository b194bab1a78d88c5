"""Content in a real browser: a note made in the dialog, given on by a plan, taken back, put in the trash."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OWNER, Portal

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]
HEIR = "hanna.heir@northlake.test"


def test_a_note_changes_hands(portal: Portal) -> None:
    """S4-14, S4-15, S4-45: a refusal keeps what was typed; the plan says who gets it; undo gives it back."""
    portal.usher.run("people", "add", HEIR, check=True)
    portal.sign_in(portal.window(), HEIR)
    page = portal.sign_in(portal.window())
    page.goto("/content/boards")
    page.get_by_role("link", name="New whiteboard or note").click()
    dialog = page.get_by_role("dialog", name="New whiteboard or note")
    dialog.get_by_text("Note", exact=True).click()
    dialog.get_by_label("Title").fill("Minutes of Monday")
    dialog.get_by_label("Owner").fill("nobody@nowhere.test")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog).to_contain_text("Nobody here has this address.")
    expect(dialog.get_by_label("Title")).to_have_value("Minutes of Monday")
    dialog.get_by_label("Owner").fill(OWNER)
    dialog.get_by_role("button", name="Create").click()
    page.locator("#rows").get_by_role("link", name="Minutes of Monday").click()
    page.get_by_role("link", name="Transfer").click()
    page.get_by_label("Transfer to").press_sequentially("hanna")
    expect(page.locator(f"#l-heir_to option[value='{HEIR}']")).to_be_attached()
    page.get_by_label("Transfer to").fill(HEIR)
    page.get_by_role("button", name="See the plan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"1\u00a0item goes to {HEIR}.")
    page.get_by_role("button", name="Transfer 1 item").click()
    page.wait_for_url("**/changes/*")
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Undo", exact=True).click()
    page.wait_for_url("**/changes/*")
    page.goto("/content/boards?q=minutes+of+monday")
    expect(page.locator("#rows")).to_contain_text("Olga Owner")
    page.get_by_label("Select Minutes of Monday").check()
    page.locator("#bulk").get_by_role("button", name="Delete").first.click()
    page.get_by_role("button", name="Delete 1 item").click()
    page.goto("/content/boards?q=minutes+of+monday")
    expect(page.locator("#rows")).to_contain_text("Nothing matches.")
