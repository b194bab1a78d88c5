"""Every verb over a set of people passes over whoever is marked (usher/people/marks.py): a new verb needs one line in WISHES, and nothing else."""

import inspect
from typing import Any
from uuid import UUID

import pytest

from tests.companies import committed, northlake
from tests.people.profiles import proven
from tests.people_of import Company, do, one
from usher.access.actors import system
from usher.core import sql
from usher.core.actor import Actor
from usher.core.clock import now
from usher.core.refusals import Refused
from usher.journal.plan import params_of
from usher.journal.verb import VERBS, Plan
from usher.people import marks
from usher.people.of_people import OfPeople

__all__ = ["committed", "northlake"]
pytestmark = pytest.mark.django_db

CONTENT = {"content": {"kinds": ["meetings", "recordings_and_webinars", "whiteboards_and_notes"], "heir": "manager"}}
# What each needs beside its subjects; the member is in the groups Field, and in Spare.
WISHES: dict[str, dict[str, Any]] = {
    "access.remove_factors": {},
    "access.set_role": {"role": "admin"},
    "access.sign_out": {},
    "licenses.change_license": {"license": "meetings:licensed"},
    "licenses.change_members_license": {"from": "meetings:basic", "license": "meetings:licensed"},
    "licenses.give_add_on": {"add_on": "whiteboard"},
    "licenses.take_add_on": {"add_on": "scheduler"},
    "lifecycle.activate": {},
    "lifecycle.deactivate": CONTENT,
    "lifecycle.delete": CONTENT,
    "lifecycle.expire_invitation": {},
    "lifecycle.let_in": {},
    "lifecycle.let_in_without_login": {},
    "lifecycle.reactivate": {},
    "lifecycle.resend_invitation": {},
    "lifecycle.schedule": {"what": "deactivate", "day": "2027-03-01"},
    "lifecycle.unlink": CONTENT,
    "lifecycle.withdraw_invitation": {},
    "people.add_domain_to_group": {"group": "Desk", "domain": "{domain}"},
    "people.add_to_group": {"group": "Desk"},
    "people.move_group": {"group": "Desk"},
    "people.move_im_members": {"group": "Field", "to": "Desk"},
    "people.move_members": {"group": "Field", "to": "Desk"},
    "people.remove_from_group": {"group": "Field"},
    "people.remove_from_im_group": {"group": "Field"},
    "people.set_department": {"department": "Finance"},
    "people.set_im_group": {"group": "Desk"},
    "people.set_primary_group": {"group": "Spare"},
    "people.set_site": {"site": "Desk"},
    "phone.activate": {},
    "phone.add": {},
    "phone.apply_template": {"template": "Desk"},
    "phone.assign_package": {"package": "200"},
    "phone.deactivate": {},
    "phone.move_to_site": {"site": "Desk"},
    "phone.put_in_trash": {},
    "phone.remove": {},
    "phone.remove_packages": {},
    "phone.resend_invite": {},
}

# Their people are those of a file: tests/lifecycle shows it for each.
BY_FILE = {"lifecycle.add_phones", "lifecycle.change_address", "lifecycle.update_people"}


def verbs_of_people() -> list[str]:
    return sorted(name for name, verb in VERBS.items() if isinstance(verb, OfPeople) and verb.spares_marked)


@pytest.fixture(scope="module")
def marked(northlake: Company) -> UUID:
    """The member holds an add-on, content and a group, and stands on the list; so there is something to do to them, whatever the verb."""
    assert northlake.member.user_id
    for verb in ("people.create_group", "people.create_im_group"):
        for name in ("Field", "Desk"):
            do(northlake.owner, verb, {"name": name})
    do(northlake.owner, "accounts.create_site", {"name": "Desk"})
    do(northlake.owner, "people.set_im_group", {"group": "Field", "subjects": one(northlake.member.user_id)})
    do(northlake.owner, "people.add_to_group", {"group": "Field", "subjects": one(northlake.member.user_id)})
    do(northlake.owner, "people.create_group", {"name": "Spare"})
    do(northlake.owner, "people.add_to_group", {"group": "Spare", "subjects": one(northlake.member.user_id)})
    do(northlake.owner, "licenses.give_add_on", {"add_on": "scheduler", "subjects": one(northlake.member.user_id)})
    with_a_phone(northlake)
    proven(northlake)
    do(northlake.owner, "people.mark", {"kind": "never", "subjects": one(northlake.member.user_id)})
    return northlake.member.user_id


