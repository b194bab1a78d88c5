"""In a real browser: the account gets another owner; somebody waits for a seat and gets it; somebody on the never-touch list is passed over."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.harness import wait_until
from tests.journeys.conftest import OWNER, Portal
from tests.journeys.test_look import violations

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]


def people(portal: Portal, prefix: str, n: int) -> list[str]:
    """That many active Licensed people; their addresses."""
    addresses = [f"{prefix}{i}@northlake.test" for i in range(n)]
    portal.usher.python("tests.journeys.coming_in", *addresses, check=True)
    return addresses


def held(portal: Portal, product: str) -> set[str]:
    found: list[Any] = portal.usher.sql(
        "SELECT u.email FROM licenses_seat a JOIN people_user u ON u.id = a.user_id WHERE a.product = %s ORDER BY 1", product
    )
    return {row[0] for row in found}


def give_to_all(page: Page, prefix: str) -> None:
    """Everybody whose name begins so is to get Whiteboard."""
    page.goto(f"/people/add-on-changes?all=1&q={prefix}&status=active&add_on_how=give&add_on_to=whiteboard&order=email")


def test_waiting_for_a_seat(portal: Portal) -> None:
    """S0-57: two seats for three of four people, one of whom is on the never-touch list; the third waits, is seen waiting, and is served by the clock."""
    portal.usher.run("seats", "set", "whiteboard", "2", check=True)
    chief, *others = people(portal, "queue", 4)
    page = portal.sign_in(portal.window())
    page.goto("/account/never-touch")
    page.get_by_role("link", name="Add to the list").click()
    page.get_by_label("Who", exact=True).fill(chief)
    page.get_by_label("Why").fill("Signs the invoices")
    page.get_by_role("button", name="See the plan").click()
    expect(page.locator("h1")).to_contain_text("will be on the never-touch list")
    page.get_by_role("button", name="Mark 1 person").click()
    page.wait_for_url("**/changes/*")
    give_to_all(page, "queue")
    expect(page.locator("main")).to_contain_text("on the never-touch list")
    page.locator("label[for=how-wait]").click()
    page.wait_for_url("**how=wait**")
    page.get_by_role("button", name="Change the first 2 now, the others wait").click()
    page.wait_for_url("**/changes/*")
    assert held(portal, "whiteboard") == set(others[:2])
    page.goto("/account/subscriptions")
    page.get_by_role("link", name="1 waits").click()
    expect(page.locator("#rows")).to_contain_text(others[2])
    portal.usher.run("seats", "set", "whiteboard", "3", check=True)
    wait_until(lambda: held(portal, "whiteboard") == set(others), seconds=90)
    page.goto("/account/subscriptions/waiting")
    expect(page.locator("main")).to_contain_text("Nobody waits for a seat.")
    assert portal.usher.run("verify").returncode == 0


def test_another_owner(portal: Portal) -> None:
    """S0-17, S0-18 (KB-OWNER): asked of the admins; found on Home, the name typed; the old owner sees the page no more and the new one does."""
    heir = people(portal, "heir", 1)[0]
    owner = portal.sign_in(portal.window())
    owner.goto(f"/people?q={heir}")
    owner.locator("#rows td.main a").first.click()
    owner.goto(owner.url.replace("/people/", "/people/role-changes?ids=") + "&role_to=admin")
    owner.locator("form.u-do button").click()
    owner.wait_for_url("**/changes/*")
    owner.goto("/account/owner")
    owner.get_by_role("button", name="See the plan").click()
    expect(owner.locator("h1")).to_contain_text(f"{heir} will be asked to own this account.")
    owner.get_by_role("button", name="Ask them").click()
    expect(owner.locator("h1")).to_contain_text(f"{heir} is asked to own this account")
    assert violations(owner) == []
    new = portal.sign_in(portal.window(), heir)
    new.goto("/")
    new.get_by_role("link", name="Answer").click()
    expect(new.locator("h1")).to_contain_text(f"{heir} will own this account.")
    assert violations(new) == []
    new.get_by_label(f"Type {heir} to go on").fill(heir)
    new.get_by_role("button", name="Own this account").click()
    new.wait_for_url("**/changes/*")
    owner.goto("/account/owner")
    expect(owner.locator("main")).to_contain_text("You may not see this page")
    told = portal.usher.sql("SELECT u.email FROM people_standing s JOIN people_user u ON u.id = s.user_id WHERE s.role = 'owner'")
    assert [row[0] for row in told] == [heir]
    new.goto("/account/owner")
    expect(new.locator("main")).to_contain_text(OWNER)
    assert portal.usher.run("verify").returncode == 0
