"""Groups and IM groups: the lists, one group, its name, what is done to it and to whoever is in it."""

import itertools
import re
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.people.profiles import column, group, groups
from tests.people_of import Company, crowd, do, one
from tests.portal.rows_shown import ids, names
from tests.signed_in import signed_in
from usher.core.ids import short
from usher.people.groups import default_name

KINDS = {"user": "/groups", "im": "/im-groups"}
OF_ONE = ("", "/name", "/deletion", "/additions", "/removals")
KEYS = itertools.count()
ROW = re.compile(r'<td class="main"><span class="who"><a href="/(?:im-)?groups/[\w-]{22}">([^<]*)</a>')


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def told(answer: Any) -> str:
    return unescape(answer.content.decode())


def carry_out(client: Client, path: str) -> str:
    """See the plan, do it; the page it leads to."""
    page = client.get(path).content.decode()
    digest = re.search(r'name="digest" value="(\w+)"', page)
    assert digest, page
    answer = client.post(path, {"digest": digest.group(1), "key": f"{next(KEYS)}"})
    assert answer.status_code == 303
    return told(client.get(answer["Location"]))


@pytest.mark.parametrize("kind", KINDS)
def test_it_works(owner: Client, northlake: Company, kind: str) -> None:
    """S0-27, S0-28: created in a dialog, listed with its number of people and its mark, opened, renamed."""
    made = owner.post(f"{KINDS[kind]}/new", {"name": "Crew", "key": "a"})
    assert made.status_code == 303
    crowd(northlake.owner, 3, **{"group" if kind == "user" else "im_group": "Crew"})
    page = told(owner.get(KINDS[kind]))
    assert ROW.findall(page) == ["Crew"] and 'class="side num nowrap">3</td>' in page
    inside = owner.get(made["Location"])
    assert len(ids(inside)) == 3 and "Everybody added from now on" not in told(inside)
    assert owner.post(f"{made['Location']}/name", {"name": "Night crew", "key": "b"}).status_code == 303
    assert "<h1>Night crew" in told(owner.get(made["Location"]))


@pytest.mark.parametrize("kind", KINDS)
def test_without_the_privilege(db: None, northlake: Company, kind: str) -> None:
    """S0-5"""
    client = signed_in(northlake.member.user_id)
    place = f"{KINDS[kind]}/{short(group(northlake.owner, 'Crew', kind))}"
    for path in (KINDS[kind], f"{KINDS[kind]}/export", f"{KINDS[kind]}/new", f"{KINDS[kind]}/moves", *(place + tab for tab in OF_ONE)):
        assert client.get(path).status_code == 403, path


@pytest.mark.parametrize("kind", KINDS)
def test_other_account_is_not_there(owner: Client, southport: Company, northlake: Company, kind: str) -> None:
    """TENANT-01, TENANT-03: their group is 404, ours of the other kind too; no list and no search shows it."""
    theirs = group(southport.owner, "Theirs", kind)
    ours = group(northlake.owner, "Ours", "im" if kind == "user" else "user")
    for id in (theirs, ours):
        for tab in OF_ONE:
            assert owner.get(f"{KINDS[kind]}/{short(id)}{tab}").status_code == 404, tab
        assert owner.post(f"{KINDS[kind]}/{short(id)}/name", {"name": "x"}).status_code == 404
    assert "Theirs" not in told(owner.get(KINDS[kind])) and ">Theirs<" not in told(owner.get("/search?q=Theirs"))


def test_wrong_method(owner: Client, northlake: Company) -> None:
    for kind, path in KINDS.items():
        place = f"{path}/{short(group(northlake.owner, 'Crew', kind))}"
        for where in (path, f"{path}/new", f"{path}/moves", f"{path}/default", place, f"{place}/name", f"{place}/deletion"):
            assert owner.delete(where).status_code == 405
        assert owner.post(place).status_code == 405


