"""Deactivate, unlink and delete in the portal: of one person and of many, always a plan first."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.lifecycle.leavers import somebody
from tests.people_of import Company, do, one, standing
from tests.portal.test_import import confirm
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short

WAYS = (("deactivation", "deactivations", "inactive"), ("unlinking", "unlinkings", "gone"), ("deletion", "deletions", "gone"))


@pytest.fixture(scope="module")
def ann(northlake: Company) -> UUID:
    """Licensed, with Phone and Webinar; two meetings, one of them her personal room, and a webinar. Ben is her manager."""
    who = somebody(northlake, "ann", "phone", "webinar:500")
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
    assert "lose access" in text and "3 seats come free." in text and "Nothing has happened yet." in text
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


def test_the_content_goes_to_an_heir(owner: Client, northlake: Company, ann: UUID, ben: UUID) -> None:
    """S4-13, S4-14, S4-15, S4-16, S4-17: who takes it is typed by address; what moves is counted, what cannot is named with its reason and a way to mend it."""
    address = f"/people/{short(ann)}/deactivation"
    text = owner.get(address).content.decode()
    assert "Leave everything as it is" in text and "2 meetings" in text and "3 items stay" in text
    chosen = f"{address}?content=person&heir=ben@{northlake.domain}&asked=1&kinds=meetings&kinds=recordings_and_webinars"
    text = owner.get(chosen).content.decode()
    assert "1 item goes to ben@" in text and "2 items cannot move and stay where they are." in text
    assert "1 webinar: the new owner holds no Webinar seat." in text and "uses the personal meeting ID" in text
    assert f"/people/add-on-changes?ids={short(ben)}" in text and "1 of 3 items to ben@" in text
    assert confirm(owner, chosen).status_code == 303
    owners = {r["title"]: r["owner_id"] for r in sql.rows(OWNERS, {"u": [ann, ben]})}
    assert owners == {"Weekly": ben, "Room": ann, "Launch": ann}


OWNERS = "SELECT i.title, s.owner_id FROM content_item i JOIN content_standing s ON s.item_id = i.id WHERE s.owner_id = ANY(%(u)s)"


def test_the_content_goes_to_the_manager(owner: Client, ann: UUID, ben: UUID) -> None:
    """S4-14: by the manager's name for one person, each one's for a set."""
    text = owner.get(f"/people/{short(ann)}/unlinking?content=manager").content.decode()
    assert "the manager" in text and "1 item goes to its owner’s manager." in text
    text = owner.get(f"/people/deletions?ids={short(ann)},{short(ben)}&content=manager").content.decode()
    assert "Transfer to each one’s manager" in text and "1 item goes to its owner’s manager." in text
    assert "disabled" in owner.get(f"/people/{short(ben)}/unlinking").content.decode().split("content-manager")[1].split(">")[0]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("content=person", "Type the name or the address of who shall have it"),
        ("content=person&heir=nobody%40here.test", "Nobody here has this address."),
        ("content=person&heir=%00%27&kinds=meetings", "Nobody here has this address."),
        ("content=person&heir=x&asked=1", "Tick what shall move"),
    ],
)
def test_a_choice_that_cannot_be_stops_it(owner: Client, ann: UUID, query: str, words: str) -> None:
    """S4-17: the reason stands at its field, what was typed stays, and nobody leaves meanwhile."""
    address = f"/people/{short(ann)}/deactivation?{query}"
    text = owner.get(address).content.decode()
    assert words in text and "disabled>Deactivate ann" in text
    assert confirm(owner, address).status_code == 422
    assert standing(ann)["status"] == "active"


def test_an_heir_of_another_account_is_nobody(owner: Client, southport: Company, ann: UUID) -> None:
    """TENANT-04: neither by address nor by id."""
    for heir in (southport.member.email, str(southport.member.user_id)):
        assert (
            "Nobody here has this address."
            in owner.get(f"/people/{short(ann)}/deletion", {"content": "person", "heir": heir}).content.decode()
        )


def test_who_cannot_leave_is_told_before(db: None, northlake: Company, ann: UUID) -> None:
    """R12, S4-5, S4-23: the verbs stand there disabled with the reason; the plan by hand says the same, and does nothing."""
    assert northlake.owner.user_id and northlake.admin.user_id
    admin, chief = signed_in(northlake.admin.user_id), signed_in(northlake.owner.user_id)
    for client, who, words in (
        (admin, northlake.owner.user_id, "The owner leaves only after the account was handed over."),
        (admin, northlake.admin.user_id, "That is you. Another administrator can do it."),
        (chief, northlake.admin.user_id, "An admin is made a member first, by Set role."),
    ):
        assert words in client.get(f"/people/{short(who)}").content.decode()
        text = client.get(f"/people/{short(who)}/deactivation").content.decode()
        assert "cannot be deactivated." in text and words in text
        confirm(client, f"/people/{short(who)}/deactivation")
        assert standing(who)["status"] == "active"


def test_deleting_for_good_is_red_typed_and_needs_a_fresh_sign_in(owner: Client, northlake: Company, ben: UUID) -> None:
    """portal.md 5.8: only where nobody is kept in the trash."""
    address = f"/people/{short(ben)}/deletion"
    text = owner.get(address).content.decode()
    assert "by Restore, until" in text and "for good" not in text.split("u-plan-line")[1].split("</h1>")[0]
    sql.execute("UPDATE accounts_account SET trash_days = 0 WHERE id = %(a)s", {"a": northlake.account})
    text = owner.get(address).content.decode()
    assert "for good" in text and "btn-danger" in text and "Type ben@" in text and "gone within minutes" in text
    assert confirm(owner, address).status_code == 422
    assert standing(ben)["status"] == "active"
    done = confirm(owner, address, typed=f"ben@{northlake.domain}")
    assert done.status_code == 303 and standing(ben)["status"] == "gone"
    result = owner.get(done["Location"]).content.decode()
    assert f'{done["Location"]}/undo"' not in result and "Nobody of them is in the trash any more." in result
    assert owner.get(f"{done['Location']}/undo").status_code == 409


def test_a_deletion_is_undone_as_long_as_somebody_of_it_is_in_the_trash(owner: Client, northlake: Company, ben: UUID) -> None:
    """S4-22: offered while there is a way back."""
    done = confirm(owner, f"/people/{short(ben)}/deletion")
    assert f'{done["Location"]}/undo"' in owner.get(done["Location"]).content.decode()


def test_the_profile_and_the_row_offer_the_way_back(owner: Client, ann: UUID) -> None:
    """S4-12, S4-19, S4-21, S4-53: Deactivate, then Reactivate; the list has them under Deactivated, and a search says where they are."""
    assert f"/people/{short(ann)}/deactivation" in owner.get("/people", {"q": "ann"}).content.decode()
    confirm(owner, f"/people/{short(ann)}/deactivation")
    assert "1 deactivated person matches" in owner.get("/people", {"q": "ann"}).content.decode()
    text = owner.get("/people", {"q": "ann", "status": "inactive"}).content.decode()
    assert f"/people/{short(ann)}/reactivation" in text and "Deactivated" in text
    assert f"/people/{short(ann)}/reactivation" in owner.get(f"/people/{short(ann)}").content.decode()
