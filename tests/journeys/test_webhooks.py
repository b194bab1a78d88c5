"""A webhook in a real browser: made, confirmed by a receiver that is really there, heard of somebody who leaves, sent again (issue 6)."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests import receiver as receivers
from tests.harness import Usher, wait_until
from tests.journeys.conftest import OWNER, Portal
from tests.receiver import Receiver

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]
LEAVER = "lena.leaver@northlake.test"


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[tuple[Receiver, Path]]:
    with receivers.receiving(tmp_path) as both:
        yield both


def test_a_program_hears_of_a_leaver(browser: Browser, receiver: tuple[Receiver, Path]) -> None:
    """S4-3, S4-33, HOOK-09: nothing before the receiver has confirmed; then who was deactivated, by whom, in the log, and once more by a button."""
    there, certificate = receiver
    usher = Usher.on(os.environ["DATABASE_URL"], {"USHER_OUTBOUND_ALLOW": "127.0.0.0/8,::1/128", "USHER_OUTBOUND_CA": str(certificate)})
    try:
        usher.start(web=1, workers=1)
        usher.run("account", "open", "--name", "Northlake", "--plan", "business", "--owner", OWNER, check=True)
        portal = Portal(usher, browser)
        owner = portal.sign_in(portal.window())
        portal.sign_in(portal.window(), portal_person(portal))
        usher.run("app", "create", "--name", "HR sync", "--scopes", "all", check=True)
        owner.goto("/account/webhooks")
        expect(owner.locator("main")).to_contain_text("There is no webhook yet")
        owner.get_by_role("link", name="New webhook").click()
        owner.fill("#f-name", "Payroll")
        owner.fill("#f-url", there.address)
        owner.get_by_role("button", name="Create").click()
        expect(owner.locator("main")).to_contain_text("shown this once")
        there.secret = re.findall(r"<bdi>([\w-]{43})</bdi>", owner.content())[0]
        owner.get_by_role("button", name="confirm the address").click()
        expect(owner.locator("body")).to_contain_text("The address answered as it should")
        done = usher.run("people", "deactivate", LEAVER, "--yes")
        assert done.returncode == 0, done.stderr + done.stdout
        wait_until(lambda: "user.deactivated" in there.events(), what="the event")
        assert all(there.signed(c) for c in there.came)
        owner.goto("/account/webhooks/log?event=user.deactivated")
        wait_until(lambda: owner.reload() and "Delivered" in owner.content(), what="the log")
        owner.get_by_role("link", name="user.deactivated").click()
        expect(owner.locator("main")).to_contain_text(LEAVER)
        owner.get_by_role("button", name="Send it again").click()
        wait_until(lambda: there.events().count("user.deactivated") == 2, what="the second")
        assert len({c.headers["x-zm-request-id"] for c in there.came if c.event == "user.deactivated"}) == 1
    finally:
        usher.close()


def portal_person(portal: Portal) -> str:
    """Somebody who is here and will leave."""
    portal.usher.run("people", "add", LEAVER, check=True)
    return LEAVER
