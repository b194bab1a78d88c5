"""/people/<id>/profile: the form of one person, as a dialog and as a page."""

import json
import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.people_of import Company, do, one
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short

HTMX = {"HX-Request": "true"}


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def path(user: UUID | None) -> str:
    assert user is not None
    return f"/people/{short(user)}/profile"


def opened(client: Client, user: UUID | None, **headers: str) -> dict[str, str]:
    """The form's fields as a browser would send them back."""
    page = client.get(path(user), headers=headers).content.decode()
    fields = dict(re.findall(r'<input class="form-control" id="f-(\w+)"[^>]*? value="([^"]*)"', page))
    hidden = {
        name: value.replace("&quot;", '"') for name, value in re.findall(r'<input type="hidden" name="(key|seen)" value="([^"]*)"', page)
    }
    zone = re.search(r"<option selected>([^<]+)</option>", page)
    assert zone
    return {**fields, **hidden, "time_zone": zone.group(1)}


def column(user: UUID | None, name: str) -> Any:
    return sql.value(f"SELECT {name} FROM people_user WHERE id = %(u)s", {"u": user})


def test_it_works(owner: Client, northlake: Company) -> None:
    """S0-10, S1-23: what is different is changed, nothing else; back on the profile with the way to undo it."""
    user = northlake.member.user_id
    form = {
        **opened(owner, user),
        "first_name": "Anouk",
        "department": "Finance",
        "manager": northlake.owner.email,
        "time_zone": "Europe/Warsaw",
    }
    answer = owner.post(path(user), form)
    assert (answer.status_code, answer["Location"]) == (303, path(user).removesuffix("/profile"))
    assert (column(user, "first_name"), column(user, "department"), column(user, "manager_id")) == (
        "Anouk",
        "Finance",
        northlake.owner.user_id,
    )
    page = owner.get(answer["Location"]).content.decode()
    assert "Anouk was changed." not in page and "was changed." in page and "/undo" in page
    fields = sql.value("SELECT params->'fields' FROM journal_change WHERE verb = 'people.edit_profile' ORDER BY number DESC LIMIT 1")
    assert set(json.loads(fields)) == {"first_name", "department", "manager_id", "time_zone"}


def test_without_the_privilege(db: None, northlake: Company) -> None:
    """S0-5, AUTHZ-20: also for one's own profile."""
    client = signed_in(northlake.member.user_id)
    for user in (northlake.member.user_id, northlake.pending):
        assert client.get(path(user)).status_code == 403
        assert client.post(path(user), {"first_name": "X"}).status_code == 403
    assert column(northlake.member.user_id, "first_name") == ""


def test_other_account_is_not_there(owner: Client, southport: Company) -> None:
    """TENANT-01"""
    assert owner.get(path(southport.member.user_id)).status_code == 404
    assert owner.post(path(southport.member.user_id), {"first_name": "X"}).status_code == 404
    assert column(southport.member.user_id, "first_name") == ""


def test_wrong_method(owner: Client, northlake: Company) -> None:
    assert owner.delete(path(northlake.pending)).status_code == 405


def test_those_of_higher_rank(db: None, northlake: Company) -> None:
    """AUTHZ-05: 403 on the form and on what is posted, for the owner and for another admin."""
    client = signed_in(northlake.admin.user_id)
    assert northlake.member.user_id
    do(northlake.owner, "access.set_role", {"role": "admin", "subjects": one(northlake.member.user_id)})
    for user in (northlake.owner.user_id, northlake.member.user_id):
        assert client.get(path(user)).status_code == 403
        answer = client.post(path(user), {"first_name": "X", "email": "evil@northlake.test", "role": "member", "status": "inactive"})
        assert answer.status_code == 403
        assert "Only the owner can change an admin or the owner." in answer.content.decode()
        assert column(user, "first_name") != "X"


