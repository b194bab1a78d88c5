"""Many calls at the same moment: limits, one deletion of a person, one key. Everything here commits for real."""

from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.api.caller import Caller, caller, told
from tests.people_of import Company, breaches
from tests.threads import at_once
from usher.access import throttle, tokens
from usher.core import sql

pytestmark = pytest.mark.django_db(transaction=True)


def test_however_many_come_at_once(company: Company) -> None:
    """DOS-05: of 30 calls on 30 connections in one window exactly the limit is told yes."""
    token, wish = caller(company.owner).token, tokens.Purpose(limits={"": (throttle.Limit("race", 7, 60),)})

    def is_exceeded() -> bool:
        held = tokens.holder(token, wish)
        assert held
        return held.tallies[0].is_exceeded

    exceeded = at_once([is_exceeded] * 30)
    assert Counter(exceeded) == {False: 7, True: 23}


def test_one_deletion_of_a_person_at_a_time(company: Company) -> None:
    """README 3: while one is under way, a second is told 429 in the contract's words; afterwards there is nobody to delete."""
    api = caller(company.owner)
    path = f"/users/{api.post('/users', invitation(company, 'gone'))[1]['id']}"
    id = sql.value("SELECT id FROM people_user WHERE email = %(e)s", {"e": f"gone@{company.domain}"})
    with transaction.atomic():
        throttle.alone(f"api-leaving {id}")
        ((status, body),) = at_once([lambda: again(api).delete(path)])
        assert (status, body["code"]) == (429, 429) and body["message"].startswith("Too many concurrent requests.")
    assert Counter(status for status, _ in at_once([lambda: again(api).delete(path)] * 6))[204] == 1
    assert api.delete(path)[0] == 404


def test_one_key_many_times_at_once(company: Company) -> None:
    """Ten calls under one key do it once and are all answered the same."""
    api = caller(company.owner)
    before = sql.value("SELECT count(*) FROM journal_change")
    body = invitation(company, "ann")
    answers = at_once([lambda: told(again(api)("POST", "/users", body, Idempotency_Key="one"))] * 10)
    assert answers[0][0] == 201 and answers == [answers[0]] * 10
    assert sql.value("SELECT count(*) FROM journal_change") == before + 1
    assert not breaches()


def again(api: Caller) -> Caller:
    """The same program on a connection of its own."""
    return Caller(api.token, Client())


def invitation(company: Company, name: str) -> dict[str, Any]:
    return {"action": "create", "user_info": {"email": f"{name}@{company.domain}", "type": 1}}