def test_searched_sorted_and_exported(owner: Client, northlake: Company) -> None:
    for name in ("Baltic", "Nordic north", "Árctic", "100%"):
        group(northlake.owner, name)
    assert ROW.findall(told(owner.get("/groups"))) == ["100%", "Árctic", "Baltic", "Nordic north"]
    assert ROW.findall(told(owner.get("/groups?sort=-name"))) == ["Nordic north", "Baltic", "Árctic", "100%"]
    assert ROW.findall(told(owner.get("/groups?q=NORTH+nor"))) == ["Nordic north"]
    assert ROW.findall(told(owner.get("/groups?q=%25"))) == ["100%"]
    assert "No group has this in its name." in told(owner.get("/groups?q=nothing"))
    file = b"".join(owner.get("/groups/export?q=arctic")).decode("utf-8-sig")
    assert file.splitlines()[0] == "Name,People,Added" and file.splitlines()[1].startswith("Árctic,0,")


def test_a_name_that_cannot_be(owner: Client, northlake: Company) -> None:
    """MAIL-14: the form comes back with what was typed and the reason beside the field."""
    group(northlake.owner, "Café")
    for name, words in (("", "A group needs a name"), ("CAFE", "there is a group of this name already"), ("x" * 128, "at most 127")):
        answer = owner.post("/groups/new", {"name": name, "key": "n"})
        assert answer.status_code == 422 and words in told(answer) and 'aria-invalid="true"' in told(answer)
    dialog = owner.get("/groups/new", headers={"HX-Request": "true"})
    assert "<html" not in told(dialog) and 'id="dialog-title"' in told(dialog)
    assert owner.post("/groups/new", {"name": "Fresh", "key": "f"}, headers={"HX-Request": "true"})["HX-Redirect"].startswith("/groups/")


def test_people_are_added_and_taken_out(owner: Client, northlake: Company) -> None:
    """By address, in any usual spelling; whoever is nobody here is named, and nothing is done."""
    lab = group(northlake.owner, "Lab")
    place = f"/groups/{short(lab)}"
    wrong = owner.get(f"{place}/additions", {"people": f"{northlake.member.email}, nobody@nowhere.test"})
    assert wrong.status_code == 422 and "nobody@nowhere.test" in told(wrong)
    page = carry_out(owner, f"{place}/additions?people={northlake.member.email.upper()},{northlake.admin.email}")
    assert "2\u00a0people added to Lab" in page and len(names(owner.get(place))) == 2
    page = carry_out(owner, f"{place}/removals?ids={short(northlake.member.user_id or lab)}")
    assert "1\u00a0person taken out of Lab" in page
    carry_out(owner, f"{place}/removals?all=1&group={lab}")
    assert groups(northlake.admin.user_id) == (None, [])


def test_people_of_an_im_group(owner: Client, northlake: Company) -> None:
    chat = group(northlake.owner, "Chat", "im")
    place = f"/im-groups/{short(chat)}"
    carry_out(owner, f"{place}/additions?people={northlake.member.email}")
    assert column(northlake.member.user_id, "im_group_id") == chat
    assert len(ids(owner.get(place))) == 1
    file = b"".join(owner.get(f"/people/export?status=any&im_group={chat}")).decode("utf-8-sig")
    assert len(file.splitlines()) == 2 and northlake.member.email in file
    assert f'href="/im-groups/{short(chat)}">Chat</a>' in told(owner.get(f"/people/{short(northlake.member.user_id or chat)}/groups"))
    carry_out(owner, f"{place}/removals?all=1&im_group={chat}")
    assert column(northlake.member.user_id, "im_group_id") is None


def test_move_everybody(owner: Client, northlake: Company) -> None:
    """S0-64: the question, the plan, and what was done; S0-67 for IM groups at the same address of theirs."""
    lab, crew = group(northlake.owner, "Lab"), group(northlake.owner, "Crew")
    people = crowd(northlake.owner, 2, group="Lab")
    asked = told(owner.get(f"/groups/moves?group_from={short(lab)}"))
    assert "From which group to which?" in asked and f'value="{short(lab)}" selected' in asked
    same = owner.get(f"/groups/moves?group_from={short(lab)}&group_to={short(lab)}")
    assert same.status_code == 422 and "Choose another one" in told(same)
    assert "2\u00a0people moved from Lab to Crew" in carry_out(owner, f"/groups/moves?group_from={short(lab)}&group_to={short(crew)}")
    assert groups(people[0]) == ("Crew", ["Crew"])
    chat, talk = group(northlake.owner, "Chat", "im"), group(northlake.owner, "Talk", "im")
    do(northlake.owner, "people.set_im_group", {"group": "Chat", "subjects": one(people[0])})
    carry_out(owner, f"/im-groups/moves?group_from={short(chat)}&group_to={short(talk)}")
    assert column(people[0], "im_group_id") == talk