def test_what_is_no_field_is_not_read(owner: Client, northlake: Company) -> None:
    """AUTHZ-05, AUTHZ-01: address, role, status and account in a form change nothing."""
    user = northlake.member.user_id
    before = sql.row(
        "SELECT u.email, u.account_id, s.role, s.status FROM people_user u JOIN people_standing s ON s.user_id = u.id WHERE u.id = %(u)s",
        {"u": user},
    )
    owner.post(
        path(user),
        {**opened(owner, user), "email": "x@y.test", "role": "owner", "status": "gone", "account_id": "1", "first_name": "Anouk"},
    )
    after = sql.row(
        "SELECT u.email, u.account_id, s.role, s.status FROM people_user u JOIN people_standing s ON s.user_id = u.id WHERE u.id = %(u)s",
        {"u": user},
    )
    assert (before, column(user, "first_name")) == (after, "Anouk")


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(owner: Client, northlake: Company, southport: Company) -> None:
    """TENANT-03, TENANT-10: the words for an address of another account are those for an address nobody has."""
    user = northlake.member.user_id
    said = set()
    for manager in (southport.owner.email, "nobody@nowhere.test"):
        answer = owner.post(path(user), {**opened(owner, user), "location": "Kraków", "manager": manager}, headers=HTMX)
        page = answer.content.decode()
        assert answer.status_code == 422 and 'value="Kraków"' in page and f'value="{manager}"' in page
        assert 'aria-describedby="e-manager"' in page
        said.add(re.sub(r"\s+", " ", page.split('id="e-manager"')[1].split("</p>")[0]))
    assert len(said) == 1
    long = owner.post(path(user), {**opened(owner, user), "first_name": "x" * 65})
    assert long.status_code == 422 and "At most 64 characters" in long.content.decode()
    own = owner.post(path(user), {**opened(owner, user), "manager": northlake.member.email})
    assert own.status_code == 422 and "They report to this person themselves" in own.content.decode()
    assert (column(user, "location"), column(user, "first_name"), column(user, "manager_id")) == ("", "", None)


def test_whoever_saves_second_is_told(owner: Client, northlake: Company) -> None:
    """Two open forms: another field goes through, the same field is shown with what is there now, and saving again replaces it."""
    user = northlake.member.user_id
    mine, theirs = opened(owner, user), opened(signed_in(northlake.admin.user_id), user)
    assert owner.post(path(user), {**mine, "department": "Finance"}).status_code == 303
    assert owner.post(path(user), {**theirs, "location": "Pune"}).status_code == 303
    answer = owner.post(path(user), {**theirs, "key": "second", "department": "Sales"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Department: Finance" in page and 'value="Sales"' in page
    assert (column(user, "department"), column(user, "location")) == ("Finance", "Pune")
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen
    again = {**theirs, "key": "third", "location": "Pune", "department": "Sales", "seen": seen.group(1).replace("&quot;", '"')}
    assert owner.post(path(user), again).status_code == 303
    assert column(user, "department") == "Sales"


def test_a_second_press_does_nothing(owner: Client, northlake: Company) -> None:
    """F20: the same key is the same wish."""
    user = northlake.member.user_id
    form = {**opened(owner, user), "department": "Finance"}
    for _ in range(2):
        assert owner.post(path(user), form).status_code == 303
    assert (
        sql.value("SELECT count(*) FROM journal_change WHERE verb = 'people.edit_profile' AND account_id = %(a)s", {"a": northlake.account})
        == 1
    )


def test_odd_forms(owner: Client, northlake: Company) -> None:
    """Nothing different is nothing done; a mangled form is read against what is."""
    user = northlake.member.user_id
    assert owner.post(path(user), opened(owner, user)).status_code == 303
    for seen in ("", "[]", "{", '{"department": {"a": 1}}', '{"manager_id": "x"}', "null"):
        assert owner.post(path(user), {**opened(owner, user), "seen": seen}).status_code in (303, 422)
    assert owner.post(path(user), {"key": "\x00", "department": "a\x00b"}).status_code == 422
    assert column(user, "department") == ""


def test_the_dialog(owner: Client, northlake: Company) -> None:
    """The same form for htmx; done, it moves the page behind it."""
    user = northlake.pending
    page = owner.get(path(user), headers=HTMX).content.decode()
    assert "<html" not in page and 'hx-target="#dialog"' in page and "Applies when they activate" in page
    answer = owner.post(path(user), {**opened(owner, user, **HTMX), "first_name": "Asta"}, headers=HTMX)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, path(user).removesuffix("/profile"))
    assert "it applies when they activate" in owner.get(answer["HX-Redirect"]).content.decode()


def test_proposals_for_the_manager(owner: Client, northlake: Company, southport: Company) -> None:
    """TENANT-10: only people of this account, whatever is typed; a stranger is refused."""
    told = owner.get("/people/close", {"manager": "admin"}).content.decode()
    assert f'value="admin@{northlake.domain}"' in told
    for typed in (southport.domain, "%", "_", "a", "\x00\x00", "x" * 5_000):
        assert "<option" not in owner.get("/people/close", {"manager": typed}).content.decode(), typed
    assert signed_in(northlake.member.user_id).get("/people/close", {"manager": "admin"}).status_code == 403
