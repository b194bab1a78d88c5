"""A domain from its claim to its people: not found, published, found, switched on; somebody new signs up by it; nobody at it is unlinked (S0-61, R6)."""

import os
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.harness import Usher, wait_until
from tests.journeys.conftest import OWNER, PASSWORD, Portal
from tests.mail.mailbox import Mailbox
from tests.zone import Zone, serving

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def zone() -> Iterator[Zone]:
    with serving() as served:
        yield served


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox().start()
    yield box
    box.stop()


@pytest.fixture(scope="module")
def service(zone: Zone, mailbox: Mailbox) -> Iterator[Usher]:
    """A service that asks the name server of the test, and sends its mails to the mailbox of the test."""
    usher = Usher.on(os.environ["DATABASE_URL"], {"USHER_DNS": zone.address, "USHER_SMTP_URL": f"smtp://localhost:{mailbox.port}"})
    usher.start(web=1, workers=1)
    usher.run("account", "open", "--name", "Northlake", "--plan", "business", "--owner", OWNER, check=True)
    usher.run("people", "add", "mia@northlake.test", check=True)
    yield usher
    usher.close()


@pytest.fixture
def portal(service: Usher, browser: Browser) -> Portal:
    return Portal(service, browser)


def link_to(mailbox: Mailbox, address: str) -> str:
    """The link in the last mail to an address."""

    def found() -> str:
        mails = [r.mail for r in mailbox.received if address in r.recipients]
        body = mails[-1].get_body(("plain",)) if mails else None
        links = re.findall(r"http://\S+/sign-up/\S+", body.get_content()) if body else []
        return links[-1] if links else ""

    return str(wait_until(found, what=f"a mail to {address}"))


def test_a_domain_and_its_people(portal: Portal, zone: Zone, mailbox: Mailbox) -> None:
    """S0-61, R6, S0-60: the whole way, by hand and by mail."""
    portal.sign_in(portal.window(), "mia@northlake.test")
    page = portal.sign_in(portal.window())
    page.goto("/domains")
    page.fill("#f-domain", "Northlake.TEST")
    page.click("main form button.btn-primary")
    page.wait_for_url("**/domains/*")
    here = page.url
    record = page.locator(".u-code").first.inner_text()
    assert record.startswith("usher-verification=")
    page.click("text=Check now")
    page.get_by_text("No TXT record was found.").wait_for()
    assert not Axe().run(page).response["violations"]
    zone.texts["northlake.test"] = [record]
    page.click("text=Check now")
    page.get_by_text("by a TXT record").wait_for()
    page.check("input[name=manage]")
    page.check("input[name=sign_up]")
    page.click("main form button.btn-primary")
    page.get_by_text("Saved as C-").wait_for()

    newcomer = portal.window().new_page()
    newcomer.goto("/sign-up")
    newcomer.fill("input[name=email]", "nora@northlake.test")
    newcomer.click("main form button")
    newcomer.get_by_role("heading", name="Look into your mail").wait_for()
    newcomer.goto(link_to(mailbox, "nora@northlake.test"))
    newcomer.fill("input[name=first_name]", "Nora")
    for field in newcomer.query_selector_all("input[type=password]"):
        field.fill(PASSWORD)
    newcomer.click("main form button")
    newcomer.wait_for_url("**/me")

    page.goto(here)
    page.get_by_role("link", name="1", exact=True).click()
    page.wait_for_url("**/people?**came_in=domain**")
    assert "nora@northlake.test" in page.locator("main").inner_text()
    page.click("text=Nora")
    page.wait_for_url("**/people/*")
    assert "domain northlake.test" in page.locator("main").inner_text()
    page.goto("/people?q=mia")
    page.locator("#rows tbody td.main a").first.click()
    page.goto(page.url.split("?")[0] + "/unlinking")
    assert "at a managed domain" in page.locator("main").inner_text()
    assert portal.usher.run("people", "unlink", "mia@northlake.test").returncode == 3
