"""Every page, wide and narrow, light and dark: axe finds nothing of any impact, nothing scrolls sideways; and all of it works without JavaScript."""

import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, Page, expect

from tests.architecture.test_pages import all_routes, fill
from tests.journeys.conftest import OWNER, Portal
from tests.phone.call_files import as_json, call

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]
SIZES = {"wide": {"width": 1280, "height": 800}, "narrow": {"width": 390, "height": 844}}
# Every route is looked at by itself; these are further states of some pages.
STATES = (
    "/people?status=any&license=meetings:basic&role=owner&role=admin",
    "/people?q=nobody+at+all",
    "/people?all=1",
    "/people/add-on-changes?all=1&status=active",
    "/people/department-changes?all=1&status=active",
    "/people/department-changes?all=1&status=active&department_to=Finance",
    "/people/group-changes?all=1&status=active",
    "/people/im-group-changes?all=1&status=active",
    "/people/sign-outs?all=1&status=active",
    "/people/{person}/deactivation",
    "/people/deactivations?all=1&status=active&content=person&heir=nobody",
    "/people/deletions?all=1&status=active&content=manager",
    "/people/reactivations?all=1&status=inactive",
    "/people/trash",
    "/people/trash?q=nobody+at+all",
    "/people/trash/restorations?all=1",
    "/people/trash/purges?all=1",
    "/people/marks?all=1&status=active&mark_kind=never",
    "/people/mark-removals?all=1&status=active",
    "/people/add-on-changes?all=1&status=active&add_on_to=whiteboard&how=wait",
    "/account/owner?to={person}",
    "/people/dates/new?ids={person}",
    "/people/dates/new?all=1&status=active&day=2029-12-31",
    "/people/dates/new?ids={person}&what=license&ends=phone&day=2029-12-31",
    "/people/trash/restorations?ids={person}&email=x",
    "/people/factor-removals?all=1&status=active",
    "/people/license-changes?all=1&status=active",
    "/people/license-changes?all=1&status=active&license_to=meetings:licensed",
    "/people/add-on-changes?all=1&status=active&add_on_to=whiteboard&how=add",
    "/people/advanced/license-changes?license_from=meetings:basic&license_to=meetings:licensed",
    "/people/advanced/unlinkings?license_of=meetings:basic",
    "/people/advanced/deletions?days=0",
    "/people/advanced/group-moves?group_from=x&group_into=x",
    "/account/places/rooms/deletions?all=1",
    "/content/boards?all=1",
    "/content/new?kind=meeting",
    "/content/hand-overs?all=1&status=active",
    "/content/hand-overs?all=1&status=active&to=manager&move=meetings",
    "/activity?verb=lifecycle.invite&from=2020-01-01&door=portal",
    "/account/subscriptions/change?product=phone",
    "/account/subscriptions/change?product=phone&quantity=120&price=9.50&currency=EUR",
    "/phone/users/package-assignments?ids={person}&package_to=calling:200",
    "/search?q=olga",
    "/nowhere",
)
# What a route names by an id, and where to find one. A new name needs a line, or its page would be forgotten.
OBJECTS = {
    "person_id": "SELECT user_id FROM people_standing ORDER BY status DESC, user_id LIMIT 1",
    "number": "SELECT max(number) FROM journal_change",
    "stage_id": "SELECT id FROM lifecycle_stage WHERE NOT choices ? 'mode' ORDER BY id DESC LIMIT 1",
    "update_id": "SELECT id FROM lifecycle_stage WHERE choices->>'mode' = 'update' LIMIT 1",
    "pairs_id": "SELECT id FROM lifecycle_stage WHERE choices->>'mode' = 'addresses' LIMIT 1",
    "phones_id": "SELECT id FROM lifecycle_stage WHERE choices->>'mode' = 'phones' LIMIT 1",
    "calls_id": "SELECT id FROM phone_callfile LIMIT 1",
    "room_id": "SELECT id FROM accounts_room ORDER BY id LIMIT 1",
    "template_id": "SELECT id FROM phone_template ORDER BY id LIMIT 1",
    "site_id": "SELECT id FROM accounts_site ORDER BY main LIMIT 1",
    "message_id": "SELECT id FROM mail_message ORDER BY id DESC LIMIT 1",
    "group_id": "SELECT id FROM people_group WHERE kind = 'user' ORDER BY id LIMIT 1",
    "im_group_id": "SELECT id FROM people_group WHERE kind = 'im' ORDER BY id LIMIT 1",
    "domain_id": "SELECT id FROM accounts_domain ORDER BY id LIMIT 1",
    "app_id": "SELECT id FROM access_app ORDER BY id LIMIT 1",
    "consent_id": "SELECT id FROM access_consent LIMIT 1",
    "own_consent_id": "SELECT id FROM access_consent LIMIT 1",
    "webhook_id": "SELECT id FROM webhooks_subscription ORDER BY id LIMIT 1",
    "delivery_id": "SELECT id FROM webhooks_delivery ORDER BY seq LIMIT 1",
    "role_id": "SELECT id FROM access_role WHERE key <> 'admin' ORDER BY id LIMIT 1",
    "item_id": "SELECT id FROM content_item ORDER BY id LIMIT 1",
    "export_id": "SELECT id FROM people_export ORDER BY id DESC LIMIT 1",
    "factor": "SELECT id FROM mfa_authenticator ORDER BY id DESC LIMIT 1",
    "name": "SELECT 'home'",
}
LINKS = {"row", "secret", "rest"}  # of a mail, of a file: looked at with ones that open nothing


