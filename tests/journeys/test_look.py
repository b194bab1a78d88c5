"""Every page, light and dark, wide and narrow: axe finds nothing of any impact, nothing scrolls sideways; and all of it works without JavaScript."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OWNER, Portal
from usher.core.ids import short

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]
SIZES = {"wide": {"width": 1280, "height": 800}, "narrow": {"width": 390, "height": 844}}
PAGES = (
    "/",
    "/me",
    "/people",
    "/people?status=any&license=meetings:basic&role=owner&role=admin",
    "/people?q=nobody+at+all",
    "/people?all=1",
    "/people/new",
    "/people/pending",
    "/people/imports/new",
    "/people/{person}",
    "/people/{person}/licenses",
    "/people/{person}/groups",
    "/people/{person}/activity",
    "/people/{person}/sign-in",
    "/people/{person}/profile",
    "/people/add-on-changes?all=1&status=active",
    "/people/department-changes?all=1&status=active",
    "/people/department-changes?all=1&status=active&department_to=Finance",
    "/people/group-changes?all=1&status=active",
    "/people/im-group-changes?all=1&status=active",
    "/people/sign-outs?all=1&status=active",
    "/people/license-changes?all=1&status=active",
    "/people/license-changes?all=1&status=active&license_to=meetings:licensed",
    "/people/{person}/content",
    "/content",
    "/content/boards?all=1",
    "/content/{item}",
    "/content/new?kind=meeting",
    "/content/recordings/new",
    "/content/hand-overs?all=1&status=active",
    "/content/hand-overs?all=1&status=active&to=manager&move=meetings",
    "/activity",
    "/activity?verb=lifecycle.invite&from=2020-01-01&door=portal",
    "/activity/denied",
    "/changes/{change}",
    "/account/subscriptions",
    "/account/subscriptions/change",
    "/account/subscriptions/change?product=phone",
    "/account/subscriptions/change?product=phone&quantity=120&price=9.50&currency=EUR",
    "/account/settings",
    "/account/outbox",
    "/nowhere",
)


def violations(page: Page) -> list[Any]:
    return [(v["id"], [n["target"] for n in v["nodes"]][:3]) for v in Axe().run(page).response["violations"]]


def a_note(portal: Portal, page: Page) -> str:
    """The id of a note, which the form makes."""
    page.goto("/content/new?kind=note")
    page.fill("#f-title", "Minutes")
    page.fill("#f-owner", OWNER)
    page.click("main form button.btn-primary")
    page.wait_for_url("**/content/boards")
    return short(portal.usher.sql("SELECT id FROM content_item ORDER BY id LIMIT 1")[0][0])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_and_width(portal: Portal, size: str, theme: Any) -> None:
    """WCAG 2.2, all rules of axe; portal.md section 12: scrollWidth == innerWidth."""
    change = portal.usher.sql("SELECT max(number) FROM journal_change")[0][0]
    person = short(portal.usher.sql("SELECT user_id FROM people_standing ORDER BY status DESC, user_id LIMIT 1")[0][0])
    page = portal.sign_in(portal.window(viewport=SIZES[size], color_scheme=theme))
    item = a_note(portal, page)
    found = {}
    for path in PAGES:
        page.goto(path.format(change=change, person=person, item=item))
        assert page.evaluate("document.documentElement.dataset.bsTheme") == theme
        width = page.evaluate("document.documentElement.scrollWidth")
        if wrong := violations(page) + ([f"scrolls sideways: {width}"] if width > SIZES[size]["width"] else []):
            found[path] = wrong
    assert not found


@pytest.mark.parametrize("size", SIZES)
def test_axe_of_what_opens(portal: Portal, size: str) -> None:
    """Menus, dialogs, the sheet of a narrow screen."""
    page = portal.sign_in(portal.window(viewport=SIZES[size]))
    openers = [".u-tools .u-drop summary", "#rows tbody tr:first-child td.act summary", ".u-head .btn-primary"]
    openers += ["[data-open=menu]"] if size == "narrow" else [".u-side-foot summary"]
    found = {}
    for opener in openers:
        page.goto("/people")
        page.click(opener)
        page.wait_for_timeout(300)  # the dialog's rise
        if wrong := violations(page):
            found[opener] = wrong
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
    assert not found


def test_without_javascript(portal: Portal) -> None:
    """Search, filter, order, pages, selection, a plan and its button: links and forms."""
    page = portal.sign_in(portal.window(java_script_enabled=False))
    page.goto("/people/new")
    page.get_by_label("E-mail addresses").fill("nojs1@northlake.test, nojs2@northlake.test")
    page.locator("main").get_by_role("button", name="Add users").click()
    page.wait_for_url("**/people/pending")
    expect(page.locator("main")).to_contain_text("nojs1@northlake.test")
    page.get_by_label("Search by name or e-mail").or_(page.get_by_label("Name or e-mail")).first.fill("nojs2")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#rows")).not_to_contain_text("nojs1@northlake.test")
    page.get_by_label("Select nojs2@northlake.test").check()
    page.get_by_role("toolbar").get_by_role("button", name="Delete").first.click()
    expect(page.locator("h1")).to_contain_text("will be withdrawn")
    page.get_by_role("button", name="Delete 1 invitation").click()
    expect(page.locator("h1")).to_contain_text("withdrawn")
    page.goto("/people/pending")
    expect(page.locator("#rows")).not_to_contain_text("nojs2@northlake.test")
