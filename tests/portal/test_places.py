"""Places: the lists of rooms and sites, their forms, and deleting by a plan."""

import html
import re
from uuid import UUID

import pytest
from django.test import Client

from tests.people_of import Company, do, one
from tests.portal.test_import import confirm
from tests.signed_in import signed_in
from usher.accounts import places
from usher.core import sql
from usher.core.ids import short

PATH = "/account/places"


@pytest.fixture
def admin(db: None, northlake: Company) -> Client:
    return signed_in(northlake.admin.user_id)


def test_it_works(admin: Client, northlake: Company) -> None:
    """S0-53: a site and a room by their forms; both are listed, the room is counted on the Advanced tab."""
    assert admin.post(f"{PATH}/sites/new", {"name": "Oslo", "key": "1"}).status_code == 303
    site = short(id_of("site", northlake))
    answer = admin.post(f"{PATH}/rooms/new", {"name": "Fjord", "kind": "Kiosk", "site": site, "key": "2"}, follow=True)
    page = answer.content.decode()
    for words in ("Fjord", "Kiosk", "Oslo", "Saved.", "Undo"):
        assert words in page, words
    assert "<b>1</b><span>rooms</span>" in admin.get("/people/advanced").content.decode()
    sites = admin.get(f"{PATH}/sites").content.decode()
    assert "Main site" in sites and "Oslo" in sites
    room = f"{PATH}/rooms/{short(id_of('room', northlake))}"
    assert 'value="Fjord"' in admin.get(room).content.decode()
    assert admin.post(room, {"name": "Fjell", "kind": "ZoomRoom", "site": "", "key": "3"}).status_code == 303
    found = places.room(northlake.admin, id_of("room", northlake))
    assert (found["name"], found["kind"], found["site"]) == ("Fjell", "ZoomRoom", None)


def test_without_the_privilege(db: None, northlake: Company) -> None:
    """AUTHZ-13"""
    client = signed_in(northlake.member.user_id)
    for path in ("", "/sites", "/rooms/new", "/sites/new", "/rooms/deletions", "/export"):
        assert client.get(PATH + path).status_code == 403, path


def test_other_account_s_places_are_not_there(admin: Client, northlake: Company, southport: Company) -> None:
    """TENANT-03"""
    make(southport)
    room, site = short(id_of("room", southport)), short(id_of("site", southport))
    for path in (f"/rooms/{room}", f"/sites/{site}", f"/sites/{site}/main"):
        assert admin.get(PATH + path).status_code == 404 and admin.post(PATH + path).status_code == 404, path
    answer = admin.post(f"{PATH}/rooms/new", {"name": "Quay", "kind": "Kiosk", "site": site, "key": "1"})
    assert answer.status_code == 422 and "There is no such site." in answer.content.decode()
    assert "Nothing" in admin.get(f"{PATH}/rooms/deletions?ids={room}").content.decode()
    confirm(admin, f"{PATH}/rooms/deletions?ids={room}")
    assert places.how_many_rooms(southport.admin) == 1
    assert "Fjord" not in admin.get(f"{PATH}?site={site}").content.decode()


def test_wrong_method(admin: Client) -> None:
    assert admin.post(PATH).status_code == 405 and admin.put(f"{PATH}/rooms/new").status_code == 405


@pytest.mark.parametrize(
    ("form", "given", "words"),
    [
        ("rooms", {"name": "", "kind": "Kiosk"}, "A place needs a name"),
        ("rooms", {"name": "Quay", "kind": "Cinema"}, "Choose what kind of room it is."),
        ("rooms", {"name": "fjord", "kind": "Kiosk"}, "another place has this name"),
        ("sites", {"name": "OSLO"}, "another place has this name"),
        ("sites", {"name": "x" * 300}, "at most 255"),
    ],
)
def test_what_cannot_be_is_asked_again(admin: Client, northlake: Company, form: str, given: dict[str, str], words: str) -> None:
    """Input is kept, the reason stands at the field."""
    make(northlake)
    answer = admin.post(f"{PATH}/{form}/new", {**given, "key": "1"})
    assert answer.status_code == 422 and words in answer.content.decode() and f'value="{given["name"]}"' in answer.content.decode()


