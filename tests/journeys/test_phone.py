"""Phone, in a real browser: three people with package and numbers, the trash with a lost number, an inactive package found and replaced, a file, the hundred."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Portal
from tests.journeys.test_advanced import do_it
from tests.journeys.test_leaving import people
from tests.phone.call_files import as_json, call

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]
PLAN, OTHER = "Unlimited US and Canada", "Metered US and Canada"


def equip(portal: Portal) -> None:
    """Packages, and numbers of the country; those that are here already stay."""
    portal.usher.sql("UPDATE accounts_account SET country = 'NO' WHERE opened_by = 'operator'")
    for package in ("calling:200", "calling:100"):
        portal.usher.run("seats", "set", package, "20", check=True)
    portal.usher.run("phone", "numbers", "add", *(f"+472200000{n}" for n in range(8)))


def tick(page: Page, *addresses: str) -> None:
    for address in addresses:
        page.locator("#rows tr", has_text=address).locator("td.pick input").check()


def phones(portal: Portal, *arguments: str) -> dict[str, dict[str, object]]:
    return {p["email"]: p for p in portal.json("phone", "list", "--limit", "500", *arguments)["phones"]}


def test_three_people_lose_a_number_in_the_trash_and_change_an_inactive_package(portal: Portal) -> None:
    """S3-7, S3-9, S3-13, S3-15, S3-17: three are picked, get a package and numbers. S3-47, S3-48, S3-49, S3-52, S3-53: one goes to the trash, somebody else gets
    the number, another one comes back with it. S3-57, S3-58, S3-59, S3-60: the package becomes inactive, is found behind its header, and replaced."""
    equip(portal)
    one, two, three, late = people(portal, "rings", 4)
    page = portal.sign_in(portal.window())
    page.goto("/phone/users")
    page.get_by_role("link", name="Add", exact=True).click()
    tick(page, one, two, three)
    expect(page.locator("#bulk [data-count]")).to_have_text("3 of 100 selected")
    page.locator("#bulk").get_by_role("button", name="Give a phone").first.click()
    page.get_by_label(PLAN).check()
    page.get_by_label("The next free number each").check()
    page.get_by_role("button", name="See the plan").click()
    expect(page.locator("h1")).to_contain_text(f"3\u00a0people will have a phone with {PLAN}.")
    do_it(page)
    assert {phones(portal)[p]["extension"] for p in (one, two, three)} == {"1000", "1001", "1002"}
    lost = lose_a_number(portal, page, one, late)
    page.goto("/phone/trash")
    page.locator("#rows tr", has_text=one).get_by_label("More for").click()
    page.get_by_role("link", name="Restore").click()
    expect(page.locator("main")).to_contain_text("belongs to")
    page.get_by_label("Instead of").select_option("+4722000006")
    page.get_by_role("button", name="See the plan").click()
    do_it(page)
    assert phones(portal)[one]["numbers"] == ["+4722000006"] and phones(portal)[late]["numbers"] == [lost]
    replace_the_inactive(portal, page)


def lose_a_number(portal: Portal, page: Page, one: str, late: str) -> str:
    """Into the trash; somebody else gets the number meanwhile, which is answered."""
    portal.usher.run("phone", "settings", "--soft-delete", "on", check=True)
    lost = str(phones(portal)[one]["numbers"][0])  # type: ignore[index]
    page.goto("/phone/users")
    page.locator("#rows tr", has_text=one).get_by_label("More for").click()
    page.get_by_role("link", name="Move to trash").click()
    do_it(page)
    portal.usher.run("phone", "add", late, "--package", "200", check=True)
    portal.usher.run("phone", "numbers", "assign", late, lost, check=True)
    return lost


def replace_the_inactive(portal: Portal, page: Page) -> None:
    """Everybody behind the header's inactive package gets another one."""
    portal.usher.run("phone", "packages", "switch", "calling:200", "off", check=True)
    page.goto("/phone/users")
    page.locator("thead summary", has_text="Package").click()
    expect(page.locator("thead .bad")).to_have_text("(inactive)")
    page.locator("thead").get_by_role("link", name=PLAN).click()
    expect(page.locator("#chips")).to_contain_text("(inactive)")
    expect(page.locator("#rows tbody .bad")).to_have_count(4)
    page.get_by_label("Select all on this page").check()
    page.locator("#bulk").get_by_role("button", name="Assign package").first.click()
    page.get_by_label(OTHER).check()
    page.get_by_role("button", name="Confirm and assign numbers").click()
    page.get_by_role("link", name="Skip", exact=True).click()
    do_it(page)
    assert {tuple(p["packages"]) for p in phones(portal).values()} == {("calling:100",)}  # type: ignore[arg-type]


