"""Advanced, in a real browser: everybody at once by each of the nine operations, with who is left out and why; rooms and sites by their forms."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Portal
from tests.journeys.test_leaving import people, status_of

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]
BASIC, LICENSED, UNASSIGNED = "meetings:basic", "meetings:licensed", "meetings:unassigned"
MARK = """INSERT INTO people_mark (user_id, account_id, kind, why, at, change_id) SELECT id, account_id, 'never', 'Press', now(), gen_random_uuid()
  FROM people_user WHERE email = %s"""
DOMAIN = """INSERT INTO accounts_domain (id, account_id, name, token, state, how, ask_until, verified_at, manage) SELECT gen_random_uuid(), id, %s, 'x',
  'verified', 'dns', now(), now(), true FROM accounts_account WHERE opened_by = 'operator'"""


def license_of(portal: Portal, address: str) -> Any:
    return portal.usher.sql(
        "SELECT s.license FROM people_standing s JOIN people_user u ON u.id = s.user_id WHERE u.email = %s AND u.left_at IS NULL", address
    )[0][0]


def in_group(portal: Portal, address: str) -> list[str]:
    """The user groups and the IM group of somebody."""
    found = portal.usher.sql(
        """SELECT g.name FROM people_user u LEFT JOIN people_membership m ON m.user_id = u.id
           JOIN people_group g ON g.id = m.group_id OR g.id = u.im_group_id WHERE u.email = %s GROUP BY 1 ORDER BY 1""",
        address,
    )
    return [row[0] for row in found]


def plan_of(page: Page, operation: str, **answers: str) -> None:
    """From the tab to the plan of one operation, with these answers."""
    page.goto("/people/advanced")
    form = page.locator(f"#{operation}")
    for name, answer in answers.items():
        field = form.locator(f"[name={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            value = field.evaluate("(field, words) => [...field.options].find(o => o.value == words || o.text == words).value", answer)
            field.select_option(value)
        else:
            field.fill(answer)
    form.get_by_role("button").click()


def do_it(page: Page) -> None:
    """The button of the plan, and the result."""
    page.locator(".u-do button.btn-primary").click()
    page.wait_for_url("**/changes/*")


def undo_it(page: Page) -> None:
    page.get_by_role("link", name="Undo").click()
    page.locator(".u-do button.btn-primary").click()
    expect(page.locator("main")).to_contain_text("Undone", timeout=20_000)


def test_licenses_of_all_members_and_removing_them(portal: Portal) -> None:
    """S0-53, S0-54, S0-55, S0-56, S0-57, S0-58, S0-59, R6, R12: the admin, the never-touch list and a managed domain are left out by name; both are undone."""
    one, two, admin, spared = people(portal, "all", 4)
    managed = "kept@managed.test"
    portal.usher.run("people", "add", managed, "--license", LICENSED, check=True)
    portal.usher.sql("UPDATE people_standing SET role = 'admin' WHERE user_id = (SELECT id FROM people_user WHERE email = %s)", admin)
    portal.usher.sql(MARK, spared)
    portal.usher.sql(DOMAIN, "managed.test")
    page = portal.sign_in(portal.window())
    page.goto("/people")
    page.get_by_role("link", name="Advanced").click()
    expect(page.locator("main")).to_contain_text("4 used · 1 pending · 200 bought")
    plan_of(page, "license", license_from=LICENSED, license_to=LICENSED)
    expect(page.locator("#license")).to_contain_text("They are Licensed already.")
    plan_of(page, "license", license_from=LICENSED, license_to=UNASSIGNED)
    expect(page.locator("h1")).to_contain_text("3 Licensed members will be Unassigned.")
    expect(page.locator("aside")).to_contain_text("an admin: only members are meant")
    expect(page.locator("aside")).to_contain_text("on the never-touch list")
    do_it(page)
    assert [license_of(portal, a) for a in (one, managed, admin, spared)] == [UNASSIGNED, UNASSIGNED, LICENSED, LICENSED]
    undo_it(page)
    assert {license_of(portal, a) for a in (one, two, managed, admin, spared)} == {LICENSED}
    plan_of(page, "unlink", license_of=LICENSED)
    expect(page.locator("h1")).to_contain_text("2 people will leave this account")
    for why in ("an admin: the owner must make them a member first", "on the never-touch list", "still pending"):
        expect(page.locator("aside")).to_contain_text(why)
    do_it(page)
    assert [status_of(portal, a) for a in (one, two, admin, spared, managed)] == ["gone", "gone", "active", "active", "pending"]
    undo_it(page)
    assert {status_of(portal, a) for a in (one, two)} == {"active"}
    assert portal.usher.run("verify").returncode == 0


def test_groups_domains_and_the_long_deactivated(portal: Portal) -> None:
    """S0-60, S0-61, S0-62, S0-63, S0-64, S0-65, S0-66, S0-67: default groups, moves, everybody at and by a domain; then the deactivated go to the trash."""
    first, second = people(portal, "grouped", 2)
    for name in ("Field crew", "Lab"):
        portal.usher.run("groups", "create", name, check=True)
    for name in ("Nordic", "Customer Care"):
        portal.usher.run("im-groups", "create", name, check=True)
    portal.usher.sql(DOMAIN, "northlake.test")
    portal.usher.sql("UPDATE people_user SET came_in = 'domain' WHERE email = %s", first)
    page = portal.sign_in(portal.window())
    plan_of(page, "default-group", default_group="Field crew")
    expect(page.locator("h1")).to_have_text("Everybody added from now on will be in Field crew.")
    do_it(page)
    plan_of(page, "default-im-group", default_im_group="Nordic")
    do_it(page)
    portal.usher.run("people", "add", "later@northlake.test", check=True)
    assert in_group(portal, "later@northlake.test") == ["Field crew", "Nordic"] and in_group(portal, first) == []
    plan_of(page, "domain-group", domain="northlake.test", group_into="Field crew")
    do_it(page)
    assert in_group(portal, first) == ["Field crew"]
    plan_of(page, "group-move", group_from="Field crew", group_into="Lab")
    do_it(page)
    plan_of(page, "im-group-move", im_group_from="Nordic", im_group_into="Customer Care")
    do_it(page)
    assert in_group(portal, "later@northlake.test") == ["Customer Care", "Lab"] and in_group(portal, first) == ["Lab"]
    plan_of(page, "domain-license", domain="northlake.test", license_to=BASIC)
    expect(page.locator("h1")).to_contain_text("1 person will be Basic.")
    do_it(page)
    assert (license_of(portal, first), license_of(portal, second)) == (BASIC, LICENSED)
    portal.usher.run("people", "deactivate", second, check=True)
    portal.usher.sql("UPDATE lifecycle_departure SET at = at - interval '100 days' WHERE how = 'deactivated'")
    plan_of(page, "delete", days="99")
    expect(page.locator("h1")).to_contain_text("1 person will be deleted")
    do_it(page)
    assert status_of(portal, second) == "gone"
    assert portal.usher.run("verify").returncode == 0


def test_rooms_and_sites(portal: Portal) -> None:
    """S0-53: a site and a room by their dialogs, another name, deleted and brought back; all of it without JavaScript too."""
    for script in (True, False):
        site, room = f"Site {script}", f"Room {script}"
        page = portal.sign_in(portal.window(java_script_enabled=script))
        page.goto("/account/places/sites")
        page.get_by_role("link", name="Add a site").click()
        page.fill("#f-name", site)
        page.click("form:has(#f-name) button.btn-primary")
        expect(page.locator("#rows")).to_contain_text(site)
        page.goto("/account/places")
        page.get_by_role("link", name="Add a room").click()
        page.fill("#f-name", room)
        page.get_by_role("radio", name="Kiosk").check()
        page.select_option("#f-site", label=site)
        page.click("form:has(#f-name) button.btn-primary")
        row = page.locator("#rows tbody tr", has_text=room)
        expect(row).to_contain_text(site)
        row.locator("summary").click()
        row.get_by_role("link", name="Delete").click()
        page.locator(".u-do button.btn-primary").click()
        page.wait_for_url("**/changes/*")
        page.get_by_role("link", name="Undo").click()
        page.locator(".u-do button.btn-primary").click()
        page.goto(f"/account/places?q={room}")
        expect(page.locator("#rows")).to_contain_text(room)
        page.context.close()
    page = portal.sign_in(portal.window())
    page.goto("/people/advanced")
    expect(page.locator("main")).to_contain_text(re.compile(r"2\s*rooms"))
