"""What each plan can do: one table, edited by the operator, asked at every door."""

from io import BytesIO
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.people_of import Company, actor_of, open_company
from tests.signed_in import signed_in
from usher.access import handing_out
from usher.access.actors import operator
from usher.accounts import domains, plans
from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.verb import plan
from usher.lifecycle import join, staging

pytestmark = pytest.mark.django_db
FILE = b"email,first_name,last_name\nnew@there.test,New,Person\n"


def import_a_file(actor: Actor) -> None:
    join.plan_invite(actor, staging.stage_csv(actor, BytesIO(FILE), "people.csv", most=None, choices={}), {})


def invite(actor: Actor) -> None:
    join.plan_invite(actor, staging.stage_addresses(actor, ["new@there.test"], {}), {})


# Every door of a capability, as it is gone through by somebody who holds every right.
DOORS: dict[str, list[Any]] = {
    "user_management": [
        invite,
        lambda a: plan(a, "people.set_department", {"department": "x", "subjects": {"query": {}}}),
        lambda a: plan(a, "people.create_group", {"name": "x"}),
    ],
    "import": [import_a_file],
    "custom_roles": [handing_out.refuse_without_plan],
    "managed_domains": [domains.require_domains],
}


def on_plan(company: Company, code: str) -> list[Actor]:
    """The owner and the operator, after the plan was changed."""
    sql.execute("UPDATE accounts_account SET plan = %(p)s WHERE id = %(a)s", {"p": code, "a": company.account})
    assert company.owner.user_id
    return [actor_of(company.owner.user_id), operator(company.account)]


def test_the_first_table() -> None:
    """S0-3, S0-4, S1-4, S2-4: a plain free account has nothing; Phone System Integration is for Business and Enterprise."""
    assert plans.plans_with("user_management") == ["Free with credit card", "Pro", "Business", "Education", "Enterprise"]
    assert plans.plans_with("psi") == ["Business", "Enterprise"]
    assert plans.plans_with("contact_center") == ["Pro", "Business", "Education", "Enterprise"]
    assert plans.table()["free"] == []


def test_every_plan_at_every_door(northlake: Company) -> None:
    """S0-3, S0-4, R7, AUTHZ-18: what the table says is what every door does, for the owner and at the command line; a refusal names the plans."""
    table = plans.table()
    for code, (capability, doors) in product(plans.PLANS, DOORS.items()):
        needs = {capability, *(["user_management"] if capability == "import" else [])}
        for actor, door in product(on_plan(northlake, code), doors):
            if needs <= set(table[code]):
                door(actor)
                continue
            with pytest.raises(Refused) as no:
                door(actor)
            assert (no.value.kind, no.value.code) == ("forbidden", "plan"), (code, capability)
            assert "Business" in no.value.words


def test_the_operator_edits_it(northlake: Company) -> None:
    """R7: for every account on the plan, from the next request on."""
    owner = on_plan(northlake, "pro")[0]
    assert not plans.may(owner, "managed_domains")
    assert plans.allow("pro", "managed_domains") and not plans.allow("pro", "managed_domains")
    assert plans.may(on_plan(northlake, "pro")[0], "managed_domains")
    assert plans.forbid("pro", "managed_domains") and not plans.forbid("pro", "managed_domains")
    for wrong in (("gold", "import"), ("pro", "tea")):
        with pytest.raises(Refused) as no:
            plans.allow(*wrong)
        assert no.value.kind == "invalid"


def test_the_pages_of_an_area_name_the_plans(northlake: Company) -> None:
    """S0-3, S0-4: 403 with the plans; what belongs to the account itself stays open."""
    on_plan(northlake, "free")
    client: Client = signed_in(northlake.owner.user_id)
    for path in ("/people", "/people/new", "/people/imports/new", "/account/never-touch"):
        answer = client.get(path)
        assert answer.status_code == 403, path
        assert "Not on the plan of this account" in answer.content.decode() and "Free with credit card, Pro" in answer.content.decode()
    assert {client.get(path).status_code for path in ("/", "/account/settings", "/activity")} == {200}


def test_importing_has_a_gate_of_its_own(northlake: Company) -> None:
    """R7: a plan with User Management and without import adds people by address, and says on the page of files who has it."""
    assert plans.forbid("business", "import")
    client: Client = signed_in(northlake.owner.user_id)
    assert client.get("/people/new").status_code == 200
    answer = client.get("/people/imports/new")
    assert answer.status_code == 403 and "importing people from a file" in answer.content.decode()


def test_another_plan_is_another_account(committed: None) -> None:
    """A free account beside a paid one: the plan is each account's own."""
    rich = open_company("Rich", plan_code="free_with_card")
    with pytest.raises(Refused):
        open_company("Poor", plan_code="free")
    assert isinstance(rich.account, UUID) and plans.may(rich.owner, "user_management")
