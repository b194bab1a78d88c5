"""People come in with an account of their own while others withdraw, ask them too, or move the other way. Everything here commits for real."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from tests.journal.racing import deadlocks
from tests.lifecycle.leavers import somebody
from tests.lifecycle.movers import Mover, asked, is_closed, living, move, on_their_own, titles_of
from tests.people_of import LICENSED, Company, breaches, do, finish, invite, link_of, one, open_company, seats, standing
from tests.threads import at_once
from usher.access.actors import operator
from usher.core import clock, sql
from usher.core.refusals import Refused
from usher.journal import engine
from usher.lifecycle import accept, decline, due, join, staging, transfer
from usher.lifecycle.own_account import open_for

pytestmark = pytest.mark.django_db(transaction=True)


def accepting(mover: Mover, user: UUID) -> Callable[[], None]:
    secret = link_of(user)
    return partial(transfer.accept, mover.login, user, lambda: accept.look_up(user, secret))


def codes(told: list[Any]) -> Counter[str | None]:
    """What each was told; anything but a refusal or an end is a fault."""
    assert all(t is None or isinstance(t, Refused | engine.Started | bool | int) for t in told), told
    return Counter(t.code if isinstance(t, Refused) else None for t in told)


def test_twelve_accept_one_link(company: Company) -> None:
    """INVITE-01: one moves, eleven are told that it was used or that they moved; one seat, one change on either side."""
    ida, before = on_their_own("ida@race.test", "Note"), deadlocks()
    user = asked(company, ida, license=LICENSED)
    told = codes(at_once([accepting(ida, user)] * 12))
    assert told[None] == 1 and set(told) <= {None, "used", "changed"}
    assert seats(company, LICENSED) == {"bought": 10, "used": 1, "pending": 0, "held": 0}
    assert sql.value("SELECT count(*) FROM journal_change WHERE verb IN ('lifecycle.move_out', 'lifecycle.accept_transfer')") == 2
    assert titles_of(user) == ["Note"] and deadlocks() == before
    assert not breaches()


def test_two_accounts_ask_and_both_are_accepted_at_once(company: Company) -> None:
    """TENANT-08: exactly one has them; the other is told that they belong there; nothing is lost between the two."""
    other, before = open_company("Rival"), deadlocks()
    for n in range(4):
        ida = on_their_own(f"ida{n}@race.test", "Note", "List")
        users = {c.account: asked(c, ida) for c in (company, other)}
        told = codes(at_once([accepting(ida, u) for u in users.values()]))
        assert told[None] == 1 and set(told) <= {None, "changed", "lives_elsewhere"}
        home = living(ida.login)
        assert home and users[home[0]] == home[1] and titles_of(home[1]) == ["List", "Note"]
    assert deadlocks() == before
    assert not breaches()


def test_accepting_beside_withdrawing_declining_and_resending(company: Company) -> None:
    """S0-50, INVITE-01: they came or they did not, and the seats add up."""
    before = deadlocks()
    for n in range(4):
        ida = on_their_own(f"ida{n}@race.test", "Note")
        user = asked(company, ida, add_ons=["phone"])
        away = partial(do, company.owner, "lifecycle.withdraw_invitation", {"subjects": one(user)})
        told = at_once([accepting(ida, user), away, partial(decline.decline, user, link_of(user))])
        codes(told)
        came = told[0] is None
        assert standing(user)["status"] == ("active" if came else "gone")
        assert is_closed(ida.account) == came and living(ida.login) == ((company.account, user) if came else (ida.account, ida.user))
    assert deadlocks() == before
    assert not breaches()


def test_inviting_into_the_account_one_leaves(company: Company) -> None:
    """AUTHZ-19, I4: whoever is asked into it meanwhile keeps it open, or is not asked any more; never somebody in a closed account."""
    before = deadlocks()
    for n in range(4):
        ida = on_their_own(f"ida{n}@race.test")
        sql.execute("UPDATE accounts_account SET plan = 'business' WHERE id = %(a)s", {"a": ida.account})
        user, chief = asked(company, ida), operator(ida.account)
        stage = staging.stage_addresses(chief, [f"new{n}@race.test"], {})
        asking = partial(engine.start, join.plan_invite(chief, stage, {}), f"in{n}")
        told = at_once([accepting(ida, user), asking])
        seen = [t.code if isinstance(t, Refused) else None for t in told]
        assert seen in ([None, "account_closed"], ["has_people", None]), seen
    assert deadlocks() == before
    assert not breaches()


def test_two_owners_go_to_each_other(company: Company) -> None:
    """FLOW-02: each has asked the other, so neither account is empty: both stay, nobody waits in a ring."""
    before = deadlocks()
    for n in range(4):
        ida, bo = on_their_own(f"ida{n}@race.test"), on_their_own(f"bo{n}@race.test")
        for mover in (ida, bo):
            sql.execute("UPDATE accounts_account SET plan = 'business' WHERE id = %(a)s", {"a": mover.account})
        (bo_at_ida,) = invite(operator(ida.account), bo.email)
        (ida_at_bo,) = invite(operator(bo.account), ida.email)
        told = codes(at_once([accepting(ida, ida_at_bo), accepting(bo, bo_at_ida)] * 3))
        assert told == {"has_people": 6}
    assert deadlocks() == before
    assert not breaches()


def test_accepting_while_they_are_unlinked_there(company: Company) -> None:
    """TENANT-08: while they belong to a company nothing moves; afterwards the account of a moment does, once."""
    other = open_company("Rival")
    eve = somebody(other, "eve")
    login = sql.value("SELECT login_id FROM people_user WHERE id = %(u)s", {"u": eve})
    (user,) = invite(company.owner, f"eve@{other.domain}")
    going = accepting(Mover(other.account, eve, login, ""), user)
    away = partial(do, other.admin, "lifecycle.unlink", {"subjects": one(eve)})
    told = codes(at_once([going, away, going, partial(open_for, login)]))
    assert set(told) <= {None, "lives_elsewhere", "gone", "changed", "used"}
    if living(login) != (company.account, user):
        open_for(login)
        move(login, user)
    assert living(login) == (company.account, user)
    assert not breaches()


def test_a_date_that_comes_while_they_go(company: Company) -> None:
    """FLOW-02, I2: what was dated for them there ends with the account; the clock and the person never wait for each other in a ring."""
    before = deadlocks()
    for n in range(3):
        ida = on_their_own(f"ida{n}@race.test")
        user = asked(company, ida)
        day = (clock.now() - timedelta(days=1)).date()
        sql.execute(
            """INSERT INTO lifecycle_dated (id, account_id, user_id, what, day, due, change_id, state, params, product, note)
               SELECT usher_uuid7(), %(a)s, %(u)s, 'deactivate', %(d)s, now(), id, 'waiting', '{}', '', '' FROM journal_change WHERE account_id = %(a)s LIMIT 1""",
            {"a": ida.account, "u": ida.user, "d": day},
        )
        told = at_once([accepting(ida, user), due.do_due, due.do_due])
        assert told[0] is None and codes(told)
        assert living(ida.login) == (company.account, user)
        assert not sql.value("SELECT count(*) FROM lifecycle_dated WHERE state = 'waiting'")
    assert deadlocks() == before
    assert not breaches()


def test_five_are_asked_and_three_seats_are_there(company: Company) -> None:
    """LIC-07: three are asked, two find no seat and are told so then; the three all come, at once, and nobody takes a fourth seat."""
    do(company.owner, "licenses.set_seats", {"product": LICENSED, "quantity": 3})
    movers = {m.email: m for m in (on_their_own(f"ida{n}@race.test") for n in range(5))}
    stage = staging.stage_addresses(company.owner, list(movers), {"license": LICENSED})
    finish(engine.start(join.plan_invite(company.owner, stage, {"license": LICENSED}), "five", short="first"))
    asked_in = sql.rows(
        "SELECT u.id, u.email FROM people_user u JOIN people_standing s ON s.user_id = u.id WHERE u.account_id = %(a)s AND u.email LIKE 'ida%%' AND s.status = 'pending'",
        {"a": company.account},
    )
    assert len(asked_in) == 3 and seats(company, LICENSED)["pending"] == 3
    assert codes(at_once([accepting(movers[a["email"]], a["id"]) for a in asked_in])) == {None: 3}
    assert seats(company, LICENSED) == {"bought": 3, "used": 3, "pending": 0, "held": 0}
    assert not breaches()
