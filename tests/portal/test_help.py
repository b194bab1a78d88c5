"""Help: the guide inside the portal, and every page's way to its own page of it."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests.architecture.test_pages import fill, ids_of
from tests.people_of import Company
from tests.signed_in import signed_in
from usher.core.ids import short
from usher.portal.help import guide
from usher.portal.page import routes

# What is no page of its own: pieces of one, files, and the guide itself.
NO_HELP = {"/tray": "a piece of every page", "/help": "the guide", "/help/": "the guide"}


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def test_it_works(owner: Client) -> None:
    """S0-16, S1-26, S2-10: Markdown becomes a page in the frame, its links and pictures lead to the portal's own addresses."""
    text = owner.get("/help/users").content.decode()
    assert "<h1" in text and ">Users</h1>" in text and 'id="find-people"' in text
    assert 'href="/help/import"' in text and 'src="/help/pictures/users-light.png"' in text
    assert "<table>" in text and 'aria-label="Areas"' in text
    assert 'href="/help/users"' in owner.get("/help").content.decode()


def test_roles_and_licenses_are_a_click_away(owner: Client, northlake: Company) -> None:
    """S0-16, S1-26: from Users to the page about roles, also where a role is chosen; from Add users, in its window too, to what a license is."""
    assert (
        'href="/help/users"' in owner.get("/people").content.decode() and 'href="/help/roles"' in owner.get("/help/users").content.decode()
    )
    chosen = owner.get("/people/role-changes", {"ids": short(northlake.member.user_id)})  # type: ignore[arg-type]
    assert 'href="/help/roles"' in chosen.content.decode()
    for headers in ({}, {"HX-Request": "true"}):
        assert 'href="/help/users" target="_blank"' in owner.get("/people/new", headers=headers).content.decode()
    assert 'href="/help/account#licenses"' in owner.get("/help/users").content.decode()


def test_a_member_reads_it_too(db: None, northlake: Company) -> None:
    assert signed_in(northlake.member.user_id).get("/help/account").status_code == 200


def test_what_is_not_in_the_guide_is_not_there(owner: Client) -> None:
    """WEB-09: only the pages and pictures of the guide are served, whatever the name says."""
    for name in ("nowhere", "..%2fREADME", "%2e%2e", "users.md", "pictures/..%2fusers.md", "pictures/users", "pictures/nowhere.png"):
        assert owner.get(f"/help/{name}").status_code == 404, name


def test_raw_html_is_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """WEB-07: whoever writes the guide cannot bring a script along."""
    (tmp_path / "x.md").write_text("# X\n\n<script>alert(1)</script> [a](javascript:alert(1)) ![b](javascript:alert(1))\n")
    monkeypatch.setattr(guide, "GUIDE", tmp_path)
    page = guide.page_of("x")
    assert page is not None
    assert "<script" not in page.body and "href" not in page.body and "<img" not in page.body


def test_addresses_of_the_guide() -> None:
    assert guide.address_of("import.md#the-plan") == "/help/import#the-plan"
    assert guide.address_of("pictures/a.png") == "/help/pictures/a.png"
    assert guide.address_of("#keys") == "#keys"
    assert guide.address_of("https://example.com/a.md") == "https://example.com/a.md"


def test_every_page_leads_to_its_own_help(owner: Client, northlake: Company) -> None:
    """S0-16, S1-26: every page of the portal has a question mark that leads to a page of the guide which exists; a new page too."""
    ids, seen = ids_of(northlake), 0
    for pattern, entry in routes():
        policy = entry.callback.policy  # type: ignore[attr-defined]
        if policy.kind not in ("member", "privilege") or "GET" not in policy.methods:
            continue
        if pattern.endswith(".csv") or any(pattern == p or (p.endswith("/") and pattern.startswith(p)) for p in NO_HELP):
            continue
        address = fill(pattern, ids)
        assert guide.place_of(address) in guide.names(), f"{pattern}: name its page of the guide in usher/portal/help/guide.py"
        answer = owner.get(address)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html") and b"<html" in answer.content:
            assert f'class="u-help" href="/help/{guide.place_of(address)}"' in answer.content.decode(), pattern
            seen += 1
    assert seen >= 12


def test_places_name_the_most_particular_page() -> None:
    assert guide.place_of("/") == "home"
    assert guide.place_of("/people/imports/new") == "import"
    assert guide.place_of("/people/pending") == "users"
    assert guide.place_of("/people/AaIANazEdqyigcA1NyLlJg/groups") == guide.PLACES["/people/<person>"]
    assert guide.place_of("/nowhere") == ""


def test_links_between_pages_lead_somewhere() -> None:
    """No dead link, no missing picture, no missing section in the whole guide."""
    anchors = {name: set(re.findall(r' id="([^"]+)"', str(guide.page_of(name).body))) for name in guide.names()}  # type: ignore[union-attr]
    dead = []
    for name in guide.names():
        page = guide.page_of(name)
        assert page is not None
        for address in re.findall(r'(?:href|src)="([^"]+)"', page.body):
            parts = urlsplit(address)
            if parts.scheme:
                continue
            target = parts.path.removeprefix("/help/") or name
            if target.startswith("pictures/"):
                continue  # made by `make shots`
            if target not in anchors or (parts.fragment and parts.fragment not in anchors[target]):
                dead.append(f"{name}: {address}")
    assert not dead, dead