def with_a_phone(company: Company) -> None:
    """A phone with a package, in an account that has a trash for phones and a template."""
    do(company.operator, "licenses.set_seats", {"product": "calling:100", "quantity": 5})
    do(company.owner, "phone.change_settings", {"soft_delete": True})
    do(company.owner, "phone.create_template", {"name": "Desk", "policy": {"voicemail": "off"}})
    do(company.owner, "accounts.create_site", {"name": "Elsewhere"})
    do(company.owner, "phone.add", {"package": "100", "site": "Elsewhere", "subjects": one(company.member.user_id or "")})


def done_to(actor: Actor, name: str, subjects: dict[str, Any], person: UUID) -> tuple[int, int]:
    """How many rows of a plan would be done to this person, and how many would be without the list."""
    verb = VERBS[name]
    wish = {k: person_domain(person) if v == "{domain}" else v for k, v in WISHES[name].items()}
    planned = Plan(actor, verb, verb.check(actor, {**wish, "subjects": subjects}))
    told = []
    for select in (planned.select, lambda part: part.rows(planned.params)):
        rows = 0
        for _phase, part, index in planned.phases():
            if not marks.person_of(part):
                continue
            rows += sql.value(
                f"SELECT count(*) FROM ({select(part)}) r WHERE skip IS NULL AND ({marks.person_of(part)}) = %(who)s",
                {**params_of(planned, index, now=now(), change=None), "who": person},
            )
        told.append(rows)
    return told[0], told[1]


def person_domain(person: UUID) -> str:
    return str(sql.value("SELECT split_part(canonical, '@', 2) FROM people_user WHERE id = %(p)s", {"p": person}))


def test_every_verb_is_told_of() -> None:
    assert sorted({*WISHES, *BY_FILE}) == verbs_of_people()


def test_whoever_takes_subjects_is_a_verb_of_people() -> None:
    """A profile is edited for one person by construction; everything else that checks a selection of people goes through OfPeople."""
    asks = 'selection.checked(actor, params.get("subjects"))'
    apart = [n for n, v in VERBS.items() if not isinstance(v, OfPeople) and asks in inspect.getsource(type(v).check)]
    assert apart == ["people.edit_profile"]


@pytest.mark.parametrize("name", sorted(WISHES))
def test_of_many_nobody_marked_is_touched(northlake: Company, marked: UUID, name: str) -> None:
    """MASS-01: hand-picked with others, by a query; and by the clock even alone."""
    acting = northlake.operator if name == "lifecycle.activate" else northlake.owner
    others = (northlake.admin.user_id, northlake.pending)
    for actor, subjects in (
        (acting, one(marked, *(o for o in others if o))),
        (acting, {"query": {}, "except": []}),
        (system(northlake.account), one(marked)),
    ):
        try:
            touched, would = done_to(actor, name, subjects, marked)
        except Refused as no:
            assert no.code == "operator_only"  # the clock cannot even ask
            continue
        assert touched == 0
        told_without.setdefault(name, 0)
        told_without[name] = max(told_without[name], would)


told_without: dict[str, int] = {}
# What cannot be done to somebody who is active, with or without the list.
NOTHING_TO_DO = {
    "access.remove_factors",
    "lifecycle.expire_invitation",
    "lifecycle.reactivate",
    "lifecycle.resend_invitation",
    "lifecycle.withdraw_invitation",
    "phone.activate",
    "phone.add",
    "phone.remove",
}


def test_the_list_made_the_difference() -> None:
    """Without it each of these verbs would have done something to that person: the test above can fail."""
    assert {name for name, n in told_without.items() if not n} == NOTHING_TO_DO & set(told_without)


@pytest.mark.parametrize("name", ["lifecycle.deactivate", "lifecycle.unlink", "lifecycle.delete"])
def test_what_they_made_stays_theirs(northlake: Company, marked: UUID, name: str) -> None:
    """S4-14: a later phase leaves alone what belongs to somebody the first one passed over, already in the plan."""
    do(northlake.owner, "content.create", {"items": [{"owner": str(marked), "kind": "whiteboard", "title": "Map"}]})
    planned = Plan(
        northlake.owner, VERBS[name], VERBS[name].check(northlake.owner, {**CONTENT, "subjects": one(marked, northlake.pending)})
    )
    content = planned.phases()[1]
    rows = sql.rows(f"SELECT * FROM ({planned.select(content[1])}) r", params_of(planned, content[2], now=now(), change=None))
    assert rows == []
