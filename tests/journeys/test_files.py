"""Files of people, in a real browser: different licenses with too few seats, an update whose refused lines are downloaded, corrected and uploaded, a new address."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Portal

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

MIXED = "email,first name,last name,license,add-ons\n" + "".join(
    f"f{n}@northlake.test,First,Last,{'Licensed,Webinar 500' if n < 3 else 'Basic,'}\n" for n in range(5)
)


def upload(page: Page, path: str, text: str | bytes) -> None:
    """Choose a file and see its plan."""
    data = text.encode() if isinstance(text, str) else text
    page.goto(path)
    page.get_by_label("CSV file").set_input_files({"name": "people.csv", "mimeType": "text/csv", "buffer": data})
    page.get_by_role("button", name="Upload and see the plan").click()


def test_different_licenses_with_too_few_seats(portal: Portal) -> None:
    """S0-37, S0-43, S0-45, LIC-03: one Webinar seat for three lines: the first of them and both that need none; nobody by half."""
    portal.usher.run("seats", "set", "meetings:licensed", "20", check=True)
    portal.usher.run("seats", "set", "webinar:500", "1", check=True)
    page = portal.sign_in(portal.window())
    upload(page, "/people/imports/new", MIXED)
    expect(page.get_by_role("heading", level=1)).to_contain_text("5 people will be invited, each with what their line says.")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Only 1 Webinar 500 seat is free.")
    page.locator("label[for=how-first]", has_text="Invite the first 3").click()
    page.get_by_role("button", name="Invite 3 people").click()
    page.wait_for_url("**/changes/*")
    expect(page.locator("main")).to_contain_text("3 people invited from people.csv")
    there = portal.json("people", "list", "--search", "northlake.test")["people"]
    assert {p["email"]: p["add_ons"] for p in there if p["email"].startswith("f")} == {
        "f0@northlake.test": ["webinar:500"],
        "f3@northlake.test": [],
        "f4@northlake.test": [],
    }


def test_refused_lines_are_corrected_and_uploaded_again(portal: Portal) -> None:
    """S0-10, S0-37: the file of refused lines, corrected, is the next upload; then all of it is undone by one button."""
    portal.usher.run("people", "add", "u1@northlake.test", "u2@northlake.test", check=True)
    page = portal.sign_in(portal.window())
    page.goto("/people")
    page.get_by_role("link", name="Import").first.click()
    page.get_by_role("navigation", name="What the file is for").get_by_role("link", name="Update people").click()
    upload(page, page.url, "email,department,license\nu1@northlake.test,Sales,\nu2@northlake.test,Sales,Gold\n")
    expect(page.locator("main")).to_contain_text("There is no Workplace license Gold.")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="This line as a file").click()
    refused = waiting.value.path().read_text(encoding="utf-8-sig")
    page.get_by_role("button", name="Change 1 person").click()
    page.wait_for_url("**/changes/*")
    assert "Gold" in refused
    upload(page, "/people/updates/new", refused.replace(",Gold,", ",Basic,"))
    page.get_by_role("button", name="Change 1 person").click()
    page.wait_for_url("**/changes/*")
    expect(page.locator("main")).to_contain_text("1 person changed from people.csv")
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Undo for 1 person").click()
    page.wait_for_url("**/changes/*")
    found = {p["email"]: p["department"] for p in portal.json("people", "list", "--search", "northlake.test")["people"]}
    assert (found["u1@northlake.test"], found["u2@northlake.test"]) == ("Sales", "")


TELLING = """() => { window.told = []; new MutationObserver(() => told.push($('[data-upload] [role=status]').textContent)).observe($('[data-upload]'), { subtree: true, childList: true }) }"""


def test_how_much_of_a_file_is_there(portal: Portal) -> None:
    """S0-37: the way of a file is told in quarters; one that did not arrive says so where it was chosen, which stays, and goes at the second try; then a
    choice of its plan replaces what changes, where the reader is, with the focus where it was."""
    portal.usher.run("seats", "set", "whiteboard", "1", check=True)
    page = portal.sign_in(portal.window())
    page.goto("/people/imports/new")
    lines = "email,first name,last name,license,add-ons\n" + "".join(
        f"big{n}@northlake.test,First,Last,Basic,Whiteboard\n" for n in range(900)
    )
    page.get_by_label("CSV file").set_input_files({"name": "big.csv", "mimeType": "text/csv", "buffer": lines.encode()})
    page.evaluate(TELLING)
    page.route("**/imports/new", lambda route: route.abort())
    page.get_by_role("button", name="Upload and see the plan").click()
    expect(page.locator("[data-upload]")).to_contain_text("The file did not arrive, and nothing was done. Try again.")
    expect(page.locator("#notices")).to_be_empty()
    page.unroute("**/imports/new")
    page.get_by_role("button", name="Upload and see the plan").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Only 1 Whiteboard seat is free.")
    assert "/people/imports/" in page.url and "/new" not in page.url
    told = page.evaluate("told")
    assert "0 percent of the file is there." in told and told[-1] == "The file is there and is being read."
    page.locator("label[for=how-wait]").click()
    page.wait_for_url("**how=wait**")
    expect(page.get_by_role("button", name="Invite all 900 people now, some wait for seats")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "how-wait" and page.evaluate("told.length") == len(told)
    page.go_back()
    expect(page.locator("#how-nothing")).to_be_checked()


def test_another_address(portal: Portal) -> None:
    """S1-12, behaviour.md A: refused at the field where the domain is not ours, done where it is, and undone by the notice."""
    portal.usher.run("people", "add", "wren@northlake.test", check=True)
    portal.usher.run("domains", "claim", "northlake.test", check=True)
    portal.usher.sql("UPDATE accounts_domain SET state = 'verified', verified_at = now(), how = 'dns', manage = true")
    page = portal.sign_in(portal.window())
    page.goto("/people/pending?q=wren")
    page.get_by_role("link", name="wren@northlake.test").first.click()
    page.locator(".u-actions summary").click()
    page.get_by_role("link", name="Change address").click()
    page.get_by_label("New e-mail").fill("wren@elsewhere.test")
    page.get_by_role("button", name="Change address").click()
    expect(page.locator("main")).to_contain_text("not at a managed domain")
    page.get_by_label("New e-mail").fill("wren.adler@northlake.test")
    page.get_by_role("button", name="Change address").click()
    expect(page.locator("#notices")).to_contain_text("Undo")
    expect(page.locator("main")).to_contain_text("wren.adler@northlake.test")
