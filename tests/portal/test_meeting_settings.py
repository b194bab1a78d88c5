"""The page of meeting settings at its three levels: account, group, person."""

import re

import pytest
from django.test import Client

from tests.people_of import Company, do, one
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short
from usher.people import inherited
from usher.portal.settings.known import KNOWN
from usher.zoom_wire.settings import shape

pytestmark = pytest.mark.django_db
ACCOUNT, CHAT = "/account/meeting-settings", "in_meeting.chat"


def places(company: Company) -> dict[str, str]:
    """The three pages, with the member in the group Crew."""
    member = company.member.user_id
    do(company.owner, "people.create_group", {"name": "Crew"})
    do(company.owner, "people.add_to_group", {"group": "Crew", "subjects": one(member or "")})
    group = sql.value("SELECT id FROM people_group WHERE account_id = %(a)s AND name = 'Crew'", {"a": company.account})
    return {"account": ACCOUNT, "group": f"/groups/{short(group)}/settings", "person": f"/people/{short(member)}/settings"}  # type: ignore[arg-type]


def choose(client: Client, path: str, **fields: str) -> None:
    """Press Save with these of the form, as a browser without JavaScript would."""
    page = client.get(path).content.decode()
    form = dict(re.findall(r'<input type="hidden" name="(?!csrf)([^"]*)" value="([^"]*)"', page))
    wish = {name.replace("__", "."): value for name, value in fields.items()}
    answer = client.post(path, {**form, **{("lock:" + n[5:] if n.startswith("lock.") else n): v for n, v in wish.items()}})
    assert answer.status_code == 303, answer.content


def line_of(client: Client, path: str, name: str = CHAT) -> str:
    """What a page says of one setting, without markup."""
    page = client.get(path).content.decode()
    (row,) = [row for row in re.findall(r"<tr>(.*?)</tr>", page, re.S) if f'id="{name}"' in row]
    shown = re.sub(r"<option(?! [^>]*selected)[^>]*>.*?</option>", "", row, flags=re.S) if "selected" in row else row
    return " ".join(re.sub(r"<[^>]*>", " ", shown).split())


def test_it_works(northlake: Company) -> None:
    """Chosen for the account, otherwise for the group, locked there: each page says what holds and where it comes from."""
    client, at = signed_in(northlake.owner.user_id), places(northlake)
    choose(client, at["account"], in_meeting__chat="false")
    assert "Like the account: Off" in line_of(client, at["group"]) and "from the account" in line_of(client, at["person"])
    choose(client, at["group"], in_meeting__chat="true")
    assert "On" in line_of(client, at["group"]) and "from the group Crew" in line_of(client, at["person"])
    choose(client, at["person"], in_meeting__chat="false")
    assert line_of(client, at["person"]).endswith("Off")
    choose(client, at["group"], in_meeting__chat="true", **{"lock.in_meeting.chat": "on"})
    assert line_of(client, at["person"]) == "Chat with everybody from the group Crew On Locked by the group Crew"
    choose(client, at["account"], in_meeting__chat="false", **{"lock.in_meeting.chat": "on"})
    assert line_of(client, at["group"]).endswith("Off Locked by the account")
    choose(client, at["account"], in_meeting__chat="")
    choose(client, at["group"], in_meeting__chat="")
    choose(client, at["person"], in_meeting__chat="")
    assert "not set" in line_of(client, at["person"])
    assert all(not level.locks and not level.values for level in inherited.of_person(northlake.account, northlake.member.user_id))  # type: ignore[arg-type]


def test_without_the_privilege(northlake: Company) -> None:
    """A member opens none; who may only see people sees what holds, and no button."""
    at = places(northlake)
    assert [signed_in(northlake.member.user_id).get(path).status_code for path in at.values()] == [403] * 3
    do(northlake.owner, "access.create_role", {"name": "Desk", "privileges": ["people:user:view"]})
    role = sql.value("SELECT key FROM access_role WHERE name = 'Desk'")
    do(northlake.owner, "access.set_role", {"role": role, "subjects": one(northlake.admin.user_id or "")})
    looking = signed_in(northlake.admin.user_id)
    page = looking.get(at["person"]).content.decode()
    assert "You may look at these settings" in page and "<select" not in page.partition("</header>")[2].partition("u-levels")[2]
    assert looking.post(at["person"], {CHAT: "true", "key": "k"}).status_code == 403 and line_of(looking, at["person"]).endswith("not set")


def test_another_account_is_not_there(northlake: Company, southport: Company) -> None:
    """TENANT-01."""
    there = places(southport)
    client = signed_in(northlake.owner.user_id)
    assert [client.get(there[level]).status_code for level in ("group", "person")] == [404, 404]
    assert [client.post(there[level], {CHAT: "true", "key": "k"}).status_code for level in ("group", "person")] == [404, 404]


def test_wrong_forms(northlake: Company) -> None:
    """MASS-01, MASS-08: what cannot be chosen is nothing, other fields do nothing, what is locked above is refused and kept nowhere."""
    client, at = signed_in(northlake.owner.user_id), places(northlake)
    choose(client, at["account"], in_meeting__chat="maybe", in_meeting__own="true", schedule_meeting__pmi_password="x")
    assert not sql.value("SELECT count(*) FROM accounts_storedsettings")
    choose(client, at["account"], in_meeting__chat="true", **{"lock.in_meeting.chat": "on"})
    assert client.post(at["person"], {CHAT: "false", "key": "k"}).status_code == 422
    assert not sql.value("SELECT count(*) FROM people_usersettings")
    assert client.get(at["person"] + "x").status_code == 404 and client.put(at["account"]).status_code == 405


@pytest.mark.parametrize("level", ["user", "group", "account"])
def test_every_setting_is_one_of_the_contract(level: str) -> None:
    """By the same name, kind and choices at this level."""
    for known in KNOWN:
        section, name = known.name.split(".")
        field = (shape(level)[section].fields or {})[name]
        assert field.kind == ("boolean" if known.choices[0][0] is True else "string"), known
        assert not field.one_of or set(field.one_of) == {value for value, _words in known.choices}, known


def test_a_form_is_saved_whole_or_not_at_all(northlake: Company) -> None:
    """Settings and locks are two changes of one button: when the second cannot be, the first is not."""
    client = signed_in(northlake.owner.user_id)
    choose(client, ACCOUNT, key="twice", in_meeting__chat="", **{"lock.in_meeting.chat": "on"})
    form = {"key": "twice", "has_locks": "yes", CHAT: "false"}
    assert client.post(ACCOUNT, form).status_code == 409  # this key has locked something else
    assert inherited.holding(inherited.of_account(northlake.account), CHAT).value is None
