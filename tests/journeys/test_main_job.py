"""The main job, in a real browser: add people, import thousands, see the seats move, undo; the invited person comes in."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PASSWORD, Portal, set_password

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]
BASIC = "meetings:basic"


def seats(portal: Portal, product: str) -> dict[str, int]:
    found = portal.usher.sql("SELECT bought, used, pending FROM licenses_license WHERE product = %s", product)
    return dict(zip(("bought", "used", "pending"), found[0], strict=True))


def test_the_owner_adds_three_people_and_one_of_them_comes_in(portal: Portal) -> None:
    """S0-6, S0-11, S0-19, S0-29, S0-30, S0-31, S0-32, S1-9, S1-10, S1-11, S1-15, S1-16, S1-17, S1-18, S1-19, S1-22: dialog, tags, seats, Pending, Outbox, activation, sign-in, refusal."""
    before = seats(portal, "meetings:licensed")
    page = portal.sign_in(portal.window())
    page.goto("/people")
    page.get_by_role("link", name="Add users").click()
    dialog = page.get_by_role("dialog", name="Add users")
    field = dialog.get_by_label("E-mail addresses")
    expect(field).to_be_focused()
    field.press_sequentially("lena.fischer@northlake.test, omar.haddad@northlake.test, june@postbox")
    dialog.get_by_label("Licensed").check()
    dialog.get_by_label("Phone").check()
    expect(dialog.locator("#sum")).to_contain_text("3 invitations · takes 3 Licensed and 3 Phone seats")
    dialog.locator("footer .btn-primary").click()
    expect(dialog).to_contain_text("2 people were invited")
    expect(dialog).to_contain_text("the part after @ needs a dot")
    dialog.get_by_role("button", name="Remove june@postbox").click()
    field.press_sequentially("june.castillo@postbox.test")
    dialog.locator("footer .btn-primary").click()
    page.wait_for_url("**/people/pending")
    for address in ("lena.fischer@northlake.test", "omar.haddad@northlake.test", "june.castillo@postbox.test"):
        expect(page.get_by_role("link", name=address)).to_be_visible()
    after = seats(portal, "meetings:licensed")
    assert after["pending"] == before["pending"] + 3
    come_in(portal, read_link(page, "lena.fischer@northlake.test"))
    assert seats(portal, "meetings:licensed")["used"] == before["used"] + 1


def read_link(page: Page, address: str) -> str:
    """The invitation, as it is read in the Outbox when no SMTP server is configured."""
    page.goto("/account/outbox")
    page.get_by_placeholder("Address").fill(address)
    page.wait_for_url("**/account/outbox?q=*")
    for _ in range(50):
        page.get_by_role("link", name=address).first.click()
        link = page.get_by_role("link", name="Open the link")
        if link.count():
            return str(link.get_attribute("href"))
        page.wait_for_timeout(200)  # the worker writes mails in its own time
        page.goto(f"/account/outbox?q={address}")
    raise AssertionError("no link appeared in the Outbox")


def come_in(portal: Portal, link: str) -> None:
    """In another browser: set a password, look around, be refused with words, sign out, sign in again."""
    page = portal.window().new_page()
    page.goto(link)
    set_password(page)
    page.wait_for_url("**/me")
    answer = page.goto("/people")
    assert answer is not None and answer.status == 403
    expect(page.locator("main")).to_contain_text("This needs the right to see users. Ask Olga Owner (owner).")
    page.get_by_role("group").filter(has=page.get_by_label(re.compile("Your menu"))).first.locator("summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill("lena.fischer@northlake.test")
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/me")
    page.context.close()


def test_9998_people_by_file(portal: Portal, tmp_path: Path) -> None:
    """S0-12, S0-37, S0-38, S0-39, S0-40, S0-41, S0-42, S0-43, S0-44, S0-45, S0-46: plan first, progress, result with a file of failures; the seats move; undo takes it back."""
    used = seats(portal, BASIC)["pending"]
    file = tmp_path / "starters.csv"
    good = "".join(f"starter{n}@northlake.test;Sam{n};Starter;Assembly;;\n" for n in range(9_994))
    bad = "broken@northlake;Bo;Broken;;;\nstarter7@northlake.test;Twin;Starter;;;\nx@northlake.test;;Nameless;;;\ny@northlake.test;Y;Group;;Nowhere;\n"
    file.write_text("email;first name;last name;department;user group;im group\n" + good + bad)
    page = portal.sign_in(portal.window())
    page.goto("/people")
    page.get_by_role("link", name="Import").click()
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Upload and see the plan").click()
    expect(page.locator("h1")).to_contain_text("9,994 people will be invited as Basic. 4 lines are refused.")
    expect(page.locator("main")).to_contain_text("Nothing has happened yet.")
    assert seats(portal, BASIC)["pending"] == used
    with page.expect_download() as download:
        page.get_by_role("link", name="These 4 lines as a file").click()
    assert len(download.value.path().read_text("utf-8-sig").splitlines()) == 5
    page.get_by_label("Type 9,994 to go on").fill("9,994")
    page.get_by_role("button", name="Invite 9,994 people").click()
    page.wait_for_url("**/changes/*")
    expect(page.locator("h1")).to_contain_text("9,994 people invited as Basic from starters.csv", timeout=120_000)
    assert seats(portal, BASIC)["pending"] == used + 9_994
    with page.expect_download() as download:
        page.get_by_role("link", name="What was left out, as a file").click()
    assert "broken@northlake" in download.value.path().read_text("utf-8-sig")
    page.get_by_role("link", name="Undo").click()
    page.get_by_label("Type 9,994 to go on").fill("9994")
    page.get_by_role("button", name="Undo for 9,994 people").click()
    page.wait_for_url("**/changes/*")
    expect(page.locator("main")).to_contain_text("All of it is done.", timeout=120_000)
    assert seats(portal, BASIC)["pending"] == used
    assert portal.usher.run("verify").returncode == 0


def test_keys_and_selection(portal: Portal) -> None:
    """S4-48, WCAG 2.1.4: the list by keyboard; the selection stays over a reload and is cleared by Escape; keys do nothing while typing."""
    page = portal.sign_in(portal.window())
    page.goto("/people?status=any")
    page.locator("main").press("j")
    page.keyboard.press("x")
    expect(page.locator("#bulk")).to_contain_text("1 selected")
    page.reload()
    expect(page.locator("#bulk")).to_contain_text("1 selected")
    page.keyboard.press("Escape")
    expect(page.locator("#bulk")).to_be_hidden()
    page.locator("#search").click()
    page.keyboard.type("xn?j")
    expect(page.locator("#search")).to_have_value("xn?j")
    expect(page.locator("#rows")).to_contain_text("Nobody matches")
    page.wait_for_url("**/people?*q=xn*")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_a_dialog_asks_before_it_forgets(portal: Portal) -> None:
    """Typed words are not lost by a slip; focus goes back to where it was."""
    page = portal.sign_in(portal.window())
    page.goto("/people")
    page.get_by_role("link", name="Add users").click()
    dialog = page.get_by_role("dialog", name="Add users")
    dialog.get_by_label("Department").fill("Finance")
    page.once("dialog", lambda asked: asked.dismiss())
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_visible()
    page.once("dialog", lambda asked: asked.accept())
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
