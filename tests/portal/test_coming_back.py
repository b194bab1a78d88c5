"""Reactivate and restore in the portal, and the Trash tab."""

import csv
import io
from uuid import UUID

import pytest
from django.test import Client

from tests.lifecycle.leavers import somebody
from tests.people_of import LICENSED, Company, add_ons, do, invite, one, seats, standing
from tests.portal.test_import import confirm
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short

RESTORE = "/people/trash/restorations"


@pytest.fixture(scope="module")
def ann(northlake: Company) -> UUID:
    """Deactivated; had Licensed and Phone."""
    who = somebody(northlake, "ann", "phone")
    do(northlake.admin, "lifecycle.deactivate", {"subjects": one(who)})
    return who


@pytest.fixture(scope="module")
def bob(northlake: Company) -> UUID:
    """In the trash; had Licensed."""
    who = somebody(northlake, "bob")
    do(northlake.admin, "lifecycle.delete", {"subjects": one(who)})
    return who


@pytest.fixture
def owner(db: None, northlake: Company, ann: UUID, bob: UUID) -> Client:
    return signed_in(northlake.owner.user_id)


def test_it_works(owner: Client, ann: UUID, bob: UUID) -> None:
    """S4-22, S4-55: a plan by name, then they are here again with what they had."""
    text = owner.get(f"/people/{short(ann)}/reactivation").content.decode()
    assert "may sign in again." in text and "Reactivate ann@" in text
    assert confirm(owner, f"/people/{short(ann)}/reactivation").status_code == 303
    assert (standing(ann)["status"], standing(ann)["license"], add_ons(ann)) == ("active", LICENSED, ["phone"])
    assert confirm(owner, f"{RESTORE}?ids={short(bob)}").status_code == 303
    assert (standing(bob)["status"], standing(bob)["license"]) == ("active", LICENSED)


def test_without_the_privilege(db: None, northlake: Company, ann: UUID, bob: UUID) -> None:
    """S4-5: neither the ways back nor the tab."""
    client = signed_in(northlake.member.user_id)
    for path in (
        f"/people/{short(ann)}/reactivation",
        f"/people/reactivations?ids={short(ann)}",
        f"{RESTORE}?ids={short(bob)}",
        "/people/trash",
    ):
        assert client.get(path).status_code == 403, path


def test_other_account_is_not_there(db: None, ann: UUID, bob: UUID, southport: Company) -> None:
    """TENANT-03: by name 404, in a set and in the trash nobody."""
    client = signed_in(southport.owner.user_id)
    assert client.get(f"/people/{short(ann)}/reactivation").status_code == 404
    assert "bob@" not in client.get("/people/trash").content.decode()
    for address in (f"/people/reactivations?ids={short(ann)}", f"{RESTORE}?ids={short(bob)}", f"{RESTORE}?all=1"):
        confirm(client, address)
    assert [standing(u)["status"] for u in (ann, bob)] == ["inactive", "gone"]


def test_wrong_method(owner: Client, ann: UUID) -> None:
    assert owner.put(f"/people/{short(ann)}/reactivation").status_code == 405
    assert owner.post("/people/trash").status_code == 405


def test_the_plan_and_the_result_say_what_does_not_come_back(owner: Client, northlake: Company, ann: UUID) -> None:
    """R2, S4-55: before and after, by product and in each one's row."""
    used = seats(northlake, "phone")["used"]
    do(northlake.operator, "licenses.set_seats", {"product": "phone", "quantity": used})
    address = f"/people/{short(ann)}/reactivation"
    text = owner.get(address).content.decode()
    assert "1 person comes back without Phone." in text and "Not given back" in text
    answer = confirm(owner, address)
    told = owner.get(answer["Location"]).content.decode()
    assert "1 person came back without Phone: no seat was free." in told and "Not given back" in told
    assert add_ons(ann) == []