def test_a_form_comes_as_a_dialog(admin: Client) -> None:
    answer = admin.get(f"{PATH}/rooms/new", headers={"HX-Request": "true", "HX-Target": "dialog"}).content.decode()
    assert "<html" not in answer and 'id="dialog-title"' in answer


def test_deleting_is_a_plan(admin: Client, northlake: Company) -> None:
    """Rooms by selection and all that match; a site where rooms stand is left out with the reason; another main site."""
    make(northlake)
    do(northlake.admin, "accounts.create_site", {"name": "Bergen"})
    do(northlake.admin, "accounts.create_room", {"name": "Harbor", "kind": "Kiosk", "site": str(id_of("site", northlake, "Oslo"))})
    everywhere = f"{PATH}/sites/deletions?all=1"
    assert "rooms stand there: move or delete them first" in admin.get(everywhere).content.decode()
    assert "1\u00a0room will be deleted." in admin.get(f"{PATH}/rooms/deletions?all=1&kind=Kiosk").content.decode()
    assert confirm(admin, f"{PATH}/rooms/deletions?all=1").status_code == 303
    assert places.how_many_rooms(northlake.admin) == 0
    bergen = short(id_of("site", northlake, "Bergen"))
    assert "Bergen will be the main site." in admin.get(f"{PATH}/sites/{bergen}/main").content.decode()
    assert confirm(admin, f"{PATH}/sites/{bergen}/main").status_code == 303
    assert [s["name"] for s in places.sites(northlake.admin)] == ["Bergen", "Oslo"]
    assert confirm(admin, f"{PATH}/sites/deletions?ids={short(id_of('site', northlake, 'Oslo'))}").status_code == 303
    assert [s["name"] for s in places.sites(northlake.admin)] == ["Bergen"]


def test_lists_are_searched_filtered_sorted_and_exported(admin: Client, northlake: Company) -> None:
    make(northlake)
    do(northlake.admin, "accounts.create_room", {"name": "Årdal", "kind": "Kiosk"})
    assert "Fjord" not in rows(admin, "?q=ardal") and "Årdal" in rows(admin, "?q=ardal")
    assert "Årdal" not in rows(admin, "?kind=ZoomRoom")
    assert rows(admin, "?sort=-name").index("Fjord") < rows(admin, "?sort=-name").index("Årdal")
    assert {"Fjord", "Årdal"} <= set(re.findall(r"Fjord|Årdal", rows(admin, "?sort=created")))
    told = b"".join(admin.get(f"{PATH}/export").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert told.splitlines()[0].startswith("Name,Type,Site") and "Fjord,Zoom Room,," in told
    told = b"".join(admin.get(f"{PATH}/sites/export").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "Oslo,0," in told


def rows(client: Client, query: str) -> str:
    page = client.get(PATH + query).content.decode()
    return page[page.index('id="rows"') :]


def make(company: Company) -> None:
    """A site Oslo, and a room Fjord that stands at none."""
    do(company.operator, "accounts.create_site", {"name": "Oslo"})
    do(company.operator, "accounts.create_room", {"name": "Fjord", "kind": "ZoomRoom"})


def id_of(what: str, company: Company, name: str = "%") -> UUID:
    found: UUID = sql.value(
        f"SELECT id FROM accounts_{what} WHERE account_id = %(a)s AND name LIKE %(n)s ORDER BY created_at DESC LIMIT 1",
        {"a": company.account, "n": name},
    )
    return found


def test_people_there_are_all_whom_the_list_counts(admin: Client, northlake: Company) -> None:
    """Active, deactivated and pending: as many as stand beside the site."""
    do(northlake.owner, "accounts.create_site", {"name": "Oslo"})
    do(northlake.owner, "people.set_site", {"site": "Oslo", "subjects": one(northlake.pending, northlake.member.user_id or "")})
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(northlake.member.user_id or "")})
    listed = admin.get("/account/places/sites").content.decode()
    (path,) = set(re.findall(r'href="(/people\?site=[^"]+)"', listed))
    there = admin.get(html.unescape(path)).content.decode()
    assert f"pending@{northlake.domain}" in there and str(northlake.member.email) in there and f"owner@{northlake.domain}" not in there
