"""What all lists share: the dialog of their columns, and selections that are too long for an address."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.people_of import Company, crowd
from tests.portal.rows_shown import names
from tests.signed_in import signed_in
from usher.core.ids import short
from usher.people import kept
from usher.people.looks import Look, look_of
from usher.portal.listing import LISTINGS


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def heads(answer: Any) -> list[str]:
    text = answer.content.decode()
    head = text[text.index("<thead>") : text.index("</thead>")]
    return [w.strip() for w in re.findall(r"<th[^>]*>(?:<a[^>]*>)?\s*([A-Z][\w -]+)", head)]


def offered(answer: Any) -> list[tuple[str, bool]]:
    """The columns of the dialog in their order, and which are ticked."""
    return [(key, bool(on)) for key, on in re.findall(r'name="cols" value="(\w+)"( checked)?', answer.content.decode())]


def test_it_works(owner: Client, northlake: Company) -> None:
    """Ticked columns in the order of the form are what the list shows, and its export; the address still wins; Reset brings back the usual ones."""
    page = owner.get("/me/lists/people", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/people?q=o&cols=email"})
    assert (
        offered(page)[:3] == [("email", True), ("department", True), ("license", True)] and 'value="/people?q=o"' in page.content.decode()
    )
    form = {
        "order": ["role", "email", "department"],
        "cols": ["email", "role"],
        "rows": "tight",
        "back": "/people?q=o&cols=email",
        "save": "1",
    }
    answer = owner.post("/me/lists/people", form)
    assert (answer.status_code, answer["Location"]) == (303, "/people?q=o")
    assert look_of(northlake.owner, "people") == Look(("role", "email"), tight=True)
    shown = owner.get("/people")
    assert heads(shown) == ["Name", "Role", "E-mail"] and 'class="u-table picks tight"' in shown.content.decode()
    assert heads(owner.get("/people", {"cols": "status"})) == ["Name", "Status"]
    body = b"".join(owner.get("/people/export").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert body.splitlines()[0] == "Name,Role,E-mail"
    owner.post("/me/lists/people", {**form, "reset": "1"})
    assert heads(owner.get("/people"))[:3] == ["Name", "E-mail", "Department"]


def test_without_the_privilege(db: None, northlake: Company) -> None:
    """A list somebody may not see has no columns for them."""
    client = signed_in(northlake.member.user_id)
    assert client.get("/me/lists/people").status_code == 404
    assert client.post("/me/lists/people", {"cols": "email"}).status_code == 404


def test_another_account_and_unknown_names_are_not_there(owner: Client, southport: Company) -> None:
    """TENANT-01: what is chosen here is nothing to them."""
    owner.post("/me/lists/people", {"cols": "email", "order": "email"})
    assert look_of(southport.owner, "people") == Look()
    assert owner.get("/me/lists/unicorn").status_code == 404


def test_wrong_method(owner: Client) -> None:
    assert owner.put("/me/lists/people").status_code == owner.get("/selections").status_code == 405


def test_moving_without_javascript_keeps_nothing(owner: Client, northlake: Company) -> None:
    """A button moves one line; what is ticked stays ticked; at the ends nothing moves; only Show these keeps it."""
    form = {"order": ["email", "role", "status"], "cols": ["role"], "rows": "normal"}
    assert offered(owner.post("/me/lists/people", {**form, "move": "up:role"}))[:3] == [("role", True), ("email", False), ("status", False)]
    assert offered(owner.post("/me/lists/people", {**form, "move": "down:role"}))[1:3] == [("status", False), ("role", True)]
    assert offered(owner.post("/me/lists/people", {**form, "move": "up:email"}))[0] == ("email", False)
    assert owner.post("/me/lists/people", {**form, "move": "up:unicorn"}).status_code == 200
    assert look_of(northlake.owner, "people") == Look()


@pytest.mark.parametrize("evil", ["//evil.example", "https://evil.example/people", "/activity?q=1", "javascript:alert(1)"])
def test_the_way_back_is_the_list(owner: Client, evil: str) -> None:
    """WEB-03"""
    assert owner.post("/me/lists/people", {"cols": "email", "order": "email", "back": evil})["Location"] == "/people"


def test_every_list_has_its_dialog(owner: Client) -> None:
    for name, listing in LISTINGS.items():
        assert owner.get(f"/me/lists/{name}").status_code == 200
        assert f'href="/me/lists/{name}?' in owner.get(listing.path).content.decode(), name


def test_a_long_selection(owner: Client, northlake: Company) -> None:
    """S4-48: kept by the server beyond 100, it survives sorting, paging and reload, and leads to the plan; with all it means except."""
    people = crowd(northlake.operator, 3)
    told = owner.post("/selections", {"add": ",".join(map(short, people))}).json()
    assert told["n"] == 3
    assert owner.post(f"/selections/{told['selection']}", {"drop": short(people[0])}).json()["n"] == 2
    text = owner.get("/people/pending", {"selection": told["selection"], "sort": "-email"}).content.decode()
    assert text.count(" checked aria-label") == 2 and "2 selected" in text
    assert text.count(f"selection={told['selection']}") >= 4, "links to sort by go on with it"
    assert f'<input type="hidden" name="selection" value="{told["selection"]}">' in text
    text = owner.get("/people/pending", {"selection": told["selection"], "all": "1"}).content.decode()
    assert text.count(" checked aria-label") == 2 and "2 selected" in text and "All 4 that match" in text
    plan = owner.get("/people/withdrawals", {"selection": told["selection"]}).content.decode()
    assert "2\u00a0invitations" in plan or "2 invitations" in plan
    rows = b"".join(owner.get("/people/pending/export", {"selection": told["selection"]}).streaming_content).splitlines()  # type: ignore[attr-defined]
    assert len(rows) == 3


def test_another_persons_selection_selects_nobody(owner: Client, northlake: Company, southport: Company) -> None:
    """AUTHZ-10, TENANT-01: neither of a colleague nor of a stranger; and it cannot be changed."""
    for stranger in (northlake.admin, southport.owner):
        made = short(kept.keep(stranger, [northlake.pending]))
        assert "0 selected" in owner.get("/people/pending", {"selection": made}).content.decode()
        assert owner.post(f"/selections/{made}", {"add": short(northlake.pending)}).status_code == 404
        assert "Delete 0 invitations" in owner.get("/people/withdrawals", {"selection": made}).content.decode()
    assert names(owner.get("/people", {"selection": "x\x00"})) != []


@pytest.mark.parametrize(("clicks", "order"), [(1, "descending"), (2, "ascending")])
def test_a_header_goes_back_to_the_default_order(owner: Client, clicks: int, order: str) -> None:
    """The default column turns and returns; another goes up, down, and by the third click away."""

    def click(text: str, words: str) -> str:
        link = re.search(rf'<th[^>]*><a data-keep href="([^"]+)"[^>]*>{words}', text)
        assert link
        return owner.get(link[1].replace("&amp;", "&")).content.decode()

    text = owner.get("/people").content.decode()
    for _n in range(clicks):
        text = click(text, "Name")
    assert f'<th scope="col" class="main" aria-sort="{order}">' in text
    text, seen = owner.get("/people").content.decode(), []
    for _n in range(3):
        text = click(text, "E-mail")
        seen.append(re.findall(r'aria-sort="(\w+)"[^>]*><a[^>]*>([\w-]+)', text)[0])
    assert seen == [("ascending", "E-mail"), ("descending", "E-mail"), ("ascending", "Name")]


def test_what_a_header_sorts_by_is_a_sort_of_the_list() -> None:
    """A header whose link would do nothing is none."""
    assert LISTINGS
    for listing in LISTINGS.values():
        sorts = {sort.key for sort in listing.sorts}
        assert {c.sort for c in listing.columns if c.sort} <= sorts and listing.own_sort in sorts, listing.path
