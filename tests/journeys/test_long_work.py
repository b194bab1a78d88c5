"""Work of some thousands: the browser is closed and comes back, it is stopped, goes on, and is taken back."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Portal

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]
MANY = 6_000
PLAN = "/people/license-changes?all=1&status=pending&q=runner&license=meetings:basic&license_to=meetings:unassigned"


@pytest.fixture
def runners(portal: Portal, tmp_path: Path) -> None:
    """Six thousand invited people of one name."""
    file = tmp_path / "runners.csv"
    file.write_text("email,first name,last name\n" + "".join(f"runner{n}@northlake.test,Sam{n},Runner\n" for n in range(MANY)))
    done = portal.usher.run("people", "import", str(file), "--json", seconds=120)
    assert done.returncode == 0, done.stderr


@contextmanager
def held_up(portal: Portal, nth: int) -> Iterator[psycopg.Connection]:
    """Somebody else is at work on the nth of them: the run waits there."""
    with psycopg.connect(portal.usher.env["DATABASE_URL"]) as other:
        other.execute(
            """SELECT 1 FROM people_standing WHERE user_id = (SELECT s.user_id FROM people_standing s JOIN people_user u ON u.id = s.user_id
               WHERE u.email LIKE 'runner%%' ORDER BY s.user_id OFFSET %s LIMIT 1) FOR UPDATE""",
            [nth],
        )
        yield other


def start(page: Page, button: str) -> str:
    """Type the number, press the button; the address of the change."""
    page.get_by_label(re.compile("Type .* to go on")).fill(re.sub(r"\D", "", button))
    page.get_by_role("button", name=button).click()
    page.wait_for_url(re.compile(r"/changes/\d+$"))
    return page.url


def test_long_work(portal: Portal, runners: None) -> None:
    """F27, F33, portal.md 5.12, 5.13, 8: progress outlives the browser, the tray leads back, stop, go on, undo."""
    context = portal.window()
    page = portal.sign_in(context)
    page.goto(PLAN)
    expect(page.locator("h1")).to_contain_text("6,000 people will be Unassigned.")
    with held_up(portal, 1_500) as other:
        address = start(page, "Change 6,000 people")
        expect(page.locator("h1")).to_contain_text("1,000 of 6,000 are done.")
        expect(page.locator("#tray")).not_to_contain_text("Change license")
        context.close()
        page = portal.sign_in(portal.window())
        page.goto("/people")
        tray = page.locator("#tray .u-toast").filter(has_text="1,000 of 6,000")
        expect(tray).to_contain_text("Change license")
        tray.get_by_role("link", name="Open").click()
        page.wait_for_url(address)
        page.get_by_role("button", name="Stop after this chunk").dispatch_event("click")  # it is answered when the chunk is over
        other.rollback()
    expect(page.locator("main")).to_contain_text("were not done; nothing else was touched.", timeout=60_000)
    left = int(re.sub(r"\D", "", page.locator("main").get_by_text("were not done").inner_text()))
    assert 0 < left < MANY - 1_000
    page.get_by_role("link", name="Go on").click()
    expect(page.locator("h1")).to_contain_text(f"{left:,} people will be Unassigned.")
    start(page, f"Go on with {left:,} people")
    page.goto("/people")
    expect(page.locator("#tray .u-toast").filter(has_text=f"{left:,}").first).to_contain_text("Undo", timeout=60_000)
    take_back(portal, page, address, MANY - left)


def take_back(portal: Portal, page: Page, address: str, n: int) -> None:
    """Undo the first half; the other half stays."""
    page.goto(address)
    page.locator("main").get_by_role("link", name="Undo", exact=True).click()
    start(page, f"Undo for {n:,} people")
    expect(page.locator("main")).to_contain_text("All of it is done.", timeout=60_000)
    found = portal.usher.sql(
        "SELECT s.license, count(*) FROM people_standing s JOIN people_user u ON u.id = s.user_id WHERE u.email LIKE 'runner%%' GROUP BY 1 ORDER BY 1"
    )
    assert dict(found) == {"meetings:basic": n, "meetings:unassigned": MANY - n}
    assert portal.usher.run("verify").returncode == 0
