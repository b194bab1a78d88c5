"""The pictures of the page about webhooks: one with its last deliveries, which a receiver on this machine has really taken."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.receiver import Receiver

EVENTS = ("user.created", "user.deactivated", "user.activated", "group.created")


def take_webhooks(browser: Browser, base: str, state: str, pictures: Path, receiver: Receiver) -> None:
    """An app, a webhook, its secret to the receiver, groups that it hears of, somebody who leaves and comes back."""
    page = browser.new_context(storage_state=state, viewport={"width": 1280, "height": 800}).new_page()
    page.goto(f"{base}/account/apps/new")
    page.fill("#f-name", "HR sync")
    page.locator("main form button.btn-primary").click()
    page.wait_for_load_state()
    _make(page, base, receiver)
    for name in ("Payroll", "Works council"):
        page.goto(f"{base}/groups/new")
        page.fill("#f-name", name)
        page.locator("main form button.btn-primary").click()
        page.wait_for_url("**/groups**")
        page.wait_for_timeout(4_000)
    page.goto(f"{base}/account/webhooks")
    page.get_by_role("link", name="Payroll").click()
    page.wait_for_load_state()
    page.screenshot(path=pictures / "webhook-light.png")
    for name, path in (("webhooks", "/account/webhooks"), ("webhook-log", "/account/webhooks/log")):
        page.goto(base + path)
        page.screenshot(path=pictures / f"{name}-light.png")
    page.get_by_role("link", name="group.created").first.click()
    page.wait_for_load_state()
    page.screenshot(path=pictures / "webhook-delivery-light.png")
    page.context.close()


def _make(page: Page, base: str, receiver: Receiver) -> None:
    page.goto(f"{base}/account/webhooks/new")
    page.fill("#f-name", "Payroll")
    page.fill("#f-url", receiver.address)
    for box in page.locator("input[name=events]").all():
        box.set_checked(box.get_attribute("value") in EVENTS)
    page.locator("main form button.btn-primary").click()
    page.wait_for_load_state()
    receiver.secret = re.findall(r"<bdi>([\w-]{43})</bdi>", page.content())[0]
    page.locator("main form button.btn-primary").click()
    page.wait_for_load_state()
