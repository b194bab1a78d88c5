"""The picture of somebody who comes in with an account of their own: opened, filled and invited by commands and pages, then looked at before accepting."""

import json
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page

ADDRESS, PASSWORD = "nora.lind@lind.example", "nine white boats at anchor"
SIZES = (("light", 1280, ""), ("light", 390, "-390"), ("dark", 1280, ""), ("dark", 390, "-390"))


def take_joining(browser: Browser, base: str, folder: Path, state: str, pictures: Path) -> None:
    """`state` is the session of the sample's owner, `folder` the data of the running sample."""

    def command(*words: str) -> str:
        program = [str(Path(sys.executable).parent / "usher"), *words, "--data", str(folder)]
        return subprocess.run(program, check=True, capture_output=True, text=True).stdout

    sample = json.loads(command("account", "list", "--json"))["accounts"][0]["id"]
    command("account", "open", "--name", "Nora Lind", "--plan", "free", "--owner", ADDRESS, "--first-name", "Nora", "--last-name", "Lind")
    page = browser.new_page()
    _set_up(page, json.loads(command("sign-in-link", ADDRESS, "--json"))["link"], base)
    command("people", "add", ADDRESS, "--license", "meetings:licensed", "--add-on", "phone", "--account", sample)
    path = _link_in_outbox(browser, base, state) + "/transfer"
    for theme, width, suffix in SIZES:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(base + path)
        page.screenshot(path=pictures / f"transfer-{theme}{suffix}.png", full_page=True)
    page.context.close()


def _set_up(page: Page, link: str, base: str) -> None:
    page.goto(link)
    for field in page.query_selector_all("input[type=password]"):
        field.fill(PASSWORD)
    page.click("main button")
    page.wait_for_url(lambda url: "/join/" not in url)
    for kind, title in (("meeting", "Weekly with the band"), ("meeting", "Lessons"), ("note", "Songs for the summer")):
        page.goto(f"{base}/content/new?kind={kind}")
        page.fill("#f-title", title)
        page.fill("#f-owner", ADDRESS)
        page.click("main form button.btn-primary")
        page.wait_for_load_state()


def _link_in_outbox(browser: Browser, base: str, state: str) -> str:
    """The path behind the invitation, as its administrator reads it."""
    page = browser.new_page(storage_state=state)
    page.goto(f"{base}/account/outbox?q={ADDRESS}")
    page.locator("#rows tbody a").first.click()
    link = page.locator("main").inner_text().split("/join/")[1].split()[0]
    page.context.close()
    return f"/join/{link}"
