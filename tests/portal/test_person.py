"""/people/<id> and its tabs: one person, as an administrator reads them."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.people_of import LICENSED, PASSWORD, Company, accept_invitation, crowd, do, invite, link_of, one
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short
from usher.journal import undo

TABS = ("", "/licenses", "/groups", "/activity", "/sign-in")


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def path(user: UUID | None) -> str:
    assert user is not None
    return f"/people/{short(user)}"


def text(answer: Any) -> str:
    """What stands on the page, without tags and with single spaces."""
    assert answer.status_code == 200
    main = answer.content.decode().split("<main", 1)[1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def test_it_works(owner: Client, northlake: Company) -> None:
    """S4-10: a row of the list leads to the profile; every tab answers; the head names the person and their status."""
    member = northlake.member.user_id
    assert f'data-href="{path(member)}"' in owner.get("/people").content.decode()
    for tab in TABS:
        told = text(owner.get(path(member) + tab))
        assert f"member@{northlake.domain}" in told and "Active" in told


def test_without_the_privilege(db: None, northlake: Company) -> None:
    """S0-5, AUTHZ-20"""
    client = signed_in(northlake.member.user_id)
    for tab in TABS:
        assert client.get(path(northlake.pending) + tab).status_code == 403


def test_other_account_is_not_there(owner: Client, southport: Company) -> None:
    """TENANT-01, TENANT-03"""
    for tab in (*TABS, "/profile"):
        assert owner.get(path(southport.member.user_id) + tab).status_code == 404


def test_wrong_method(owner: Client, northlake: Company) -> None:
    for tab in TABS:
        assert owner.post(path(northlake.pending) + tab).status_code == 405


def test_what_they_hold_and_since_when(owner: Client, northlake: Company) -> None:
    """S0-9, S0-24: the Workplace license and the add-ons, and on Licenses how it came to it."""
    member = northlake.member.user_id
    assert member
    do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(member)})
    do(northlake.owner, "licenses.give_add_on", {"add_on": "phone", "subjects": one(member)})
    do(northlake.owner, "licenses.take_add_on", {"add_on": "phone", "subjects": one(member)})
    do(northlake.owner, "licenses.give_add_on", {"add_on": "whiteboard", "subjects": one(member)})
    told = text(owner.get(path(member)))
    assert "Workplace Licensed" in told and "Whiteboard" in told
    before = text(owner.get(path(member) + "/licenses"))
    for change in ("1 person became Licensed", "Phone was taken back from 1 person", "Basic → Licensed"):
        assert change in before
    assert "An invitation was accepted" not in before


def test_activity_by_keyset(owner: Client, northlake: Company) -> None:
    """Every change that touched the person, newest first, and nobody else's; 55 of them on two pages, none twice, none missing."""
    member = northlake.member.user_id
    assert member
    for n in range(53):
        do(northlake.owner, "people.set_department", {"department": f"D{n}", "subjects": one(member)})
    do(northlake.owner, "people.set_department", {"department": "Elsewhere", "subjects": one(northlake.pending)})
    first = owner.get(path(member) + "/activity")
    assert "D51 → D52" in text(first) and "Elsewhere" not in text(first)
    older = re.search(r'rel="next" href="([^"]+)"', first.content.decode())
    assert older
    second = owner.get(older.group(1))
    numbers = [re.findall(r'data-href="/changes/(\d+)"', page.content.decode()) for page in (first, second)]
    assert (len(numbers[0]), len(numbers[1])) == (50, 5)
    assert not set(numbers[0]) & set(numbers[1])
    assert "An invitation was accepted" in text(second)
    assert "Nothing older." in text(owner.get(path(member) + "/activity?before=AAAAAAAAAAAAAAAAAAAAAA"))


def test_manager_and_reports_lead_to_each_other(owner: Client, northlake: Company, southport: Company) -> None:
    """S0-10: from the manager to whoever reports to them and back; who left reports to nobody."""
    member, boss = northlake.member.user_id, northlake.admin.user_id
    people = crowd(northlake.owner, 9)
    for one_of_them in (member, *people):
        do(northlake.owner, "people.edit_profile", {"subjects": one(one_of_them), "fields": {"manager": str(northlake.admin.email)}})  # type: ignore[arg-type]
    assert f'href="{path(boss)}"' in owner.get(path(member)).content.decode()
    page = owner.get(path(boss))
    assert f'href="{path(member)}"' in page.content.decode() and "and 2 more" in text(page)
    do(northlake.owner, "lifecycle.withdraw_invitation", {"subjects": one(*people)})
    assert "Reports" in text(owner.get(path(boss))) and "more" not in text(owner.get(path(boss)))
    assert "Reports" not in text(owner.get(path(northlake.owner.user_id)))