# Whether something can be read is the dearest question by far, and the only one that a theme changes: it is asked once in each theme, all others at each size.
READABLE = {"runOnly": ["color-contrast", "link-in-text-block"]}
WITHOUT_READABLE = {"rules": {rule: {"enabled": False} for rule in READABLE["runOnly"]}}
ASK = """what => axe.run(document, {resultTypes: ['violations'], ...what})
  .then(told => told.violations.map(v => [v.id, v.nodes.slice(0, 3).map(n => n.target)]))"""


def violations(page: Page, what: Mapping[str, Any] = MappingProxyType({})) -> list[Any]:
    """What axe finds on the page as it stands: everything, or what these options of axe.run ask."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    return list(page.evaluate(ASK, dict(what)))


def make_objects(portal: Portal, page: Page) -> None:
    """What the pages with an id are looked at with: an invitation with its mail, a note, which the form makes."""
    portal.usher.run("groups", "create", "Crew")
    portal.usher.run("im-groups", "create", "Chat")
    portal.usher.run("people", "add", "look@northlake.test", "--group", "Crew", "--im-group", "Chat")
    app = portal.usher.run("app", "create", "--name", "HR sync", "--scopes", "all", "--json")
    portal.usher.run("webhooks", "create", "--app", json.loads(app.stdout)["client_id"], "--url", "https://receiver.example/hook")
    portal.usher.sql("UPDATE webhooks_subscription SET state = 'on', checked_at = now()")
    portal.usher.run("groups", "create", "Heard of")
    portal.usher.run("domains", "claim", "look.example")  # verified, as its page has most to look at then
    portal.usher.sql("UPDATE accounts_domain SET state = 'verified', verified_at = now(), how = 'dns', missing_since = now()")
    for path, text in (
        ("/people/updates/new", "email,job title\nlook@northlake.test,Guide\nnobody@x.test,\n"),
        ("/people/address-changes/new", "look@northlake.test,l@x.test\n"),
        ("/phone/users/imports/new", f"email,extension\n{OWNER},\nlook@northlake.test,12\n"),
    ):
        page.goto(path)
        page.set_input_files("#file", {"name": "look.csv", "mimeType": "text/csv", "buffer": text.encode()})
        page.click("form:has(#file) button.btn-primary")
    portal.usher.run("phone", "templates", "create", "Desk", "--voicemail", "off")
    portal.usher.run("phone", "add", OWNER)
    calls = Path(tempfile.mkdtemp()) / "calls.jsonl"
    recorded = {"recording_size": 9_000, "voicemail_size": 9_000, "voicemail_transcript": "Call me back"}
    calls.write_bytes(as_json(call("a", OWNER, **recorded), call("b", OWNER, result="missed")))
    portal.usher.run("phone", "calls", "import", str(calls))
    page.goto("/content/new?kind=note")
    page.fill("#f-title", "Minutes")
    page.fill("#f-owner", OWNER)
    page.click("main form button.btn-primary")
    page.wait_for_url("**/content/boards")
    for form, name in (("sites", "Oslo"), ("sites", "Bergen"), ("rooms", "Fjord")):
        page.goto(f"/account/places/{form}/new")
        page.fill("#f-name", name)
        page.click("form:has(#f-name) button.btn-primary")
        page.wait_for_url("**/account/places**")
    portal.usher.run("phone", "rooms", "add", "Fjord")


def addresses(portal: Portal, kinds: tuple[str, ...]) -> list[str]:
    """Every route of these policies that answers a GET, with an object of this account for each id; a new page is among them by itself."""
    patterns = [pattern for pattern, policy in all_routes() if policy.kind in kinds and "GET" in policy.methods]
    names = {name for pattern in patterns for name in re.findall(r"<(?:\w+:)?(\w+)>", pattern)}
    assert names <= OBJECTS.keys() | LINKS, f"tell OBJECTS how to find {names - OBJECTS.keys()}"
    found = {name: portal.usher.sql(query) for name, query in OBJECTS.items()}
    return [fill(pattern, {name: rows[0][0] for name, rows in found.items() if rows}) for pattern in patterns]


def opens(page: Page, path: str) -> bool:
    """Whether a whole page comes, wide and light: no file, no fragment, no way to somewhere else."""
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(SIZES["wide"])
    try:
        answer = page.goto(path)
    except Error as download:
        assert "Download is starting" in download.message
        return False
    assert answer
    is_page = "text/html" in answer.headers.get("content-type", "") and "<html" in answer.text()
    return is_page and answer.request.redirected_from is None


def wrong_on(page: Page) -> list[Any]:
    """What is wrong with an open page: wide and light, then as a window that is drawn smaller shows it, then as night falls."""
    found = [("wide", *v) for v in violations(page)] + sideways(page, "wide")
    page.set_viewport_size(SIZES["narrow"])
    found += [("narrow", *v) for v in violations(page, WITHOUT_READABLE)] + sideways(page, "narrow")
    page.emulate_media(color_scheme="dark")
    page.locator("html[data-bs-theme=dark]").wait_for()
    return found + [("dark", *v) for v in violations(page, READABLE)]


def sideways(page: Page, size: str) -> list[Any]:
    told = page.evaluate("document.documentElement.scrollWidth")
    return [f"{size} scrolls sideways: {told}"] if told > SIZES[size]["width"] else []


@pytest.mark.timeout(1200)
def test_axe_and_width(portal: Portal) -> None:
    """WCAG 2.2, all rules of axe; portal.md section 12: scrollWidth == innerWidth; every page there is, signed in and as a stranger."""
    look_at_half(portal, 0)


def look_at_half(portal: Portal, half: int) -> None:
    """Every second page; test_look_further.py looks at the others, so that two processes share them."""
    page = portal.sign_in(portal.window(reduced_motion="reduce"))
    make_objects(portal, page)
    stranger = portal.window(reduced_motion="reduce").new_page()
    everything = [(page, path) for path in (*addresses(portal, ("member", "privilege")), *STATES)]
    everything += [(stranger, path) for path in addresses(portal, ("public",))]
    found, seen = {}, 0
    for window, path in everything[half::2]:
        if opens(window, path):
            seen += 1
            if wrong := wrong_on(window):
                found[path] = wrong
    assert not found
    assert seen > 60


@pytest.mark.parametrize("size", SIZES)
def test_axe_of_what_opens(portal: Portal, size: str) -> None:
    """Menus, dialogs, the sheet of a narrow screen."""
    page = portal.sign_in(portal.window(viewport=SIZES[size]))
    openers = [".u-tools .u-drop summary", "#rows tbody tr:first-child td.act summary", ".u-head .btn-primary"]
    openers += ["[data-open=menu]"] if size == "narrow" else [".u-side-foot summary"]
    found = {}
    for opener in openers:
        page.goto("/people")
        page.click(opener)
        page.wait_for_timeout(300)  # the dialog's rise
        if wrong := violations(page):
            found[opener] = wrong
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
    assert not found


def test_without_javascript(portal: Portal) -> None:
    """Search, filter, order, pages, selection, a plan and its button: links and forms."""
    page = portal.sign_in(portal.window(java_script_enabled=False))
    page.goto("/people/new")
    page.get_by_label("E-mail addresses").fill("nojs1@northlake.test, nojs2@northlake.test")
    page.locator("main").get_by_role("button", name="Add users").click()
    page.wait_for_url("**/people/pending")
    expect(page.locator("main")).to_contain_text("nojs1@northlake.test")
    page.get_by_label("Search by name or e-mail").or_(page.get_by_label("Name or e-mail")).first.fill("nojs2")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#rows")).not_to_contain_text("nojs1@northlake.test")
    page.get_by_label("Select nojs2@northlake.test").check()
    page.get_by_label("More for the selected").click()
    page.get_by_role("toolbar").get_by_role("button", name="Delete").first.click()
    expect(page.locator("h1")).to_contain_text("will be withdrawn")
    page.get_by_role("button", name="Delete 1 invitation").click()
    expect(page.locator("h1")).to_contain_text("withdrawn")
    page.goto("/people/pending")
    expect(page.locator("#rows")).not_to_contain_text("nojs2@northlake.test")
