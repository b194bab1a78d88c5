"""`make shots`: every picture of the documentation, taken of the sample company in Debian's chromium. It stops by itself.

The pictures are of our own pages; run it after a visible change and look at what it made before committing.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench.shots_of_apps import take_apps
from bench.shots_of_joining import take_joining
from bench.shots_of_phone import take_phone
from bench.shots_of_webhooks import take_webhooks
from tests.receiver import Receiver, receiving

PICTURES = Path(__file__).parent.parent / "docs" / "guide" / "pictures"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PLAN_OF_FILE = re.compile(r"/people/\w+/[\w-]{22}$")  # where an upload leads, once the file is there
LINES = """email,first name,last name,department,user group,im group
marta.nowak@northlake.test,Marta,Nowak,Assembly,Kraków lab,Northlake
omar.haddad@northlake.test,Omar,Haddad,Field Service,Field crew,Nordic
lena.fischer@northlake.test,Lena,Fischer,Quality,,
piotr.zajac@northlake,Piotr,Zając,Quality,,
s.okonkwo@northlake.test,Sade,Okonkwo,Sales,,Nordics
liam.keane@northlake.test,,Keane,Sales,,
\u0430dmin@northlake.test,Ada,Min,Finance,,
omar.haddad@northlake.test,Omar,Haddad,Field Service,Field crew,Nordic
ingrid.halvorsen@northlake.test,Ingrid,Halvorsen,Leadership,,
"""
UPDATE = """email,department,job title,license,add-ons,manager
conor.byrne@northlake.test,Sales,Head of sales,Licensed,Whiteboard,ingrid.halvorsen@northlake.test
priya.raman@northlake.test,,Service lead,,,
adaeze.danjuma@northlake.test,(empty),,Licensed,,conor.byrne@northlake.test
adaeze.okafor@northlake.test,Quality,,Gold,,
"""


def main() -> None:
    """Start a sample, take the pictures, stop it."""
    with tempfile.TemporaryDirectory(prefix="usher-shots-") as data, receiving(Path(data)) as (receiver, certificate):
        port = _free_port()
        with subprocess.Popen(
            [Path(sys.executable).parent / "usher", "up", "--sample", "company", "--data", data, "--port", str(port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "USHER_SECRET_KEY", "USHER_BASE_URL"}}
            | {"USHER_OUTBOUND_ALLOW": "127.0.0.0/8,::1/128", "USHER_OUTBOUND_CA": str(certificate)},
        ) as usher:
            try:
                take_all(_link(usher), Path(data), receiver)
            finally:
                usher.terminate()
                usher.wait(60)


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _link(usher: "subprocess.Popen[str]") -> str:
    """The one-time link that `usher up` prints."""
    assert usher.stdout is not None
    for line in usher.stdout:
        if found := re.search(r"http://\S+/(?:link|join)/\S+", line):
            return found[0]
    raise SystemExit("usher up printed no sign-in link")


def take_all(link: str, folder: Path, receiver: Receiver) -> None:
    """Sign in once, then every page light and dark, wide and narrow."""
    base = link.split("/link/")[0]
    file = folder / "new-starters-november.csv"
    file.write_text(LINES, encoding="utf-8")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        state = _signed_in(browser, link)
        for theme in ("light", "dark"):
            for width, suffix in ((1280, ""), (390, "-390")):
                context = browser.new_context(
                    storage_state=state, viewport={"width": width, "height": 800}, color_scheme="dark" if theme == "dark" else "light"
                )
                _take(context.new_page(), base, file, f"{theme}{suffix}")
                context.close()
        take_joining(browser, base, folder, state, PICTURES)
        take_apps(browser, base, state, PICTURES)
        take_phone(browser, base, state, PICTURES)
        take_webhooks(browser, base, state, PICTURES, receiver)
        browser.close()


def _signed_in(browser: Browser, link: str) -> str:
    page = browser.new_page()
    page.goto(link)
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    state = Path(tempfile.gettempdir()) / f"usher-shots-{os.getpid()}.json"
    page.context.storage_state(path=state)
    page.context.close()
    return str(state)


def _take(page: Page, base: str, file: Path, suffix: str) -> None:
    for name, where in (
        ("home", "/"),
        ("users", "/people"),
        ("pending", "/people/pending"),
        ("add-users", "/people/new"),
        ("import", "/people/imports/new"),
        ("outbox", "/account/outbox"),
        ("activity", "/activity"),
        ("content", "/content/recordings"),
        ("trash", "/people/trash"),
        ("advanced", "/people/advanced"),
        ("groups", "/groups"),
    ):
        page.goto(base + where)
        page.screenshot(path=PICTURES / f"{name}-{suffix}.png")
    page.goto(base + "/domains")
    if not page.get_by_role("link", name="northlake.example").count():
        page.fill("#f-domain", "northlake.example")
        page.locator("main form button").click()
    else:
        page.get_by_role("link", name="northlake.example").click()
    page.wait_for_load_state()
    page.screenshot(path=PICTURES / f"domain-{suffix}.png")
    page.goto(base + "/roles")
    if not page.get_by_role("link", name="Help desk").count():
        page.goto(base + "/roles/new")
        page.fill("#f-name", "Help desk")
        page.get_by_role("radio", name="users: manage", exact=True).check()
        page.locator("main form button").click()
    else:
        page.get_by_role("link", name="Help desk").click()
    page.wait_for_load_state()
    page.screenshot(path=PICTURES / f"role-{suffix}.png")
    page.goto(base + "/people?q=conor.byrne")
    page.goto(
        f"{page.locator('#rows tbody td.main a').first.evaluate('a => a.href')}/deactivation?content=person&heir=priya.raman@northlake.test"
    )
    page.screenshot(path=PICTURES / f"deactivate-{suffix}.png")
    page.goto(base + "/people/imports/new")
    page.set_input_files("input[type=file]", file)
    page.locator("main form button.btn-primary").last.click()
    page.wait_for_url(PLAN_OF_FILE)
    page.screenshot(path=PICTURES / f"import-plan-{suffix}.png")
    page.goto(base + "/people/add-on-changes?all=1&q=ad&status=active&add_on_how=give&add_on_to=large_meeting:500&how=wait")
    page.locator("#how-wait").scroll_into_view_if_needed()
    page.screenshot(path=PICTURES / f"waiting-plan-{suffix}.png")
    page.goto(base + "/people/updates/new")
    page.set_input_files("input[type=file]", {"name": "summer.csv", "mimeType": "text/csv", "buffer": UPDATE.encode()})
    page.locator("main form button.btn-primary").last.click()
    page.wait_for_url(PLAN_OF_FILE)
    page.goto(f"{page.url}?part=will")
    page.screenshot(path=PICTURES / f"update-plan-{suffix}.png")


if __name__ == "__main__":
    main()
