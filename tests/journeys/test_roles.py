"""A role for a part of the account, in a real browser: made, given, and what its holder sees and does not."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Portal
from usher.core.ids import short

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]
HELPER, ONE, OTHER = "helga.helper@northlake.test", "sonja.sales@northlake.test", "quentin.quality@northlake.test"


def test_a_help_desk_for_one_department(portal: Portal) -> None:
    """S0-15, S2-3, S4-23, AUTHZ-11: the owner makes a role, gives it for Sales; its holder sees Sales, changes somebody there, and elsewhere is told whom to ask."""
    for address, department in ((HELPER, "Support"), (ONE, "Sales"), (OTHER, "Quality")):
        portal.usher.run("people", "add", address, "--department", department, check=True)
    helper = portal.sign_in(portal.window(), HELPER)

    owner = portal.sign_in(portal.window())
    owner.goto("/roles")
    owner.get_by_role("link", name="New role").click()
    owner.fill("#f-name", "Help desk")
    owner.get_by_role("radio", name="users: manage", exact=True).check()
    owner.get_by_role("radio", name="content: view", exact=True).check()
    owner.get_by_role("button", name="Create").click()
    expect(owner.get_by_role("heading", level=1)).to_have_text("Help desk")

    owner.goto(f"/people?q={HELPER}")
    owner.locator("#rows .who a").click()
    owner.goto(re.sub(r".*/people/([^/?]+).*", r"/people/role-changes?ids=\1", owner.url))
    owner.get_by_role("radio", name=re.compile("Help desk")).check()
    expect(owner.locator("main")).to_contain_text("Whom it covers")
    owner.locator("summary", has_text="Departments").click()
    owner.get_by_label("Sales").check()
    expect(owner.locator("main")).to_contain_text("Only who is ticked.")
    owner.locator(".u-do button.btn-primary").click()
    owner.wait_for_url("**/changes/*")

    helper.goto("/people/pending")
    expect(helper.locator("#rows")).to_contain_text("sonja.sales")
    expect(helper.locator("#count")).to_contain_text("1")
    expect(helper.locator("#rows")).not_to_contain_text("quentin")
    helper.goto(f"/search?q={OTHER}")
    expect(helper.locator("main")).not_to_contain_text("Quality")
    their = portal.usher.sql("SELECT id FROM people_user WHERE email = %s", OTHER)[0][0]
    answer = helper.goto(f"/people/{short(their)}")
    assert answer and answer.status == 404
    answer = helper.goto("/roles")
    assert answer and answer.status == 403
    expect(helper.locator("main")).to_contain_text("Ask Olga Owner (owner).")
    helper.goto("/people/pending")
    helper.locator("#rows .who a").click()
    helper.goto(helper.url + "/profile")
    helper.fill("[name=job_title]", "Clerk")
    helper.locator("main form button.btn-primary").click()
    expect(helper.locator("main")).to_contain_text("Clerk")

    mine = portal.usher.sql("SELECT id FROM people_user WHERE email = %s", HELPER)[0][0]
    owner.goto(f"/roles/effective/{short(mine)}")
    expect(owner.locator("main")).to_contain_text("It covers people of the department Sales.")
    expect(owner.locator("main")).to_contain_text("By the role Help desk.")
    expect(owner.locator("main")).to_contain_text("and this is about the whole account. Ask")