def test_the_default(owner: Client, northlake: Company) -> None:
    """S0-62, S0-63, S0-66: set, marked in the list and said on the page of the group; and none again."""
    lab, chat = group(northlake.owner, "Lab"), group(northlake.owner, "Chat", "im")
    assert "Where does everybody begin" in told(owner.get("/groups/default"))
    page = carry_out(owner, f"/groups/default?default_to={short(lab)}")
    assert "Lab became the default user group" in page and '<span class="u-tag">default</span>' in page
    assert "Everybody added from now on comes into this group" in told(owner.get(f"/groups/{short(lab)}"))
    carry_out(owner, f"/im-groups/default?default_to={short(chat)}")
    assert (default_name(northlake.owner, "user"), default_name(northlake.owner, "im")) == ("Lab", "Chat")
    assert "No default any more" in told(owner.get("/groups"))
    carry_out(owner, "/groups/default?default_to=none")
    assert default_name(northlake.owner, "user") == ""


def test_delete(owner: Client, northlake: Company) -> None:
    """It is asked what becomes of the people, and the plan says it, and what becomes of the default mark."""
    lab, crew, hall = (group(northlake.owner, n) for n in ("Lab", "Crew", "Hall"))
    (person,) = crowd(northlake.owner, 1, group="Lab")
    do(northlake.owner, "people.set_default_group", {"group": "Lab"})
    place = f"/groups/{short(lab)}/deletion"
    assert "What becomes of the people in it?" in told(owner.get(place))
    alone = told(owner.get(f"{place}?members_to=none"))
    assert "The user group Lab will be deleted. 1\u00a0person leaves it." in alone and "There will be no default group." in alone
    moved = told(owner.get(f"{place}?members_to={short(crew)}"))
    assert "1\u00a0person moves to Crew. Crew becomes the default group." in moved
    assert "The user group Lab was deleted" in carry_out(owner, f"{place}?members_to={short(crew)}")
    assert groups(person) == ("Crew", ["Crew"])
    assert "Nobody is in it." in told(owner.get(f"/groups/{short(hall)}/deletion"))
    assert "The user group Hall was deleted" in carry_out(owner, f"/groups/{short(hall)}/deletion")


def test_a_group_is_found_by_its_name(owner: Client, northlake: Company) -> None:
    """The search of the whole portal leads to the page of a group of either kind."""
    night, chat = group(northlake.owner, "Night watch"), group(northlake.owner, "Night chat", "im")
    page = told(owner.get("/search?q=night"))
    assert f'href="/groups/{short(night)}"' in page and f'href="/im-groups/{short(chat)}"' in page


def test_members_are_counted_so_far(owner: Client, northlake: Company) -> None:
    """docs/decisions/0054: beyond that the list says "so many and more"; whoever left the account is not counted."""
    group(northlake.owner, "Lab")
    people: list[UUID] = crowd(northlake.owner, 3, group="Lab")
    do(northlake.owner, "lifecycle.withdraw_invitation", {"subjects": one(people[0])})
    assert 'class="side num nowrap">2</td>' in told(owner.get("/groups"))


def test_the_form_for_new_people_says_where_they_begin(owner: Client, northlake: Company) -> None:
    """S0-62, S0-66: where no group is chosen, the default ones are named."""
    assert "(default group)" not in told(owner.get("/people/new"))
    for kind, name in (("user", "Lab"), ("im", "Chat")):
        group(northlake.owner, name, kind)
    do(northlake.owner, "people.set_default_group", {"group": "Lab"})
    do(northlake.owner, "people.set_default_im_group", {"group": "Chat"})
    page = told(owner.get("/people/new"))
    assert '<option value="">Lab (default group)</option>' in page and '<option value="">Chat (default group)</option>' in page


