"""The pictures of API apps: the page of one that calls every day, and the question of one that works for people. The sample company has both."""

from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser

from usher.sample.apps import CALLBACK

SIZES = (("light", 1280, ""), ("light", 390, "-390"), ("dark", 1280, ""), ("dark", 390, "-390"))


def take_apps(browser: Browser, base: str, state: str, pictures: Path) -> None:
    """`state` is the session of the sample's owner."""
    page = browser.new_page(storage_state=state)
    page.goto(f"{base}/account/apps")
    sync, book = (str(page.get_by_role("link", name=name).evaluate("a => a.href")) for name in ("HR sync", "Phone book"))
    asked = {"response_type": "code", "client_id": book.rsplit("/", 1)[1], "redirect_uri": CALLBACK, "state": "s"}
    for theme, width, suffix in SIZES:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": 800})
        for name, where in (("app", sync), ("consent", f"{base}/oauth/authorize?{urlencode(asked)}")):
            page.goto(where)
            page.wait_for_timeout(300)  # the chart is drawn
            page.screenshot(path=pictures / f"{name}-{theme}{suffix}.png")
    page.context.close()