def test_add_ons_of_an_invitation_stand_in_their_activity(owner: Client, northlake: Company) -> None:
    """What somebody was invited with stands beside the license on their pages."""
    (invited,) = invite(northlake.owner, "three@northlake.test", license=LICENSED, add_ons=["phone", "whiteboard"])
    told = text(owner.get(path(invited) + "/activity"))
    assert re.search("License: .*Licensed Add-ons: .*Phone and Whiteboard", told), told
    assert "Add-ons: Phone and Whiteboard" in text(owner.get(path(invited) + "/licenses")).replace("→ ", "")


def test_activity_says_why_they_were_left_alone(owner: Client, northlake: Company) -> None:
    people = crowd(northlake.owner, 2)
    do(northlake.owner, "access.set_role", {"role": "admin", "subjects": {"query": {}, "except": []}})
    assert "left as it was: not active: only active people can be administrators" in text(owner.get(path(people[0]) + "/activity"))


def test_groups(owner: Client, northlake: Company) -> None:
    """S0-27, S0-28: all groups, the primary one marked, with the way to change each."""
    for kind, name in (("user", "Lab"), ("user", "Crew"), ("im", "Nordic")):
        do(northlake.owner, "people.create_im_group" if kind == "im" else "people.create_group", {"name": name})
    for name in ("Lab", "Crew"):
        do(northlake.owner, "people.add_to_group", {"group": name, "subjects": one(northlake.pending)})
    do(northlake.owner, "people.set_im_group", {"group": "Nordic", "subjects": one(northlake.pending)})
    told = text(owner.get(path(northlake.pending) + "/groups"))
    assert "Lab primary Take out Crew Make primary Take out" in told and "Nordic" in told
    assert "Lab +1" in text(owner.get(path(northlake.pending)))


def test_sign_ins_and_sign_out(owner: Client, northlake: Company) -> None:
    """S4-3: where from and how, newest first by keyset; the end of all sessions is one plan away."""
    member = northlake.member.user_id
    sql.execute(
        """INSERT INTO people_signin (account_id, user_id, at, means, ip, agent)
           SELECT %(a)s, %(u)s, now() - make_interval(hours => n), 'password', '192.0.2.' || n, 'Browser ' || n FROM generate_series(1, 60) n""",
        {"a": northlake.account, "u": member},
    )
    first = owner.get(path(member) + "/sign-in")
    assert "192.0.2.50" in text(first) and "192.0.2.51" not in text(first)
    older = re.search(r'rel="next" href="([^"]+)"', first.content.decode())
    assert older
    assert "192.0.2.51" in text(owner.get(older.group(1).replace("&amp;", "&")))
    assert member is not None
    browser, _desk = signed_in(member), signed_in(member)
    assert "2 open sessions" in text(owner.get(path(member) + "/sign-in"))
    address = f"/people/sign-outs?ids={short(member)}"
    plan = owner.get(address).content.decode()
    assert "1\u00a0person will be signed out everywhere." in plan
    digest = re.search(r'name="digest" value="(\w+)"', plan)
    assert digest and browser.get("/me").status_code == 200
    owner.post(address, {"digest": digest.group(1), "key": "k"})
    assert browser.get("/me").status_code == 302
    assert "0 open sessions" in text(owner.get(path(member) + "/sign-in"))
    for odd in ("?before=x", "?before=2026-01-01", "?before=%00"):
        assert owner.get(path(member) + "/sign-in" + odd).status_code == 200


def test_what_may_not_be_done_says_why(db: None, northlake: Company) -> None:
    """S4-23, S0-17, S0-18, AUTHZ-05: shown, disabled, with the reason; at the head, in the menu and in the row's menu alike."""
    admin = signed_in(northlake.admin.user_id)
    told = text(admin.get(path(northlake.owner.user_id)))
    assert "Only the owner can change an admin or the owner." in told
    assert "The owner's role moves only by a transfer." in told.replace("&#x27;", "'")
    page = admin.get(path(northlake.owner.user_id)).content.decode()
    assert f'href="{path(northlake.owner.user_id)}/profile"' not in page
    member = admin.get(path(northlake.member.user_id)).content.decode()
    assert f'href="/people/role-changes?ids={short(northlake.member.user_id)}' in member  # a custom role; Admin is closed there
    assert f'href="{path(northlake.member.user_id)}/profile"' in member
    rows = admin.get("/people").content.decode()
    assert rows.count("Only the owner can change an admin or the owner.") >= 1