def test_the_plan_of_an_import_says_where_they_begin(owner: Client, northlake: Company) -> None:
    """S0-62, S0-66: beside the file's own groups."""
    for kind, name in (("user", "Lab"), ("im", "Chat")):
        group(northlake.owner, name, kind)
    do(northlake.owner, "people.set_default_group", {"group": "Lab"})
    do(northlake.owner, "people.set_default_im_group", {"group": "Chat"})
    file = SimpleUploadedFile("people.csv", b"email,first name,last name\nnew@group.test,A,B\n")
    staged = owner.post("/people/imports/new", {"file": file, "license": "meetings:basic"})
    page = told(owner.get(staged["Location"]))
    assert "from the file, else Lab (default group)" in page and "from the file, else Chat (default group)" in page


def test_sorted_by_how_many_are_in_it(owner: Client, northlake: Company) -> None:
    """Both ways, over pages; a group with nobody is one of them."""
    for n, name in enumerate(("None", "One", "Two")):
        do(northlake.owner, "people.create_group", {"name": name})
        people = [u for u in (northlake.pending, northlake.member.user_id) if u][:n]
        if people:
            do(northlake.owner, "people.add_to_group", {"group": name, "subjects": one(*people)})

    def in_order(path: str) -> list[str]:
        return re.findall(r'href="/groups/[^"/]+">(None|One|Two)</a>', owner.get(path).content.decode())

    assert in_order("/groups?sort=members") == ["None", "One", "Two"] and in_order("/groups?sort=-members") == ["Two", "One", "None"]


@pytest.mark.parametrize(("path", "kind"), [("/groups", "people.create_group"), ("/im-groups", "people.create_im_group")])
def test_names_are_proposed(owner: Client, northlake: Company, southport: Company, path: str, kind: str) -> None:
    """TENANT-10, AUTHZ-13: names with these words in them, of this account; nothing for a member."""
    for name in ("Night shift", "Day <shift>", "Crew"):
        do(northlake.owner, kind, {"name": name})
    do(southport.owner, kind, {"name": "Shift of others"})
    told = owner.get(f"{path}/close", {"whatever": "SHIFT"}).content.decode()
    assert re.findall(r'value="([^"]*)"', told) == ["Day &lt;shift&gt;", "Night shift"]
    assert "<option" not in owner.get(f"{path}/close", {"group_to": " "}).content.decode()
    assert owner.post(f"{path}/close").status_code == 405
    assert signed_in(northlake.member.user_id).get(f"{path}/close", {"x": "shift"}).status_code == 403


def test_with_too_many_to_choose_from_a_group_is_typed(owner: Client, northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """S0-27, S0-28, S0-62, S0-64: everywhere a group is chosen; its name in any spelling is understood, a dash means none, an unknown one is refused with the closest."""
    for name in ("Night", "Day"):
        do(northlake.owner, "people.create_group", {"name": name})
        do(northlake.owner, "people.create_im_group", {"name": name})
    monkeypatch.setattr("usher.portal.people.belonging.MOST_OFFERED", 1)
    person = short(northlake.pending)
    for path, field in (
        (f"/people/group-changes?ids={person}", "group_to"),
        (f"/people/im-group-changes?ids={person}", "im_group_to"),
        ("/groups/moves", "group_from"),
        ("/groups/default", "default_to"),
    ):
        page = owner.get(path).content.decode()
        assert f'name="{field}"' in page and "/close" in page and f'<select class="form-select" id="f-{field}"' not in page, path
    assert 'id="group" name="group" value=""' in owner.get("/people/new").content.decode()
    assert "will be added to Night" in owner.get(f"/people/group-changes?ids={person}&how_to=add&group_to=night").content.decode()
    assert "will have no IM group" in owner.get(f"/people/im-group-changes?ids={person}&im_group_to=-").content.decode()
    unknown = owner.get(f"/people/group-changes?ids={person}&how_to=add&group_to=nihgt")
    assert unknown.status_code == 422 and "Closest: Night." in unknown.content.decode()
    added = owner.post("/people/new", {"addresses": "typed@x.test", "license": "meetings:basic", "key": "t", "group": "DAY"})
    assert added.status_code == 303
