"""Coming in with an account of one's own, in a real browser: recordings come along; a member of another company is refused kindly, unlinked there, comes."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PASSWORD, Portal
from tests.journeys.existing_person import MEMBER, OWN
from tests.journeys.test_look import violations

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]


@pytest.fixture
def invited(portal: Portal) -> dict[str, str]:
    """address -> the link that Olga reads in her outbox for it: two people who have accounts here, invited like anybody."""
    portal.usher.python("tests.journeys.existing_person", check=True)
    portal.usher.run("people", "add", OWN, MEMBER, check=True)
    page = portal.sign_in(portal.window())
    links = {}
    for address in (OWN, MEMBER):
        page.goto(f"/account/outbox?q={address}")
        page.locator("#rows tbody a").first.click()
        expect(page.locator("main")).to_contain_text("Choose a password", timeout=20_000)
        text = page.locator("main").inner_text()
        assert "already" not in text
        found = re.search(r"/join/[\w-]{22}/[\w-]{43}", page.content())
        assert found, text
        links[address] = found[0]
    return links


def sign_in(page: Page, path: str) -> None:
    page.goto(path)
    page.get_by_role("link", name="I sign in here with this address already").click()
    expect(page.locator("h1")).to_have_text("Sign in as yourself")
    assert violations(page) == []
    page.get_by_label("Your present password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/transfer")
    assert violations(page) == []


def test_existing_people_come_in(portal: Portal, invited: dict[str, str]) -> None:
    """S0-33, S0-34, S0-35, S0-36, S1-20, S1-21, S1-22, R11: what comes along is listed, accepting moves it; who belongs elsewhere is told why, and comes after."""
    page = portal.window().new_page()
    sign_in(page, invited[OWN])
    expect(page.locator("dl").first).to_contain_text(re.compile(r"Recordings\s*3"))
    page.get_by_role("button", name="Accept and join Northlake").click()
    page.wait_for_url(lambda url: "/join/" not in url)
    expect(page.locator("#notices")).to_contain_text("You belong to Northlake now")
    page.goto(invited[OWN])
    expect(page.locator("h1")).to_have_text("This link does not work any more")

    held = portal.usher.sql(
        """SELECT count(*)::int, count(DISTINCT i.account_id)::int FROM content_item i JOIN content_standing s ON s.item_id = i.id JOIN people_user u ON u.id = s.owner_id
           JOIN accounts_account a ON a.id = i.account_id AND a.name = 'Northlake' WHERE u.email = %s""",
        OWN,
    )
    assert held == [(3, 1)]
    assert portal.usher.sql("SELECT closed_at IS NOT NULL FROM accounts_account WHERE name = 'Of their own'") == [(True,)]

    eve = portal.window().new_page()
    sign_in(eve, invited[MEMBER])
    expect(eve.locator("main")).to_contain_text("You belong to Southport. Ask its administrator to unlink you first")
    expect(eve.get_by_role("button", name="Accept and join Northlake")).to_have_count(0)

    olaf = portal.sign_in(portal.window(), "olaf@southport.test")
    olaf.goto(f"/people?q={MEMBER}")
    olaf.goto(f"{olaf.locator('#rows tbody td.main a').first.get_attribute('href')}/unlinking")
    olaf.get_by_role("button", name=f"Unlink {MEMBER}").click()
    olaf.wait_for_url("**/changes/*")

    again = portal.window().new_page()
    sign_in(again, invited[MEMBER])
    again.get_by_role("button", name="Accept and join Northlake").click()
    expect(again.locator("#notices")).to_contain_text("You belong to Northlake now")
    assert portal.usher.run("verify").returncode == 0