def test_the_picker_stops_at_a_hundred_and_a_file_takes_more(portal: Portal) -> None:
    """S3-8, S3-14: the next tick is taken back with words; the file goes from upload to result, with the refused line as a file."""
    page = portal.sign_in(portal.window())
    crowd = [f"many{n:03}@northlake.test" for n in range(102)]
    portal.usher.run("people", "add", *crowd, check=True)
    portal.usher.sql("UPDATE people_standing SET status = 'active' WHERE status = 'pending'")  # as if each had accepted
    page.goto("/phone/people?size=200&q=many")
    page.get_by_label("Select all on this page").click()
    expect(page.locator("#bulk [data-count]")).to_have_text("100 of 100 selected")
    expect(page.locator("#notices")).to_contain_text("By hand, 100 people at a time.")
    assert page.locator("#rows td.pick input:checked").count() == 100
    page.get_by_role("link", name="Add by a file").click()
    text = "email,extension\n" + "".join(f"{address},{2000 + n}\n" for n, address in enumerate(crowd[:5])) + f"{crowd[5]},12\n"
    page.set_input_files("#file", {"name": "phones.csv", "mimeType": "text/csv", "buffer": text.encode()})
    page.get_by_role("button", name="Upload and see the plan").click()
    expect(page.locator("h1")).to_contain_text("5\u00a0people will have a phone, each as their line says.")
    with page.expect_download() as download:
        page.get_by_role("link", name="This line as a file").click()
    assert "An extension has 3 to 6 digits." in download.value.path().read_text(encoding="utf-8-sig")
    do_it(page)
    expect(page.locator("main")).to_contain_text("5\u00a0people got a phone from phones.csv")
    assert phones(portal)[crowd[4]]["extension"] == "2004"


def test_a_room_gets_a_phone_and_its_calls_come_in_by_a_file(portal: Portal) -> None:
    """S3-3, S3-4, S3-5, S3-10: two rooms are picked, get a package and numbers; an extension that is taken names the room. S3-45: a file of calls goes
    from upload to result, and its one bad line is told."""
    equip(portal)
    for name in ("Fjord", "Lighthouse"):
        portal.usher.run("rooms", "create", name, check=True)
    page = portal.sign_in(portal.window())
    page.goto("/phone/users")
    page.locator(".u-tabs").get_by_role("link", name="Rooms").click()
    page.get_by_role("link", name="Add", exact=True).click()
    tick(page, "Fjord", "Lighthouse")
    page.locator("#bulk").get_by_role("button", name="Give a phone").first.click()
    page.get_by_label(OTHER).check()
    page.get_by_label("The next free number each").check()
    page.get_by_role("button", name="See the plan").click()
    expect(page.locator("h1")).to_contain_text("2\u00a0rooms will have a phone")
    do_it(page)
    fjord, lighthouse = portal.json("phone", "rooms", "list")["rooms"]
    assert fjord["packages"] == ["calling:100"] and fjord["numbers"] and fjord["extension"] != lighthouse["extension"]
    page.goto("/phone/rooms")
    page.get_by_role("link", name="Lighthouse").click()
    page.get_by_role("link", name="Change", exact=True).click()
    page.locator("#dialog #f-extension").fill(fjord["extension"])
    page.locator("#dialog").get_by_role("button", name="Save").click()
    expect(page.locator("#dialog")).to_contain_text(f"Extension {fjord['extension']} belongs to Fjord.")
    page.locator("#dialog #f-extension").fill("4127")
    page.locator("#dialog").get_by_role("button", name="Save").click()
    expect(page.locator("main .u-dl")).to_contain_text("4127")
    page.goto("/phone/log")
    page.get_by_role("link", name="Import calls").click()
    lines = as_json(call("one", "4127"), call("two", fjord["extension"], result="missed"), call("three", "nobody@northlake.test"))
    page.set_input_files("#file", {"name": "calls.jsonl", "mimeType": "application/json", "buffer": lines})
    page.get_by_role("button", name="Upload and see the plan").click()
    expect(page.locator("h1")).to_contain_text("2\u00a0calls come into the account log.")
    expect(page.locator("main")).to_contain_text("Nobody here had this address, extension or number then.")
    do_it(page)
    expect(page.locator("main")).to_contain_text("2\u00a0calls came into the account log")
    page.goto("/phone/log")
    expect(page.locator("#rows tbody")).to_contain_text("Lighthouse")