def test_the_row_menu_has_the_order_of_the_profile(owner: Client, northlake: Company) -> None:
    """S4-11: the menu of a row is "Open" and then what the profile offers."""
    member = northlake.member.user_id
    row = owner.get("/people", {"q": "member"}).content.decode()
    menu = re.findall(r"<a href=\"[^\"]*\">([^<]+)</a>", row.split('class="u-menu"')[-1].split("</details>")[0])
    head = owner.get(path(member)).content.decode().split('class="u-actions"')[1].split("</details>")[0]
    acts = re.findall(r"<a [^>]*>([^<]+)</a>", head)
    assert menu == ["Open", *acts]
    assert acts[:6] == ["Edit", "Deactivate", "Change license", "Add-ons", "Groups", "Change address"]
    assert acts[6:] == ["Set role", "Never touch", "Sign out everywhere", "Unlink", "Delete"]


def test_edits_to_somebody_pending_wait_visibly_and_apply(owner: Client, northlake: Company) -> None:
    """S0-47, S1-18: on the profile and in Pending, from what to what; gone when undone; in force after the invitation was accepted."""
    user = northlake.pending
    do(northlake.owner, "people.create_group", {"kind": "user", "name": "Lab"})
    do(northlake.owner, "people.edit_profile", {"subjects": one(user), "fields": {"first_name": "Asta", "job_title": "Lead"}})
    do(northlake.owner, "people.set_department", {"department": "Finance", "subjects": one(user)})
    do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(user)})
    do(northlake.owner, "licenses.give_add_on", {"add_on": "phone", "subjects": one(user)})
    do(northlake.owner, "people.add_to_group", {"group": "Lab", "subjects": one(user)})
    for tab in TABS:
        told = text(owner.get(path(user) + tab))
        assert "it applies when they activate:" in told
        for line in (
            "First name: Asta",
            "Department: none → Finance",
            "License: Basic → Licensed",
            "Add-on: none → Phone",
            "User group: Lab",
        ):
            assert line in told, (tab, line)
    listed = text(owner.get("/people/pending", {"cols": "edits"}))
    assert "First name, Job title, Department, License, Add-on, User group" in listed
    accept_invitation(user)
    told = text(owner.get(path(user)))
    assert "it applies when they activate" not in told
    assert "Workplace Licensed" in told and "Phone" in told and "Finance" in told and "Asta" in told and "Lab" in told


def test_an_edit_taken_back_waits_no_more(owner: Client, northlake: Company) -> None:
    """S1-18: neither what was undone nor what was changed back is told as a change."""
    user = northlake.pending
    number = do(northlake.owner, "people.set_department", {"department": "Finance", "subjects": one(user)}).number
    do(northlake.owner, "licenses.give_add_on", {"add_on": "phone", "subjects": one(user)})
    do(northlake.owner, "licenses.take_add_on", {"add_on": "phone", "subjects": one(user)})
    assert number and "Department: none → Finance" in text(owner.get(path(user)))
    undo.start_undo(northlake.owner, number)
    assert "it applies when they activate" not in text(owner.get(path(user)))


def test_resend_and_delete_are_at_hand_for_somebody_pending(owner: Client, northlake: Company) -> None:
    """S0-48, S0-49, S0-51: and how long the invitation lives."""
    page = owner.get(path(northlake.pending)).content.decode()
    assert f"/people/resends?ids={short(northlake.pending)}" in page
    assert f"/people/withdrawals?ids={short(northlake.pending)}" in page
    assert "The invitation can be accepted until" in page
    assert "Only active people can be admins." in page


def test_a_name_corrected_while_the_invitation_was_open_stays(db: None, northlake: Company) -> None:
    """S1-18: the page of the invitation showed the old name and nobody touched it; the name they did type is theirs."""
    user = northlake.pending
    do(northlake.owner, "people.edit_profile", {"subjects": one(user), "fields": {"first_name": "Jon", "last_name": "Bergg"}})
    browser, address = Client(), f"/join/{short(user)}/{link_of(user)}"
    fields = dict(re.findall(r'name="((?:initial-)?(?:first|last)_name)"[^>]*? value="([^"]*)"', browser.get(address).content.decode()))
    assert fields["initial-first_name"] == fields["first_name"] == "Jon"
    do(northlake.owner, "people.edit_profile", {"subjects": one(user), "fields": {"first_name": "John"}})
    answer = browser.post(address, {**fields, "last_name": "Berg", "password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 302
    assert sql.row("SELECT first_name, last_name FROM people_user WHERE id = %(u)s", {"u": user}) == {
        "first_name": "John",
        "last_name": "Berg",
    }
