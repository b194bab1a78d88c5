"""Many calls at the same moment: limits, one deletion of a person, one key. Everything here commits for real."""

from collections import Counter
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.api.caller import Caller, caller, told
from tests.people_of import Company, breaches, invite
from tests.threads import at_once
from usher.access import throttle, tokens
from usher.api.door import purpose_of
from usher.api.operations import OPERATIONS
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


def test_no_more_invitations_than_a_day_has(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """INVITE-20: of twelve calls at once as many people are invited as the day has left, the others are told 429; R14: that is a limit of the API alone."""
    (cap,) = next(o.caps for o in OPERATIONS if (o.method, o.path) == ("POST", "/users"))
    monkeypatch.setitem(cap.most, "business", 5)  # type: ignore[arg-type]
    purpose_of.cache_clear()
    try:
        api = caller(company.owner)
        answers = at_once([partial(again(api).post, "/users", invitation(company, f"day{n}")) for n in range(12)])
    finally:
        purpose_of.cache_clear()
    assert Counter(status for status, _ in answers) == {201: 5, 429: 7}
    assert sql.value("SELECT count(*) FROM people_user WHERE email LIKE 'day%%'") == 5 and not breaches()
    invite(company.owner, f"dayone@{company.domain}")


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


def test_a_deletion_that_ended_meanwhile(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """README 3: who found the person, and is alone only after another call has deleted them, is told that there is nobody."""
    api = caller(company.owner)
    path = f"/users/{api.post('/users', invitation(company, 'late'))[1]['id']}"
    alone, quicker = throttle.alone, []

    def after_another(what: str) -> None:
        monkeypatch.undo()
        quicker.extend(at_once([lambda: again(api).delete(path)]))
        alone(what)

    monkeypatch.setattr(throttle, "alone", after_another)
    status, body = api.delete(path)
    assert [status for status, _ in quicker] == [204]
    assert status == 404 and body["code"] == 1001


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
