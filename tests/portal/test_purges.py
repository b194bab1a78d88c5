"""Deleting for good from the trash: typed, after a fresh sign-in."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.test import Client

from tests.lifecycle.leavers import exists, somebody, with_content
from tests.people_of import Company, do, one
from tests.portal.test_import import confirm
from tests.signed_in import signed_in
from usher.core import clock
from usher.core.ids import short


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def deleted(company: Company, name: str, *titles: str) -> UUID:
    ann = somebody(company, name)
    if titles:
        with_content(company, ann, *titles)
    do(company.admin, "lifecycle.delete", {"subjects": one(ann)})
    return ann


def test_it_works(owner: Client, northlake: Company) -> None:
    """S0-2: one by name, all by number; without the word typed nothing happens."""
    ann, ben, eve = deleted(northlake, "ann-typed", "Weekly"), *(deleted(northlake, f"{n}-typed") for n in ("ben", "eve"))
    assert "/people/trash/purges?all=1" in owner.get("/people/trash").content.decode()
    address = f"/people/trash/purges?ids={short(ann)}"
    page = owner.get(address).content.decode()
    assert "1\u00a0person will be deleted for good." in page and "gone for good" in page
    assert "1 item of theirs goes too." in page
    assert confirm(owner, address).status_code == 422 and exists(ann)
    assert confirm(owner, address, typed=f"ann-typed@{northlake.domain}").status_code == 303
    assert (exists(ann), exists(ben)) == (False, True)
    assert confirm(owner, "/people/trash/purges?all=1", typed="2").status_code == 303
    assert (exists(ben), exists(eve)) == (False, False)


def test_without_the_privilege(db: None, northlake: Company) -> None:
    client = signed_in(northlake.member.user_id)
    assert client.get("/people/trash/purges?all=1").status_code == 403
    assert client.post("/people/trash/purges?all=1").status_code == 403


def test_other_account_is_not_there(owner: Client, southport: Company) -> None:
    """TENANT-03: the foreign id selects nobody."""
    ann = deleted(southport, "ann-there")
    assert f"ann-there@{southport.domain}" not in owner.get(f"/people/trash/purges?ids={short(ann)}").content.decode()
    confirm(owner, f"/people/trash/purges?ids={short(ann)}", typed="1")
    assert exists(ann)


def test_wrong_method(owner: Client) -> None:
    assert owner.put("/people/trash/purges?all=1").status_code == 405


def test_it_asks_who_it_is_first(owner: Client, northlake: Company) -> None:
    """SESSION-12: after sixteen minutes the question comes before the deed."""
    ann = deleted(northlake, "ann-fresh")
    with time_machine.travel(clock.now() + timedelta(minutes=16), tick=False):
        answer = confirm(owner, f"/people/trash/purges?ids={short(ann)}", typed=f"ann-fresh@{northlake.domain}")
    assert "Is it you?" in answer.content.decode() or "/me/confirm" in answer.get("Location", "")
    assert exists(ann)
