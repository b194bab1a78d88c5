"""What people type is shown literally on every page, in a real browser: nothing runs, nothing is refused by the policy."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Portal

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]
PAYLOADS = ("<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "x'-alert(1)-'", "{{7*7}}{% now %}", "<script>alert(1)</script>")


def test_nothing_typed_runs(portal: Portal, tmp_path: Path) -> None:
    """WEB-01, WEB-05, CSV-09: names, department, file name; in lists, plan, result, activity, person, search and mail."""
    file = tmp_path / "<img src=x onerror=alert(1)>.csv"
    lines = "".join(
        f'evil{n}@northlake.test,"{p.replace(chr(34), chr(34) * 2)}",Payload,"{p.replace(chr(34), chr(34) * 2)}",,\n'
        for n, p in enumerate(PAYLOADS)
    )
    file.write_text("email,first name,last name,department,user group,im group\n" + lines + '"<svg onload=alert(1)>@x",A,B,,,\n')
    page = portal.sign_in(portal.window())
    said: list[str] = []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.goto("/people/imports/new")
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Upload and see the plan").click()
    expect(page.locator("main")).to_contain_text("<svg onload=alert(1)>@x")
    page.get_by_role("button", name="Invite 5 people").click()
    page.wait_for_url("**/changes/*")
    shown_literally(page)
    for path in (
        "/people/pending?q=payload",
        "/activity",
        "/",
        "/account/outbox?q=evil",
        "/people/withdrawals?all=1&q=payload&status=pending",
    ):
        page.goto(path)
        page.wait_for_load_state("networkidle")
    page.goto("/people/pending?q=payload")
    shown_literally(page)
    page.locator("#rows td.main a").first.click()
    page.goto("/account/outbox?q=evil")
    page.locator("#rows td.main a").first.click()
    page.goto("/people?q=" + PAYLOADS[0])
    expect(page.locator("#rows")).to_contain_text(PAYLOADS[0])
    assert said == []


def shown_literally(page: Page) -> None:
    for payload in PAYLOADS:
        expect(page.locator("main")).to_contain_text(payload)
    assert page.locator("main img, main script").count() == 0
