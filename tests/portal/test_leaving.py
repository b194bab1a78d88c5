"""Deactivate, unlink and delete in the portal: of one person and of many, always a plan first."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.lifecycle.test_leave import somebody
from tests.people_of import Company, do, one, standing
from tests.portal.test_import import confirm
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short

WAYS = (("deactivation", "deactivations", "inactive"), ("unlinking", "unlinkings", "gone"), ("deletion", "deletions", "gone"))


@pytest.fixture(scope="module")
def ann(northlake: Company) -> UUID:
    """Licensed, with Phone; two meetings, one of them her personal room, and a webinar. Ben is her manager."""
    who = somebody(northlake, "ann", "phone")
    items: list[dict[str, Any]] = [
        {"owner": str(who), "kind": "meeting", "title": "Weekly", "occurs": "recurring"},
        {"owner": str(who), "kind": "meeting", "title": "Room", "occurs": "personal"},
        {"owner": str(who), "kind": "webinar", "title": "Launch", "occurs": "recurring"},
    ]
    do(northlake.owner, "content.create", {"items": items})
    return who


@pytest.fixture(scope="module")
def ben(northlake: Company, ann: UUID) -> UUID:
    who = somebody(northlake, "ben")
    do(northlake.owner, "people.edit_profile", {"subjects": one(ann), "fields": {"manager": str(who)}})
    return who


@pytest.fixture
def owner(db: None, northlake: Company, ann: UUID, ben: UUID) -> Client:
    return signed_in(northlake.owner.user_id)


@pytest.mark.parametrize(("noun", "nouns", "status"), WAYS)
def test_it_works(owner: Client, ann: UUID, ben: UUID, noun: str, nouns: str, status: str) -> None:
    """S0-2, S4-2, S4-12, S4-18, S4-48: a plan by name that nothing has come of; then it is done."""
    address = f"/people/{short(ann)}/{noun}"
    text = owner.get(address).content.decode()
    assert "lose access" in text and "2 seats come free." in text and "Nothing has happened yet." in text
    assert standing(ann)["status"] == "active"
    assert confirm(owner, address).status_code == 303
    assert standing(ann)["status"] == status
    assert confirm(owner, f"/people/{nouns}?ids={short(ben)}").status_code == 303
    assert standing(ben)["status"] == status


@pytest.mark.parametrize(("noun", "nouns", "status"), WAYS)
def test_without_the_privilege(db: None, northlake: Company, ann: UUID, noun: str, nouns: str, status: str) -> None:
    """S4-5."""
    client = signed_in(northlake.member.user_id)
    assert client.get(f"/people/{short(ann)}/{noun}").status_code == 403
    assert client.post(f"/people/{nouns}?ids={short(ann)}").status_code == 403


@pytest.mark.parametrize(("noun", "nouns", "status"), WAYS)
def test_other_account_is_not_there(owner: Client, southport: Company, noun: str, nouns: str, status: str) -> None:
    """TENANT-03: by name 404, in a set nobody."""
    theirs = short(southport.member.user_id)
    assert owner.get(f"/people/{theirs}/{noun}").status_code == 404
    assert "0 people" in owner.get(f"/people/{nouns}?ids={theirs}").content.decode()
    confirm(owner, f"/people/{nouns}?ids={theirs}")
    assert standing(southport.member.user_id)["status"] == "active"


@pytest.mark.parametrize(("noun", "nouns", "status"), WAYS)
def test_wrong_method(owner: Client, ann: UUID, noun: str, nouns: str, status: str) -> None:
    assert owner.put(f"/people/{short(ann)}/{noun}").status_code == 405
    assert owner.delete(f"/people/{nouns}").status_code == 405
