"""lifecycle.invite: who may, what it takes, seats."""

import io
from typing import Any

import pytest

from tests.people_of import (
    LICENSED,
    ON_PREM,
    Company,
    add_ons,
    breaches,
    do,
    invite,
    open_company,
    outcome,
    rows_written,
    seats,
    standing,
)
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import engine, reads
from usher.journal.plan import preview
from usher.journal.verb import plan
from usher.lifecycle import join, staging

pytestmark = pytest.mark.django_db


NAME = "lifecycle.invite"


def stage_of(company: Company, text: str | bytes, **how: Any) -> staging.Stage:
    data = text.encode() if isinstance(text, str) else text
    return staging.stage_csv(
        company.admin, io.BytesIO(data), how.pop("filename", "people.csv"), most=how.pop("most", staging.MOST_IN_PORTAL), choices={}
    )


def test_it_works(northlake: Company) -> None:
    """S0-11, S0-30, S0-32, S1-18, S1-19: several addresses with the same settings become pending people with a link of 30 days and a mail each."""
    people = invite(
        northlake.admin,
        "a@new.test",
        "B@New.test",
        license=LICENSED,
        add_ons=["phone"],
        department="Sales",
        job_title="Agent",
        location="Oslo",
    )
    for person, address in zip(people, ("a@new.test", "B@New.test"), strict=True):
        found = sql.row(
            """SELECT u.email, u.department, u.job_title, u.location, u.came_in, i.state, i.expires_at - i.sent_at = interval '30 days' AS thirty, i.token_hash,
                      i.invited_by, (SELECT array_agg(m.kind || ' ' || m.state || ' ' || m.address) FROM mail_message m WHERE m.to_user = u.id) AS mails
               FROM people_user u JOIN people_invitation i ON i.user_id = u.id WHERE u.id = %(p)s""",
            {"p": person},
        )
        assert found == {
            "email": address, "department": "Sales", "job_title": "Agent", "location": "Oslo", "came_in": "added", "state": "open", "thirty": True, "token_hash": None,
            "invited_by": northlake.admin.user_id, "mails": [f"invitation waiting {address}"],
        }  # fmt: skip
        assert (standing(person)["status"], standing(person)["license"], add_ons(person)) == ("pending", LICENSED, ["phone"])
    assert seats(northlake, LICENSED)["pending"] == seats(northlake, "phone")["pending"] == 2
    assert not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    """S0-5, AUTHZ-20: a member neither stages nor invites."""
    with pytest.raises(Refused) as no:
        staging.stage_addresses(northlake.member, ["a@new.test"], {})
    assert no.value.kind == "forbidden"
    stage = staging.stage_addresses(northlake.admin, ["a@new.test"], {})
    with pytest.raises(Refused) as no:
        join.plan_invite(northlake.member, stage, {})
    assert no.value.kind == "forbidden"


