"""Leaving, in a real browser: one leaver with a hand-over, forty by selection with a refused admin, undo, restore from the trash."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.harness import wait_until
from tests.journeys.conftest import Portal

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]
LICENSED = "meetings:licensed"


def used(portal: Portal) -> int:
    found: int = portal.usher.sql("SELECT used FROM licenses_license WHERE product = %s", LICENSED)[0][0]
    return found


def people(portal: Portal, prefix: str, n: int) -> list[str]:
    """That many active Licensed people; their addresses."""
    addresses = [f"{prefix}{i}@northlake.test" for i in range(n)]
    portal.usher.python("tests.journeys.coming_in", *addresses, check=True)
    return addresses


def status_of(portal: Portal, address: str) -> Any:
    return portal.usher.sql(
        "SELECT s.status FROM people_standing s JOIN people_user u ON u.id = s.user_id WHERE u.email = %s ORDER BY u.id DESC", address
    )[0][0]


def open_person(page: Page, address: str, status: str = "active") -> None:
    page.goto(f"/people?q={address}&status={status}")
    page.locator("#rows td.main a").first.click()
    page.wait_for_url(re.compile(r"/people/[\w-]{22}$"))


def test_one_leaver_hands_over_and_comes_back(portal: Portal) -> None:
    """S4-12, S4-13, S4-14, S4-15, S4-16, S4-17, S4-18, S4-19, S4-20, S4-22, S4-55: from the profile to the plan, an heir by typing, the plan anew, done; undo; deactivated again, reactivated."""
    leaver, heir = people(portal, "goes", 2)
    page = portal.sign_in(portal.window())
    before = used(portal)
    open_person(page, leaver)
    page.get_by_role("link", name="Deactivate", exact=True).click()
    expect(page.locator("h1")).to_contain_text(f"{leaver} will lose access at once. 1 seat comes free.")
    page.get_by_label("Transfer to another person").check()
    expect(page.get_by_role("button", name=f"Deactivate {leaver}")).to_be_disabled()
    page.get_by_label("Transfer to", exact=True).fill(heir)
    page.get_by_label("Transfer to", exact=True).press("Enter")
    expect(page.locator("h1")).to_contain_text(f"1 item goes to {heir}.")
    assert "heir=" in page.url
    assert status_of(portal, leaver) == "active"
    page.get_by_role("button", name=f"Deactivate {leaver}").click()
    page.wait_for_url("**/changes/*")
    expect(page.locator("h1")).to_contain_text("was deactivated")
    assert (status_of(portal, leaver), used(portal)) == ("inactive", before - 1)
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Undo for 1 person").click()
    expect(page.locator("main")).to_contain_text("Undone", timeout=20_000)
    assert (status_of(portal, leaver), used(portal)) == ("active", before)
    open_person(page, leaver)
    page.get_by_role("link", name="Deactivate", exact=True).click()
    page.get_by_role("button", name=f"Deactivate {leaver}").click()
    page.wait_for_url("**/changes/*")
    open_person(page, leaver, "inactive")
    expect(page.locator("main")).to_contain_text("Reactivating gives back Licensed")
    page.get_by_role("link", name="Reactivate", exact=True).click()
    page.get_by_role("button", name=f"Reactivate {leaver}").click()
    expect(page.locator("h1")).to_contain_text("was reactivated")
    assert (status_of(portal, leaver), used(portal)) == ("active", before)
    assert portal.usher.run("verify").returncode == 0


def test_forty_leavers_by_selection_with_a_refused_admin(portal: Portal) -> None:
    """S4-48, R12: all that match a search; the admin among them is left out with the reason; undo brings the forty back."""
    addresses = people(portal, "leaver", 41)
    page = portal.sign_in(portal.window())
    open_person(page, addresses[7])
    page.locator(".u-actions summary").click()
    page.get_by_role("link", name="Set role").click()
    page.locator("input[name=role_to][value=admin]").check()
    page.get_by_role("button", name=re.compile("Set the role")).click()
    page.wait_for_url("**/changes/*")
    page.goto("/people?q=leaver")
    page.get_by_label("Select all on this page").check()
    page.locator("#bulk").get_by_role("button", name="Deactivate").first.click()
    expect(page.locator("h1")).to_contain_text("40 people will be deactivated")
    expect(page.locator("aside")).to_contain_text("an admin: the owner must make them a member first")
    page.get_by_role("button", name="Deactivate 40 people").click()
    page.wait_for_url("**/changes/*")
    expect(page.locator("h1")).to_contain_text("40 people were deactivated", timeout=30_000)
    assert (status_of(portal, addresses[7]), status_of(portal, addresses[8])) == ("active", "inactive")
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Undo for 40 people").click()
    expect(page.locator("main")).to_contain_text("Undone", timeout=30_000)
    assert {status_of(portal, a) for a in addresses} == {"active"}


def test_restored_from_the_trash(portal: Portal) -> None:
    """R15: deleted from the row's menu, found in the trash, back with everything; without JavaScript as well."""
    (gone,) = people(portal, "bin", 1)
    for script in (True, False):
        page = portal.sign_in(portal.window(java_script_enabled=script))
        open_person(page, gone)
        page.locator(".u-actions summary").click()
        page.get_by_role("link", name="Delete", exact=True).click()
        page.get_by_role("button", name=f"Delete {gone}").click()
        page.wait_for_url("**/changes/*")
        page.goto("/people?status=any&q=" + gone)
        expect(page.locator("#rows td.main")).to_have_count(0)
        page.goto("/people/trash?q=" + gone)
        row = page.locator("#rows tbody tr").first
        expect(row).to_contain_text("30 days")
        row.locator("summary").click()
        row.get_by_role("link", name="Restore").click()
        page.get_by_role("button", name="Restore 1 person").click()
        page.wait_for_url("**/changes/*")
        assert status_of(portal, gone) == "active"
        page.context.close()
    assert portal.usher.run("verify").returncode == 0


def test_a_dated_leaver(portal: Portal) -> None:
    """S4-27, FLOW-06: a day is set from the plan, stands on the profile, is cancelled, set again; the day comes and the worker's clock does it."""
    (dated,) = people(portal, "dated", 1)
    page = portal.sign_in(portal.window())
    set_date(page, dated)
    page.get_by_role("link", name="Cancel it").click()
    page.get_by_role("button", name="Cancel 1 date").click()
    page.wait_for_url(re.compile(r"/people/[\w-]{22}$"))
    expect(page.locator("main")).not_to_contain_text("Will be deactivated")
    set_date(page, dated)
    assert status_of(portal, dated) == "active"
    portal.usher.sql("UPDATE lifecycle_dated SET due = now() - interval '1 hour' WHERE state = 'waiting'")  # the day has come
    wait_until(lambda: status_of(portal, dated) == "inactive", seconds=90, what="the clock")
    page.goto("/activity")
    expect(page.locator("#rows")).to_contain_text("1 person was deactivated")
    assert portal.usher.run("verify").returncode == 0


def set_date(page: Page, address: str) -> None:
    """From the profile over the plan of deactivating to a day; back on the profile, which tells it."""
    open_person(page, address)
    profile = page.url
    page.get_by_role("link", name="Deactivate", exact=True).click()
    page.get_by_role("link", name="Deactivate on a date instead").click()
    page.get_by_label("Day").fill("2029-12-31")
    page.locator("main form button.btn-primary").first.click()
    page.get_by_role("button", name="Set the date for 1 person").click()
    page.wait_for_url("**/changes/*")
    page.goto(profile)
    expect(page.locator("main")).to_contain_text("Will be deactivated on")
