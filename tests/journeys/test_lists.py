"""Lists, in a real browser: columns of one's own, and many people picked by hand over several pages."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Portal
from tests.journeys.test_look import violations

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]
LIST = "/people/pending?q=lark.test&size=100"


@pytest.fixture
def larks(portal: Portal) -> None:
    """250 pending people whom no other story knows."""
    portal.usher.run("people", "add", *[f"lark{n:03}@lark.test" for n in range(250)], check=True)


def test_columns_of_ones_own(portal: Portal) -> None:
    """Ticked, moved by the arrow keys, by a button and by dragging, kept for the next visit in another window, and reset."""
    page = portal.sign_in(
        portal.window(viewport={"width": 1280, "height": 1200})
    )  # all lines in view: a drag that scrolls begins elsewhere
    page.goto("/people?q=olga")
    page.get_by_role("link", name="Columns").click()
    dialog = page.get_by_role("dialog", name="Columns")
    dialog.get_by_role("checkbox", name="Role").focus()
    for _n in range(3):
        page.keyboard.press("ArrowUp")
    expect(dialog.get_by_role("checkbox", name="Role")).to_be_focused()
    dialog.get_by_role("checkbox", name="Job title").check()
    dialog.locator("li", has_text="Job title").drag_to(dialog.locator("li", has_text="E-mail"))
    dialog.get_by_role("button", name="Move Job title up").click()
    dialog.get_by_role("checkbox", name="Last sign-in").uncheck()
    dialog.get_by_role("radio", name="Compact").check()
    assert violations(page) == []
    dialog.get_by_role("button", name="Show these").last.click()
    expect(page.locator("#rows thead")).to_contain_text(
        "Job title"
    )  # the address stays the same, so it says nothing of when the list is there
    heads = [h.strip() for h in page.locator("#rows thead th").all_inner_texts() if h.strip()]
    assert heads[0] == "Name" and set(heads[1:4]) == {"Role", "Job title", "E-mail"} and "Last sign-in" not in heads
    assert page.locator("#rows tbody tr").first.bounding_box()["height"] < 36  # type: ignore[index]
    again = portal.sign_in(portal.window())
    again.goto("/people")
    assert [h.strip() for h in again.locator("#rows thead th").all_inner_texts() if h.strip()] == heads
    again.goto("/me/lists/people")
    again.get_by_role("button", name="Reset").click()
    expect(again.get_by_role("link", name="Last sign-in")).to_be_visible()


def test_many_picked_by_hand(portal: Portal, larks: None) -> None:
    """S4-48: over three pages and past what an address takes; they survive paging, sorting and a reload, lead to the plan, and end with a filter."""
    page = portal.sign_in(portal.window())
    page.goto(LIST)
    told = page.locator("#bulk [data-count]")
    page.get_by_label("Select all on this page").check()
    expect(told).to_have_text("100 selected")
    page.get_by_role("link", name="Next").click()
    expect(page.locator("#rows")).to_contain_text("lark100@")
    expect(told).to_have_text("100 selected")
    page.get_by_label("Select all on this page").check()
    expect(told).to_have_text("200 selected")
    expect(page).to_have_url(re.compile(r"selection=[\w-]{22}$"))
    page.locator("#rows td.pick input").nth(1).uncheck()
    expect(told).to_have_text("199 selected")
    page.reload()
    expect(told).to_have_text("199 selected")
    assert page.locator("#rows td.pick input:checked").count() == 99
    page.locator("#rows thead").get_by_role("link", name="E-mail").click()
    expect(page.locator("#rows thead [aria-sort]")).to_contain_text("E-mail")
    expect(told).to_have_text("199 selected")
    page.get_by_label("More for the selected").click()
    page.locator("#bulk").get_by_role("button", name="Delete").first.click()
    expect(page.get_by_role("button", name="Delete 199 invitations")).to_be_visible()
    page.go_back()
    expect(told).to_have_text("199 selected")
    page.fill("#search", "lark.test lark00")
    expect(page.locator("#notices")).to_contain_text("The selection is gone with the filter.")
    expect(page.locator("#count")).to_have_text("10 people")
    expect(page.locator("#bulk")).to_be_hidden()


def test_all_but_some(portal: Portal, larks: None) -> None:
    """All that match, without those who are unticked, also when these are more than an address takes."""
    page = portal.sign_in(portal.window())
    page.goto(LIST)
    page.locator("#rows td.pick input").first.check()
    page.get_by_role("link", name="Select all 250 matching").click()
    told = page.locator("#bulk [data-count]")
    expect(told).to_have_text("250 selected")
    page.get_by_label("Select all on this page").uncheck()
    expect(told).to_have_text("150 selected")
    page.get_by_role("link", name="Next").click()
    expect(page.locator("#rows")).to_contain_text("lark100@")
    page.locator("#rows td.pick input").first.uncheck()
    expect(told).to_have_text("149 selected")
    page.get_by_label("More for the selected").click()
    page.locator("#bulk").get_by_role("button", name="Delete").first.click()
    expect(page.get_by_role("button", name="Delete 149 invitations")).to_be_visible()


def test_while_a_list_is_asked_for(portal: Portal) -> None:
    """The rows stay and dim until the answer is there; a long menu of filters is narrowed by typing, which asks for nothing."""
    page = portal.sign_in(portal.window())
    page.goto("/people")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/people" in request.url else None)
    page.locator(".u-tools summary").first.click()
    page.get_by_label("Find a filter").fill("licensed")
    assert page.locator(".u-tools .u-menu label:visible").all_inner_texts() == ["Licensed"] and asked == []
    page.keyboard.press("Escape")
    page.route("**/people?*", lambda route: None)
    page.fill("#search", "olga")
    expect(page.locator("#rows[aria-busy=true]")).to_have_css("opacity", "0.6")
    page.unroute_all(behavior="ignoreErrors")
    page.fill("#search", "olga owner")
    expect(page.locator("#count")).to_have_text("1 person")
    expect(page.locator("#rows[aria-busy=true]")).to_have_count(0)