def test_another_account_s_stage_group_and_manager_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03, TENANT-10: nothing of the other account can be named, and an address may be in both."""
    stage = staging.stage_addresses(southport.admin, ["a@new.test"], {})
    with pytest.raises(Refused) as no:
        join.plan_invite(northlake.admin, stage, {})
    assert no.value.kind == "missing"
    with pytest.raises(Refused):
        staging.stage_of(northlake.admin, stage.id)
    foreign = do(southport.owner, "people.create_group", {"kind": "user", "name": "Harbor"})
    group = reads.effects(reads.change(southport.owner, foreign.number or 0))[0]["obj"]
    own = staging.stage_addresses(northlake.admin, ["a@new.test"], {})
    for choices in (
        {"group": str(group)},
        {"group": "Harbor"},
        {"manager": str(southport.admin.user_id)},
        {"manager": southport.admin.email},
    ):
        with pytest.raises(Refused) as no:
            join.plan_invite(northlake.admin, own, choices)
        assert no.value.kind == "invalid"
    invite(southport.admin, "both@new.test")
    invite(northlake.admin, "both@new.test", southport.admin.email)
    assert not breaches()


@pytest.mark.parametrize(
    "choices",
    [
        {"license": "gold"},
        {"license": "phone"},
        {"add_ons": ["gold"]},
        {"add_ons": [LICENSED]},
        {"add_ons": ["webinar:500"]},
        {"license": LICENSED, "add_ons": ["webinar:500", "events:500"]},
        {"department": "x" * 129},
        {"department": "a\nb"},
        {"job_title": "\x00"},
        {"group": "nobody"},
        {"group": "\x00"},
        {"group": "0192f0c0-0000-7000-8000-00000000dead"},
        {"im_group": "nobody"},
        {"manager": "nobody@new.test"},
        {"manager": "\x00"},
        {"manager": [1]},
    ],
)
def test_wrong_parameters(northlake: Company, choices: dict[str, object]) -> None:
    """S0-21, S0-24, S0-26, S0-27, S0-28, MASS-08"""
    stage = staging.stage_addresses(northlake.admin, ["a@new.test"], {})
    with pytest.raises(Refused) as no:
        join.plan_invite(northlake.admin, stage, choices)
    assert no.value.kind == "invalid" and no.value.field


@pytest.mark.parametrize("stage", ["", "x", None, "0192f0c0-0000-7000-8000-00000000dead", "\x00"])
def test_a_stage_that_is_none(northlake: Company, stage: object) -> None:
    with pytest.raises(Refused) as no:
        plan(northlake.admin, NAME, {"stage": stage})
    assert no.value.kind == "missing"


def test_a_free_account_has_no_user_management(committed: None) -> None:
    """S0-3, S0-4, S1-4: which plans have it is one table; the refusal names them."""
    for code, allowed in {"free_with_card": True, "pro": True, "business": True, "education": True, "enterprise": True}.items():
        assert allowed and open_company(code.replace("_", ""), plan_code=code).pending
    with pytest.raises(Refused) as no:
        open_company("Free", plan_code="free")
    assert (no.value.kind, no.value.code) == ("forbidden", "plan")
    assert "Business" in no.value.words


def test_licensed_needs_a_seat(northlake: Company) -> None:
    """S0-22, S0-43, S1-16: by form and by file; nobody is invited and no mail is written."""
    for n in (1, 3, 12):
        stage = stage_of(northlake, "\n".join(f"s{i}@seats.test,First,Last" for i in range(n)))
        do(northlake.owner, "licenses.set_seats", {"product": LICENSED, "quantity": n - 1})
        before = rows_written()
        with pytest.raises(Refused) as no:
            engine.start(join.plan_invite(northlake.admin, stage, {"license": LICENSED}), f"seat{n}")
        assert no.value.code == "no_seat"
        assert rows_written() == before


def test_on_prem_needs_the_meeting_connector(northlake: Company) -> None:
    """S0-23, S0-44"""
    do(northlake.owner, "licenses.set_seats", {"product": ON_PREM, "quantity": 3})
    stage = stage_of(northlake, "o@prem.test,First,Last")
    with pytest.raises(Refused) as no:
        join.plan_invite(northlake.admin, stage, {"license": ON_PREM})
    assert (no.value.code, no.value.field) == ("switched_off", "license")
    do(northlake.owner, "accounts.change_settings", {"meeting_connector": True})
    started = engine.start(join.plan_invite(northlake.admin, stage, {"license": ON_PREM}), "prem")
    assert outcome(northlake.owner, started).done == 1
    assert seats(northlake, ON_PREM)["pending"] == 1


def test_each_feature_needs_a_seat_for_each_person(northlake: Company) -> None:
    """S0-25, S0-45, S0-37: five phones, six people: refused whole; five of them go."""
    six = staging.stage_addresses(northlake.admin, [f"f{i}@feature.test" for i in range(6)], {})
    with pytest.raises(Refused) as no:
        engine.start(join.plan_invite(northlake.admin, six, {"add_ons": ["phone", "whiteboard"]}), "six")
    assert no.value.code == "no_seat"
    five = staging.stage_addresses(northlake.admin, [f"f{i}@feature.test" for i in range(5)], {})
    started = engine.start(join.plan_invite(northlake.admin, five, {"add_ons": ["phone", "whiteboard"]}), "five")
    assert outcome(northlake.admin, started).done == 5
    assert seats(northlake, "phone")["pending"] == seats(northlake, "whiteboard")["pending"] == 5


def test_addresses_typed_into_a_form(northlake: Company) -> None:
    """MAIL-09: the same address twice counts once, a wrong one is refused alone, 1,001 are taken."""
    stage = staging.stage_addresses(northlake.admin, ["a@form.test", "A@FORM.test", "wrong@", "ａ@form.test"], {})
    seen = preview(join.plan_invite(northlake.admin, stage, {}))
    assert (seen.will, seen.skipped()) == (1, {"twice": 1, "bad_email": 1, "look_alike": 1})
    assert len(invite(northlake.admin, *[f"n{i}@thousand.test" for i in range(1_001)])) == 1_001
    assert not breaches()
