"""Dates in the portal: set from the plan of deactivating and from the licenses, shown on the profile and on Home, cancelled."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tests.lifecycle.leavers import somebody, with_content
from tests.people_of import LICENSED, Company, do, one, standing
from tests.portal.test_import import confirm
from tests.signed_in import signed_in
from usher.core import clock, sql
from usher.core.ids import short
from usher.journal.names import long_day
from usher.lifecycle import due

DAY = datetime.now(UTC).date() + timedelta(days=5)


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def test_it_works(owner: Client, northlake: Company) -> None:
    """S4-27: from the plan of deactivating, with its choice of content, to a day; the profile and Home tell it; cancelled there."""
    ann, ben = somebody(northlake, "ann-day"), somebody(northlake, "ben-day")
    with_content(northlake, ann, "Weekly")
    page = owner.get(f"/people/{short(ann)}/deactivation?content=person&heir=ben-day@{northlake.domain}").content.decode()
    assert "/people/dates/new?" in page and "Deactivate on a date instead" in page
    address = f"/people/dates/new?content=person&heir=ben-day@{northlake.domain}&ids={short(ann)}"
    assert 'type="date"' in owner.get(address).content.decode()
    page = owner.get(f"{address}&day={DAY}").content.decode()
    assert f"1 person will be deactivated on {long_day(DAY)}." in page and "Set the date for 1 person" in page
    assert confirm(owner, f"{address}&day={DAY}").status_code == 303
    page = owner.get(f"/people/{short(ann)}").content.decode()
    assert f"Will be deactivated on {long_day(DAY)}." in page and "Cancel it" in page
    assert "1 person leaves within 7 days" in owner.get("/").content.decode()
    page = owner.get("/people/dates").content.decode()
    assert f"ann-day@{northlake.domain}" in page and long_day(DAY) in page
    (found,) = due.dates_of(northlake.owner, ann)
    assert found["params"]["content"]["heir"] == str(ben)
    answer = confirm(owner, f"/people/dates/cancellations?ids={short(found['id'])}&back=/people/{short(ann)}")
    assert answer["Location"] == f"/people/{short(ann)}"
    assert "Will be deactivated" not in owner.get(answer["Location"]).content.decode()


def test_without_the_privilege(db: None, northlake: Company) -> None:
    client = signed_in(northlake.member.user_id)
    for path in ("/people/dates", "/people/dates/new", "/people/dates/cancellations"):
        assert client.get(path, {"ids": short(northlake.owner.user_id)}).status_code == 403


def test_other_account_is_not_there(owner: Client, southport: Company) -> None:
    """TENANT-03: no date for a foreign person, none of theirs is seen or cancelled."""
    do(southport.owner, "lifecycle.schedule", {"subjects": one(southport.member.user_id), "what": "deactivate", "day": str(DAY)})
    (theirs,) = due.dates_of(southport.owner, southport.member.user_id)
    assert southport.member.email not in owner.get("/people/dates").content.decode()
    confirm(owner, f"/people/dates/cancellations?ids={short(theirs['id'])}")
    confirm(owner, f"/people/dates/new?ids={short(southport.member.user_id)}&what=license&ends={LICENSED}&day={DAY}")
    assert [d["state"] for d in due.dates_of(southport.owner, southport.member.user_id)] == ["waiting"]


def test_wrong_method(owner: Client) -> None:
    assert owner.post("/people/dates").status_code == 405
    assert owner.put("/people/dates/new").status_code == 405
    assert owner.delete("/people/dates/cancellations").status_code == 405


@pytest.mark.parametrize(("day", "words"), [("2020-01-01", "begun already"), ("2027-02-29", "A day is written"), ("x", "A day is written")])
def test_a_day_that_cannot_be_is_asked_again(owner: Client, northlake: Company, day: str, words: str) -> None:
    """FLOW-07."""
    answer = owner.get(f"/people/dates/new?ids={short(northlake.member.user_id)}&day={day}")
    assert answer.status_code == 422 and words in answer.content.decode()


def test_a_license_until_a_day(owner: Client, northlake: Company) -> None:
    """From the licenses of a person; what it was held back by stands on Home with the two ways on."""
    ann = somebody(northlake, "ann-until")
    assert "Until a date" in owner.get(f"/people/{short(ann)}/licenses").content.decode()
    address = f"/people/dates/new?what=license&ids={short(ann)}"
    assert "What ends" in owner.get(address).content.decode()
    assert confirm(owner, f"{address}&ends={LICENSED}&day={DAY}").status_code == 303
    do(northlake.admin, "people.edit_profile", {"subjects": one(ann), "fields": {"job_title": "Chief"}})
    with clock.travel(datetime(DAY.year, DAY.month, DAY.day, 1, tzinfo=UTC)):
        due.do_due()
    assert standing(ann)["license"] == LICENSED
    number = sql.value("SELECT max(number) FROM journal_change WHERE verb = 'people.edit_profile'")
    home = owner.get("/").content.decode()
    assert f"ann-until@{northlake.domain}: Was to keep Licensed until" in home and f"C-{number} changed them" in home
    page = owner.get(f"/people/{short(ann)}").content.decode()
    assert "Do it now" in page and f"/people/license-changes?ids={short(ann)}&amp;license_to=meetings%3Abasic" in page
    confirm(owner, f"/people/license-changes?ids={short(ann)}&license_to=meetings:basic")
    assert "Was to keep" not in owner.get("/").content.decode()