def test_a_set_comes_back_in_a_chosen_order(owner: Client, ann: UUID) -> None:
    """R2, S4-48: who is not deactivated is left out with the reason."""
    text = owner.get("/people/reactivations?all=1&status=active&status=inactive").content.decode()
    assert "1 person will be reactivated" in text or "1\u00a0person will be reactivated" in text
    assert confirm(owner, "/people/reactivations?all=1&status=inactive").status_code == 303
    assert standing(ann)["status"] == "active"


def test_the_trash_lists_who_when_by_whom_and_how_long(owner: Client, northlake: Company, bob: UUID) -> None:
    """portal.md 2, R15: they are in no other list; the tab shows their number; the export says the same."""
    text = owner.get("/people/trash").content.decode()
    assert f"bob@{northlake.domain}" in text and "30 days" in text and f"admin@{northlake.domain}" in text
    assert f"{RESTORE}?ids={short(bob)}" in text and 'href="/people/trash" aria-current="page"' in text
    assert "bob@" not in owner.get("/people?status=any").content.decode().split('id="rows"')[1]
    exported = b"".join(owner.get("/people/trash/export").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert [row["E-mail"] for row in csv.DictReader(io.StringIO(exported))] == [f"bob@{northlake.domain}"]
    assert "Nobody matches" in owner.get("/people/trash?q=nobodyatall").content.decode()
    assert "1 person in the trash matches" in owner.get("/people?q=bob").content.decode()


def test_all_that_match_are_restored(owner: Client, northlake: Company, bob: UUID) -> None:
    """R15: all of the trash; what a search in it finds; all but some."""
    assert "1 person will come back" in owner.get(f"{RESTORE}?all=1").content.decode()
    assert "1 person will come back" in owner.get(f"{RESTORE}?all=1&q=bob").content.decode()
    for nobody in (f"{RESTORE}?all=1&except={short(bob)}", f"{RESTORE}?all=1&q=zebra", RESTORE):
        assert owner.get(nobody).status_code == 422, nobody
    assert confirm(owner, f"{RESTORE}?all=1&q=bob").status_code == 303
    assert standing(bob)["status"] == "active"


def test_somebody_whose_address_is_taken_comes_back_with_another(owner: Client, northlake: Company, bob: UUID) -> None:
    """R15: the plan asks for it, and refuses one that is no address or somebody's."""
    invite(northlake.operator, f"bob@{northlake.domain}")
    address = f"{RESTORE}?ids={short(bob)}"
    text = owner.get(address).content.decode()
    assert "The address belongs to somebody else by now." in text and "<details open" in text
    for wrong, words in (
        ("bob@", "it needs one @ with text on both sides"),
        (northlake.member.email, "Somebody has this address already."),
    ):
        text = owner.get(address, {"ids": short(bob), "email": wrong}).content.decode()
        assert words in text and "disabled>Restore" in text, wrong
    assert confirm(owner, f"{address}&email=robert@{northlake.domain}").status_code == 303
    assert sql.value("SELECT email FROM people_user WHERE id = %(u)s", {"u": bob}) == f"robert@{northlake.domain}"


def test_the_tab_hides_where_nobody_is_kept(db: None, southport: Company) -> None:
    """portal.md 2: shown while the account keeps people, or somebody is still in it."""
    client = signed_in(southport.owner.user_id)
    assert 'href="/people/trash"' in client.get("/people").content.decode()
    sql.execute("UPDATE accounts_account SET trash_days = 0 WHERE id = %(a)s", {"a": southport.account})
    assert 'href="/people/trash"' not in client.get("/people").content.decode()
    assert "This account deletes people for good." in client.get("/people/trash").content.decode()


def test_a_deactivated_profile_says_since_when_and_what_comes_back(owner: Client, northlake: Company, ann: UUID) -> None:
    """S4-19, S4-53."""
    text = owner.get(f"/people/{short(ann)}").content.decode()
    assert f"by admin@{northlake.domain}" in text and "Licensed and Phone" in text
