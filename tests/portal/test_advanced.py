"""The Advanced tab: totals, and what is done to everybody at once, each by a plan page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.people_of import BASIC, LICENSED, Company, activate, breaches, crowd, do, one, seats, standing
from tests.portal.test_import import confirm, finish
from tests.signed_in import signed_in
from usher.core import clock, sql
from usher.core.actor import Actor

TAB = "/people/advanced"
UP = f"{TAB}/license-changes?license_from={BASIC}&license_to={LICENSED}"


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def test_it_works(owner: Client, northlake: Company) -> None:
    """S0-8, S0-53: a tab beside Users and Pending; the totals are the ledger's."""
    crowd(northlake.operator, 2, license=LICENSED, add_ons=["phone"])
    page = owner.get(TAB).content.decode()
    assert "Change the license of all members" in page and "Remove all members of a license" in page and "Delete deactivated people" in page
    for words in ("Basic (4)", "Licensed (2)", "On-Prem (0)", "Unassigned (can only join)", "0 used, 2 pending, 5 bought"):
        assert words in page, words
    assert f'href="{TAB}"' in owner.get("/people").content.decode()


def test_without_the_privilege(db: None, northlake: Company) -> None:
    """S0-5, AUTHZ-13"""
    client = signed_in(northlake.member.user_id)
    for path in (TAB, UP, f"{TAB}/unlinkings?license_of={BASIC}", f"{TAB}/deletions?days=0"):
        answer = client.get(path)
        assert answer.status_code == 403 and "changes of all people at once" in answer.content.decode(), path
        assert client.post(path).status_code in (403, 405), path


def test_other_account_is_not_touched(owner: Client, northlake: Company, southport: Company) -> None:
    """TENANT-03: everybody is everybody of this account."""
    assert confirm(owner, UP).status_code == 303
    assert confirm(owner, f"{TAB}/unlinkings?license_of={LICENSED}").status_code == 303
    assert seats(southport, LICENSED)["used"] == 0 and of(southport.member)["status"] == "active"


def test_wrong_method(owner: Client) -> None:
    assert owner.post(TAB).status_code == 405
    assert owner.put(UP).status_code == 405


def test_all_members_get_another_license(owner: Client, northlake: Company) -> None:
    """S0-54, S0-55, S0-56, R12: the plan names who is left out by the role; nothing happens before the button."""
    page = owner.get(UP).content.decode()
    assert "2\u00a0Basic members will be Licensed." in page and "Change 2 people" in page
    assert "the owner: only members are meant" in page and "an admin: only members are meant" in page
    assert of(northlake.member)["license"] == BASIC
    assert confirm(owner, UP).status_code == 303
    assert of(northlake.member)["license"] == LICENSED and of(northlake.owner)["license"] == BASIC


def test_too_few_seats(owner: Client, northlake: Company) -> None:
    """S0-57, LIC-03: nothing, or the first of an order that is chosen there."""
    activate(*crowd(northlake.operator, 12))
    page = owner.get(UP).content.decode()
    assert "Only 10 Licensed seats are free." in page and "Change nothing" in page and "longest in the account" in page
    assert confirm(owner, UP).status_code == 409
    answer = confirm(owner, UP + "&how=first&order=-created", how="first")
    finish(owner, answer, northlake)
    assert seats(northlake, LICENSED)["used"] + seats(northlake, LICENSED)["pending"] == 10
    assert of(northlake.member)["license"] == BASIC


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (f"license-changes?license_from={BASIC}&license_to={BASIC}", "They are Basic already."),
        (f"license-changes?license_from={BASIC}&license_to=meetings:on_prem", "needs Meeting Connector, which is off"),
        ("license-changes", "Choose a Workplace license."),
        ("unlinkings", "Choose a Workplace license."),
        ("unlinkings?license_of=phone", "Choose a Workplace license."),
        ("deletions?days=soon", "A whole number of days from 0"),
        ("deletions?days=-1", "A whole number of days from 0"),
        ("deletions?days=9999999999", "A whole number of days from 0"),
        ("deletions?days=%00", "A whole number of days from 0"),
    ],
)
def test_what_cannot_be_is_asked_again(owner: Client, path: str, words: str) -> None:
    """S0-23, MASS-08: on the tab, beside what was typed."""
    answer = owner.get(f"{TAB}/{path}")
    assert answer.status_code == 422 and words in answer.content.decode()
    assert "Everybody at once" in answer.content.decode() and answer.content.decode().count(" autofocus>") == 1


def test_all_members_of_a_license_leave(owner: Client, northlake: Company) -> None:
    """S0-58, S0-59, R12: unlinked, not deleted; administrators, the invited and the never-touch list are passed over, each with a reason."""
    here, spared = crowd(northlake.operator, 2, license=LICENSED)
    activate(here, spared)
    do(northlake.owner, "people.mark", {"kind": "never", "why": "Press office", "subjects": one(spared)})
    do(
        northlake.owner,
        "licenses.change_license",
        {"license": LICENSED, "subjects": one(*filter(None, [northlake.admin.user_id]), northlake.pending)},
    )
    address = f"{TAB}/unlinkings?license_of={LICENSED}"
    page = owner.get(address).content.decode()
    assert "1 person will leave this account" in page
    for words in ("an admin: the owner must make them a member first", "on the never-touch list", "still pending"):
        assert words in page, words
    assert confirm(owner, address).status_code == 303
    assert sql.row("SELECT left_how FROM people_user WHERE id = %(u)s", {"u": here}) == {"left_how": "unlinked"}
    assert {standing(u)["status"] for u in (spared, northlake.admin.user_id) if u} == {"active"}
    assert not breaches()


def test_the_long_deactivated_are_deleted(owner: Client, northlake: Company) -> None:
    """Option 9: who has been deactivated for longer than so many days goes to the trash; 0 means everybody deactivated."""
    old, new = crowd(northlake.operator, 2)
    activate(old, new)
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(old, new)})
    long_ago = clock.now() - timedelta(days=100)
    sql.execute("UPDATE lifecycle_departure SET at = %(at)s WHERE user_id = %(u)s", {"at": long_ago, "u": old})
    assert "1 person will be deleted" in owner.get(f"{TAB}/deletions?days=90").content.decode()
    assert "2 people will be deleted" in owner.get(f"{TAB}/deletions?days=0").content.decode()
    assert confirm(owner, f"{TAB}/deletions?days=90").status_code == 303
    assert (standing(old)["status"], standing(new)["status"]) == ("gone", "inactive")


def test_who_may_only_look_sees_it_closed(db: None, northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """S4-23"""
    monkeypatch.setattr("usher.portal.advanced.pages.MANAGE", "access:admin:manage")
    page = signed_in(northlake.admin.user_id).get(TAB).content.decode()
    assert "You may look at this page" in page and "<fieldset disabled" in page


def of(actor: Actor) -> dict[str, Any]:
    """The standing of a person of the company."""
    assert actor.user_id
    return standing(actor.user_id)
