"""The plan page: what changed while it was read, who finds a seat when there are too few, what must be typed."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from django.test import Client

from tests.people_of import BASIC, LICENSED, Company, crowd, do, invite, one, seats, standing
from tests.portal.test_import import HEAD, confirm, field, upload
from tests.signed_in import signed_in
from usher.core import clock, sql
from usher.core.ids import short
from usher.journal.plan import preview
from usher.journal.verb import VERBS, plan
from usher.portal.plan_seats import BUY, ways_on


@pytest.fixture
def owner(committed: None, northlake: Company) -> Client:
    """Committed for real: two moments of one transaction are the same moment."""
    return signed_in(northlake.owner.user_id)


@pytest.fixture
def three(committed: None, northlake: Company) -> Iterator[list[Any]]:
    """Three people more; they are gone after the test."""
    added = crowd(northlake.owner, 3)
    yield added
    do(northlake.owner, "lifecycle.withdraw_invitation", {"subjects": one(*added)})


def address_of(*people: Any, **more: str) -> str:
    return f"/people/license-changes?ids={','.join(map(short, people))}&license_to={LICENSED}" + "".join(
        f"&{k}={v}" for k, v in more.items()
    )


def pressed(client: Client, address: str, page: str, **more: str) -> Any:
    """The button of a page that was shown a while ago."""
    return client.post(address, {k: field(page, k) for k in ("digest", "seen_at", "was", "key")} | more)


def rows_of(page: str) -> dict[str, bool]:
    """Name -> whether the row is marked as changed."""
    rows = page.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr")[1:]
    found = {row: re.search(r'(?:<a href="/people/[^"]*"|class="ink")>([^<]*)<', row) for row in rows}
    return {name.group(1): row.startswith(' class="marked"') for row, name in found.items() if name}


def test_who_changed_meanwhile_is_told_and_marked(owner: Client, northlake: Company, three: list[Any]) -> None:
    """portal.md 5.11: nothing is done; the plan comes back fresh, opened on those who changed, and marked in every other part."""
    address = address_of(*three)
    page = owner.get(address).content.decode()
    assert 'class="marked"' not in page
    do(northlake.admin, "licenses.change_license", {"license": "meetings:unassigned", "subjects": one(three[1])})
    answer = pressed(owner, address, page)
    fresh = answer.content.decode()
    assert answer.status_code == 409 and standing(three[0])["license"] == BASIC
    assert "1\u00a0person changed while you were reading. Here is the plan as it is now; nothing was done." in fresh
    assert list(rows_of(fresh).values()) == [True]
    path = re.search(r'href="([^"]*part=will[^"]*)"', fresh)
    assert path
    marks = rows_of(owner.get(path.group(1).replace("&amp;", "&")).content.decode())
    assert sorted(marks.values()) == [False, False, True]
    assert pressed(owner, address, fresh).status_code == 303
    assert standing(three[1])["license"] == LICENSED


def test_a_plan_that_holds_is_not_marked(owner: Client, northlake: Company, three: list[Any]) -> None:
    """What was changed before the page was shown, or of somebody else, is no news."""
    address = address_of(*three[:2])
    page = owner.get(address).content.decode()
    do(northlake.admin, "licenses.change_license", {"license": "meetings:unassigned", "subjects": one(three[2])})
    assert "changed meanwhile" not in owner.get(f"{address}&since={field(page, 'seen_at')}".replace("+", "%2B")).content.decode()
    assert pressed(owner, address, page).status_code == 303


def test_lines_of_a_file_whose_person_came_in_meanwhile(owner: Client, northlake: Company) -> None:
    """portal.md 5.11: somebody new is known by the address only."""
    address = upload(owner, HEAD + "late@x.test,Late,Comer,,,\nearly@x.test,Early,Bird,,,\n")["Location"]
    page = owner.get(address).content.decode()
    (came,) = invite(northlake.admin, "early@x.test")
    fresh = pressed(owner, address, page).content.decode()
    assert "1\u00a0person changed while you were reading." in fresh and "early@x.test" in fresh and "late@x.test" not in fresh
    do(northlake.owner, "lifecycle.withdraw_invitation", {"subjects": one(came)})


def test_who_left_the_plan_is_counted(owner: Client, northlake: Company, three: list[Any]) -> None:
    """portal.md 5.11: a query that no longer finds somebody says how many it found then and now."""
    address = f"/people/license-changes?all=1&status=pending&q=p0000&license={BASIC}&license_to={LICENSED}"
    page = owner.get(address).content.decode()
    do(northlake.admin, "licenses.change_license", {"license": "meetings:unassigned", "subjects": one(three[0])})
    fresh = pressed(owner, address, page).content.decode()
    assert "While you were reading, 3 became 2. Here is the plan as it is now; nothing was done." in fresh


@pytest.mark.parametrize("since", ["", "x", "2026-01-01", "%00", "9999-99-99T00:00:00+00:00"])
def test_an_odd_moment_marks_nobody(db: None, owner: Client, three: list[Any], since: str) -> None:
    assert owner.get(address_of(*three, since=since)).status_code == 200


def test_the_first_in_the_chosen_order(owner: Client, northlake: Company, three: list[Any]) -> None:
    """portal.md 5.10, S0-22, S0-57: nothing is chosen at first; then the first two by address, and the table shows who goes without."""
    do(northlake.operator, "licenses.set_seats", {"product": LICENSED, "quantity": 2})
    people = sorted(three, key=lambda u: str(sql.value("SELECT email FROM people_user WHERE id = %(u)s", {"u": u})))
    page = owner.get(address_of(*three)).content.decode()
    assert "Only 2 Licensed seats are free." in page and "1 Licensed seat is missing." in page
    assert (
        re.search(r'value="nothing" checked', page)
        and "Change nothing</a>" in page
        and "<button" not in page.split('class="u-do"')[1].split("</form>")[0]
    )
    address = address_of(*three, how="first", order="-email")
    assert "Change 2 people" in owner.get(address).content.decode()
    short_of = owner.get(f"{address}&part=short").content.decode()
    assert f"p{0:05}@" in short_of and f"p{2:05}@" not in short_of and "No seat free" in short_of, short_of
    assert confirm(owner, address, how="first").status_code == 303
    assert [standing(u)["license"] for u in people] == [BASIC, LICENSED, LICENSED]
    do(northlake.owner, "licenses.change_license", {"license": BASIC, "subjects": one(*three)})
    do(northlake.operator, "licenses.set_seats", {"product": LICENSED, "quantity": 10})


def test_add_seats_first_and_back(owner: Client, northlake: Company, three: list[Any]) -> None:
    """portal.md 5.10, S0-22: to Subscriptions with the number filled in, and back to a fresh plan with seats for everybody."""
    do(northlake.operator, "licenses.set_seats", {"product": LICENSED, "quantity": 1})
    page = owner.get(address_of(*three, how="add")).content.decode()
    path = re.search(r'href="(/account/subscriptions/change[^"]*)">Add 2 Licensed seats<', page)
    assert path
    form = owner.get(path.group(1).replace("&amp;", "&")).content.decode()
    assert re.search(r'name="quantity"[^>]*value="3"', form)
    back = field(form, "back").replace("&amp;", "&")
    assert back.startswith("/people/license-changes?") and "how=" not in back
    address = f"/account/subscriptions/change?product={LICENSED}&quantity=3&back={back.replace('&', '%26')}"
    answer = confirm(owner, address)
    assert unquote(answer["Location"]) == unquote(back) and seats(northlake, LICENSED)["bought"] == 3
    page = owner.get(answer["Location"]).content.decode()
    assert "Change 3 people" in page and "Undo" in page
    do(northlake.operator, "licenses.set_seats", {"product": LICENSED, "quantity": 10})


def test_who_may_not_buy_is_told_whom_to_ask(owner: Client, northlake: Company, three: list[Any]) -> None:
    """S4-23: closed, with the reason where one would look for it."""
    do(northlake.operator, "licenses.set_seats", {"product": LICENSED, "quantity": 1})
    clerk = replace(northlake.admin, privileges=northlake.admin.privileges - {BUY})
    seen, verb = (
        preview(plan(clerk, "licenses.change_license", {"license": LICENSED, "subjects": one(*three)})),
        VERBS["licenses.change_license"],
    )
    assert [w.why_not for w in ways_on(clerk, verb, seen)][
        -1
    ] == f"This needs the right to change subscriptions. Ask Olga Owner or {northlake.admin.email}."
    assert [w.why_not for w in ways_on(northlake.admin, verb, seen)] == ["", "", "", ""]
    do(northlake.operator, "licenses.set_seats", {"product": LICENSED, "quantity": 10})


def test_nobody_is_invited_by_half(owner: Client, northlake: Company) -> None:
    """LIC-03: five Phone seats for seven people: five of them are invited, with it; several changes of a person are lines of one row."""
    address = upload(owner, HEAD + "".join(f"ph{i}@x.test,P,Hone,,,\n" for i in range(7)), add_ons=["phone"])["Location"]
    page = owner.get(address).content.decode()
    assert "Invite the first 5" in page and "The others stay as they are and are listed in the result." in page
    assert page.count("Add-ons:") == 5 == len(page.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr")) - 1


def test_what_is_for_good_is_typed(owner: Client, northlake: Company, three: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """portal.md 5.8, SESSION-12: one person by name, more by their number; red, and with a fresh sign-in."""
    monkeypatch.setattr(VERBS["licenses.change_license"].__class__, "for_good", True)
    page = owner.get(address_of(three[0])).content.decode()
    name = html.unescape(re.search(r"Type (.*?) to go on", page).group(1))  # type: ignore[union-attr]
    assert name.startswith("p00000@") and "btn-danger" in page and "for good" in page and "Cannot be undone" in page
    assert pressed(owner, address_of(three[0]), page, typed="1").status_code == 422
    assert pressed(owner, address_of(three[0]), page, typed=f" {name.upper()} ").status_code == 303
    page = owner.get(address_of(*three[1:])).content.decode()
    assert "Type 2 to go on" in page
    assert pressed(owner, address_of(*three[1:]), page, typed="1").status_code == 422
    assert pressed(owner, address_of(*three[1:]), page, typed="2").status_code == 303
    with time_machine.travel(clock.now() + timedelta(minutes=16), tick=False):
        assert "Is it you?" in owner.post(address_of(three[0])).content.decode()


def test_the_table_is_sorted_by_its_head(owner: Client, northlake: Company, three: list[Any]) -> None:
    """portal.md 5.5: upwards, downwards, and back."""
    page = owner.get(address_of(*three, order="email")).content.decode()
    assert 'aria-sort="ascending"' in page and "order=-email" in page
    down = list(rows_of(owner.get(address_of(*three, order="-email")).content.decode()))
    assert down == list(rows_of(page))[::-1]


def test_a_reason_opens_to_its_names(owner: Client, northlake: Company, three: list[Any]) -> None:
    """portal.md 5.6: nobody is skipped without a line."""
    address = f"/people/role-changes?ids={','.join(map(short, [*three, northlake.owner.user_id]))}&role_to=admin"
    page = owner.get(address).content.decode()
    path = re.search(r'href="([^"]*why=not_active[^"]*)"', page)
    assert path
    assert len(rows_of(owner.get(path.group(1).replace("&amp;", "&")).content.decode())) == 3


def test_a_line_with_an_unknown_group_names_the_closest(owner: Client, northlake: Company) -> None:
    """portal.md 14.12: on the plan, in the file of refused lines, and in the result."""
    do(northlake.owner, "people.create_group", {"kind": "user", "name": "Design"})
    address = upload(owner, HEAD + "ann.g@x.test,Ann,Archer,,Desgin,\nbob.g@x.test,Bob,Baker,,,Kitchen\ncy.g@x.test,Cy,Cole,,design,\n")[
        "Location"
    ]
    page = owner.get(address).content.decode()
    assert "There is no user group Desgin. Closest: Design." in page and "There is no IM group Kitchen." in page
    file = b"".join(owner.get(f"{address}/refused.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "There is no user group Desgin. Closest: Design." in file
    assert "Closest: Design." in owner.get(confirm(owner, address)["Location"] + "?part=left").content.decode()
