"""A list of phones and a selection of all that match in it are asked by two pieces of SQL (phone/filters.py, people/filters.py): they find the same people."""

from typing import Any
from uuid import UUID

import pytest

from tests.people_of import Company, activate, actor_of, crowd, do, one
from tests.phone.phones import EXTRA, OTHER_PLAN, PLAN, add, equip, own, phone
from tests.phone.test_extension import site
from usher.core import sql
from usher.people.selection import params_of, sql_of
from usher.phone import reads

pytestmark = pytest.mark.django_db
LETTERS = "abcdef"


def listed(company: Company, query: dict[str, Any]) -> set[UUID]:
    """Whom a list of phones shows."""
    return {row["id"] for row in reads.page(company.owner, query, limit=200).rows}


def matching(company: Company, query: dict[str, Any]) -> set[UUID]:
    """Whom a verb is done to when all that match are chosen there."""
    subjects = {"query": {"phone": ["active"], **query}}
    return {row["id"] for row in sql.rows(sql_of(subjects), {"account": company.account, **params_of(subjects)})}


def phones(company: Company) -> tuple[dict[str, UUID], str, str]:
    """Six people by letter, and two sites: a has a plan, a number and set their phone up; b a plan that is inactive by now; c an extra, at the other site;
    d is deactivated; e lies in the trash; f has no phone."""
    equip(company, phone=10)
    people = crowd(company.operator, len(LETTERS))
    activate(*people)
    who = dict(zip(LETTERS, people, strict=True))
    oslo, bergen = site(company, "Oslo"), site(company, "Bergen", lowest=7000, highest=7999)
    add(company, who["a"], site=oslo, package=PLAN, numbers="next")
    add(company, who["b"], site=oslo, package=OTHER_PLAN)
    add(company, who["c"], site=bergen)
    add(company, who["d"], who["e"], site=oslo)
    do(company.owner, "phone.assign_package", {"package": EXTRA, "subjects": one(who["c"])})
    do(company.owner, "phone.switch_package", {"package": OTHER_PLAN, "active": False})
    own(actor_of(who["a"]), {})
    do(company.owner, "phone.deactivate", {"subjects": one(who["d"])})
    do(company.owner, "phone.change_settings", {"soft_delete": True})
    do(company.owner, "phone.put_in_trash", {"subjects": one(who["e"])})
    return who, oslo, bergen


def test_each_filter_finds_the_same_in_both(northlake: Company) -> None:
    """MASS-01, S3-57, S3-58: by state, site, package, what was set up, and digits of extension and number; alone and together."""
    who, oslo, bergen = phones(northlake)
    extension = str(phone(who["c"])["extension"])
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, "abcd"),
        ({"phone": ["trash"]}, "e"),
        ({"phone_site": [oslo]}, "abd"),
        ({"phone_site": [oslo, bergen]}, "abcd"),
        ({"phone_site": ["nowhere"]}, ""),
        ({"package": ["none"]}, "cd"),
        ({"package": ["active"]}, "ac"),
        ({"package": ["inactive"]}, "b"),
        ({"package": [PLAN]}, "a"),
        ({"package": [EXTRA, "inactive"]}, "bc"),
        ({"package": [PLAN, "none"]}, "acd"),
        ({"set_up": ["yes"]}, "a"),
        ({"set_up": ["no"]}, "bc"),
        ({"set_up": ["off"]}, "d"),
        ({"set_up": ["no", "off"]}, "bcd"),
        ({"phone_unused": ["never"]}, "abcd"),
        ({"q": extension}, "c"),
        ({"q": "+4722"}, "a"),
        ({"q": "4722000000"}, "a"),
        ({"q": f"{extension} 4722"}, ""),
        ({"q": "p0000"}, "abcd"),
        ({"q": "00 p0000"}, "abcd"),
        ({"q": "p0000 4722"}, "a"),
        ({"phone_site": [oslo], "package": ["none"], "set_up": ["off"]}, "d"),
        ({"phone_site": [bergen], "q": "70"}, "c"),
    ]
    for query, letters in cases:
        assert matching(northlake, query) == listed(northlake, query) == {who[x] for x in letters}, query
    for state, letters in (("none", "f"), ("waiting", "")):
        assert matching(northlake, {"phone": [state]}) & {*who.values()} == {who[x] for x in letters}
