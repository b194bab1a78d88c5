"""The pictures of Phone: its lists, the phone of a person, the account log, a file of calls, and everybody's own phone. The sample company has all of it."""

import json
from pathlib import Path

from playwright.sync_api import Browser, Page

SIZES = (("light", 1280, ""), ("light", 390, "-390"), ("dark", 1280, ""), ("dark", 390, "-390"))
PAGES = (
    ("phone", "/phone/users"),
    ("phone-sites", "/phone/sites"),
    ("phone-file", "/phone/users/imports/new"),
    ("phone-log", "/phone/log"),
    ("my-phone", "/me/phone"),
)
WHO = {"direction": "inbound", "from": "+442079460123", "to": "2046", "user": "ingrid.halvorsen@northlake.test"}
CALLS = [
    {"call_id": "nl-1", **WHO, "started_at": "2026-01-12T09:30:00+00:00", "seconds": 61, "result": "answered"},
    {"call_id": "nl-2", **WHO, "started_at": "2026-01-12T10:02:00+00:00", "result": "missed"},
    {"call_id": "nl-3", **WHO, "user": "9999", "started_at": "2026-01-12T10:05:00+00:00", "result": "missed"},
    {"call_id": "nl-4", **WHO, "started_at": "yesterday", "result": "missed"},
]


def take_phone(browser: Browser, base: str, state: str, pictures: Path) -> None:
    """`state` is the session of the sample's owner."""
    page = browser.new_page(storage_state=state)
    pages = [(name, base + where) for name, where in PAGES]
    page.goto(f"{base}/phone/users")
    pages.append(("phone-person", str(page.get_by_role("link", name="Baptiste Garnier").evaluate("a => a.href"))))
    pages.append(("phone-calls", plan_of_calls(page, base)))
    for theme, width, suffix in SIZES:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": 800})
        for name, where in pages:
            page.goto(where)
            page.screenshot(path=pictures / f"{name}-{theme}{suffix}.png")
    page.context.close()


def plan_of_calls(page: Page, base: str) -> str:
    """Where the plan of a small file of calls is."""
    page.goto(f"{base}/phone/log/imports/new")
    lines = "\n".join(map(json.dumps, CALLS)).encode()
    page.set_input_files("#file", {"name": "calls-january.jsonl", "mimeType": "application/json", "buffer": lines})
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(lambda url: "/imports/" in url and not url.endswith("/new"))
    return page.url
