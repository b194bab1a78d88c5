"""lifecycle.accept_transfer and lifecycle.move_out: somebody with an account of their own comes into the one that invites them."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.lifecycle.leavers import somebody
from tests.lifecycle.movers import Mover, asked, is_closed, living, move, on_their_own, titles_of, with_items
from tests.people_of import BASIC, LICENSED, Company, actor_of, add_ons, breaches, do, invite, link_of, one, rows_written, seats, standing
from usher.access.actors import operator, system
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import engine, reads
from usher.journal.verb import plan
from usher.licenses import history
from usher.lifecycle import transfer

pytestmark = pytest.mark.django_db
ACCEPT, OUT = "lifecycle.accept_transfer", "lifecycle.move_out"


def no(login: UUID, user: UUID, secret: str = "") -> Refused:
    """The refusal, after which no row is more or less than before."""
    secret = secret or link_of(user)
    before = rows_written()
    with pytest.raises(Refused) as refused:
        move(login, user, secret)
    assert rows_written() == before
    return refused.value


def store(mover: Mover, part: str, settings: dict[str, Any]) -> None:
    """Settings they have brought to their own account, whose plan lets nobody change them there."""
    do(system(mover.account), "people.store_settings", {"subjects": one(mover.user), "part": part, "settings": settings})


def test_it_works(northlake: Company) -> None:
    """S0-34, S0-35, S0-36, S1-21, S1-22: the meeting ID, recordings and all come along; active with the seats that waited; the old account is closed;
    two Changes with one cause."""
    ida = on_their_own("ida@own.test")
    more = {"occurs": "recurring"}
    with_items(
        ida.account, ida.user, {"kind": "recording", "title": "Film"}, *({"kind": k, "title": k, **more} for k in ("meeting", "webinar"))
    )
    do(actor_of(ida.user), "people.choose_settings", {"settings": {"time_zone": "Europe/Berlin", "language": "de"}})
    number = sql.value("SELECT personal_meeting_id FROM people_user WHERE id = %(u)s", {"u": ida.user})
    store(ida, "settings", {"in_meeting": {"chat": True}})
    store(ida, "profile", {"company": "Own"})
    user = asked(northlake, ida, license=LICENSED, add_ons=["phone"])
    do(northlake.owner, "people.store_settings", {"subjects": one(user), "part": "profile", "settings": {"company": "Northlake"}})
    move(ida.login, user)
    assert living(ida.login) == (northlake.account, user)
    assert (standing(user)["status"], standing(user)["role"], standing(user)["license"], add_ons(user)) == (
        "active",
        "member",
        LICENSED,
        ["phone"],
    )
    told = sql.row("SELECT first_name, time_zone, language, personal_meeting_id FROM people_user WHERE id = %(u)s", {"u": user})
    assert told == {"first_name": "Ida", "time_zone": "Europe/Berlin", "language": "de", "personal_meeting_id": number}
    kept = sql.rows("SELECT part, values FROM people_usersettings WHERE user_id = %(u)s ORDER BY part", {"u": user})
    assert kept == [{"part": "profile", "values": {"company": "Northlake"}}, {"part": "settings", "values": {"in_meeting.chat": True}}]
    assert titles_of(user) == ["Film", "meeting", "webinar"]
    assert is_closed(ida.account) and standing(ida.user)["status"] == "gone"
    assert sql.value("SELECT left_how FROM people_user WHERE id = %(u)s", {"u": ida.user}) == "moved"
    held = sql.row(
        "SELECT sum(used)::int AS used, sum(pending)::int AS pending FROM licenses_license WHERE account_id = %(a)s", {"a": ida.account}
    )
    assert held == {"used": 0, "pending": 0}
    assert (seats(northlake, LICENSED)["used"], seats(northlake, LICENSED)["pending"], seats(northlake, "phone")["used"]) == (1, 0, 1)
    changes = {
        c["verb"]: c
        for c in sql.rows("SELECT verb, account_id, cause, ip FROM journal_change WHERE verb = ANY(%(v)s)", {"v": [ACCEPT, OUT]})
    }
    assert (changes[ACCEPT]["account_id"], changes[OUT]["account_id"]) == (northlake.account, ida.account)
    invited = sql.value(
        "SELECT id FROM journal_change WHERE verb = 'lifecycle.invite' AND account_id = %(a)s ORDER BY id DESC LIMIT 1",
        {"a": northlake.account},
    )
    assert {c["cause"] for c in changes.values()} == {invited}
    assert {c["ip"] for c in changes.values()} == {"192.0.2.9"}
    assert breaches() == []


def test_without_the_privilege(northlake: Company) -> None:
    """AUTHZ-20: nobody moves somebody else, not even the owner of either account."""
    ida = on_their_own("ida@own.test")
    user = asked(northlake, ida)
    params = {
        "user": str(user),
        "login": str(ida.login),
        "from_users": [str(ida.user)],
        "from_accounts": [str(ida.account)],
        "meeting_id": None,
    }
    for verb, wish in ((ACCEPT, params), (OUT, {"user": str(ida.user)})):
        for actor in (northlake.member, northlake.owner, northlake.operator):
            with pytest.raises(Refused) as refused:
                plan(actor, verb, wish)
            assert refused.value.kind == "forbidden"


def test_another_account_moves_nobody(northlake: Company, southport: Company) -> None:
    """TENANT-07, INVITE-05: a link of one account lets nobody into another."""
    ida = on_their_own("ida@own.test")
    here, there = asked(northlake, ida), asked(southport, ida)
    assert no(ida.login, there, link_of(here)).code == "bad_link"
    assert living(ida.login) == (ida.account, ida.user)


def test_wrong_parameters(northlake: Company) -> None:
    """INVITE-04: a login that lives nowhere moves nowhere."""
    user = asked(northlake, on_their_own("ida@own.test"))
    assert no(uuid4(), user).code == "gone"


@pytest.mark.parametrize("why", ["has_people", "has_rooms", "has_domains", "has_seats", "busy"])
def test_who_is_not_alone_there_stays(northlake: Company, why: str) -> None:
    """S1-20, behaviour D (1009): with pending people, rooms, a proven domain, bought seats or running work nothing moves; without them it does."""
    ida = on_their_own("ida@own.test", "Note")
    chief, user = operator(ida.account), asked(northlake, ida)
    a = {"a": ida.account}
    if why == "has_people":
        sql.execute("UPDATE accounts_account SET plan = 'business' WHERE id = %(a)s", a)
        (other,) = invite(chief, "other@own.test")
    elif why == "has_rooms":
        sql.execute("INSERT INTO accounts_room (id, account_id, name, kind) VALUES (usher_uuid7(), %(a)s, 'Blue', 'zoom_room')", a)
    elif why == "has_domains":
        sql.execute(
            """INSERT INTO accounts_domain (id, account_id, name, token, state, ask_until, verified_at)
               VALUES (usher_uuid7(), %(a)s, 'own.test', 'x', 'verified', now(), now())""",
            a,
        )
    elif why == "has_seats":
        do(chief, "licenses.set_seats", {"product": LICENSED, "quantity": 1})
    else:
        sql.execute(
            "INSERT INTO journal_run (change_id, account_id, state, phase, ord, totals, held, counts, chunk, stop, beat, started_at) SELECT id, %(a)s, 'running', 0, 0, '{1}', '{}', '{}', 1, false, now(), now() FROM journal_change WHERE account_id = %(a)s LIMIT 1",
            a,
        )
    secret = link_of(user)
    with pytest.raises(Refused) as refused:
        move(ida.login, user, secret)
    assert refused.value.code == why and "Of their own" in refused.value.words
    assert transfer.offer(ida.login, user).why_not == refused.value.words
    assert (living(ida.login), standing(user)["status"], is_closed(ida.account)) == ((ida.account, ida.user), "pending", False)
    if why == "has_people":
        do(chief, "lifecycle.withdraw_invitation", {"subjects": one(other)})
        move(ida.login, user, secret)
        assert titles_of(user) == ["Note"]


def test_a_member_of_a_company_goes_when_unlinked_there(northlake: Company, southport: Company) -> None:
    """S1-20, TENANT-08: the same link is refused while they belong to the company, and works after; their account of a moment goes with them."""
    from usher.lifecycle.own_account import open_for

    eve = somebody(southport, "eve")
    login = sql.value("SELECT login_id FROM people_user WHERE id = %(u)s", {"u": eve})
    (user,) = invite(northlake.owner, f"eve@{southport.domain}")
    secret = link_of(user)
    refused = no(login, user, secret)
    assert (refused.kind, refused.code) == ("conflict", "lives_elsewhere") and "Southport" in refused.words
    do(southport.admin, "lifecycle.unlink", {"subjects": one(eve)})
    assert open_for(login)
    move(login, user, secret)
    assert living(login) == (northlake.account, user)
    assert do(southport.admin, "licenses.change_license", {"license": LICENSED, "subjects": one(user)}).change_id is None
    assert breaches() == []


def test_the_owner_of_a_company_stays(northlake: Company, southport: Company) -> None:
    """R11: the reason names their own account, to them alone."""
    login = sql.value("SELECT login_id FROM people_user WHERE id = %(u)s", {"u": southport.owner.user_id})
    (user,) = invite(northlake.owner, southport.owner.email)
    assert no(login, user).code == "has_people"


def test_twice(northlake: Company) -> None:
    """INVITE-01: the second time the link is used, and nothing happens."""
    ida = on_their_own("ida@own.test")
    user = asked(northlake, ida)
    secret = link_of(user)
    move(ida.login, user, secret)
    assert no(ida.login, user, secret).code == "used"


def test_a_withdrawn_invitation(northlake: Company) -> None:
    """S0-50: the link is dead; the account stays as it is."""
    ida = on_their_own("ida@own.test")
    user = asked(northlake, ida)
    secret = link_of(user)
    do(northlake.admin, "lifecycle.withdraw_invitation", {"subjects": one(user)})
    assert no(ida.login, user, secret).code == "withdrawn"
    assert not is_closed(ida.account)


def test_what_it_would_mean_is_listed_first(northlake: Company) -> None:
    """S0-34, S0-35, S0-36: name, meeting ID, items by kind and what waits there; reading changes nothing."""
    ida = on_their_own("ida@own.test", "One", "Two")
    note = sql.value("SELECT item_id FROM content_standing WHERE owner_id = %(u)s LIMIT 1", {"u": ida.user})
    do(operator(ida.account), "content.delete", {"items": {"ids": [str(note)]}})
    user = asked(northlake, ida, license=LICENSED, add_ons=["phone"])
    before = rows_written()
    told = transfer.offer(ida.login, user)
    assert rows_written() == before
    assert (told.name, told.account, told.into, told.why_not) == ("Ida Own", "Of their own", "Northlake", "")
    assert (dict(told.comes), told.in_trash, told.license, told.add_ons) == ({"note": 1}, 1, LICENSED, ("phone",))
    move(ida.login, user)
    assert titles_of(user) == ["One", "Two"]


def closed_one(company: Company) -> Mover:
    ida = on_their_own("ida@own.test", "Note")
    move(ida.login, asked(company, ida))
    return ida


def test_a_closed_account_is_nobodys(northlake: Company) -> None:
    """TENANT-07, SESSION-06: nobody writes in it, old links and sessions are over, commands do not mean it; its journal stays and only the clock works."""
    ida = closed_one(northlake)
    for chief in (operator(ida.account), actor_with_rights(ida)):
        with pytest.raises(Refused) as refused:
            do(chief, "licenses.set_seats", {"product": LICENSED, "quantity": 3})
        assert refused.value.code == "account_closed"
    assert reads.changes(operator(ida.account), limit=1)[0]["verb"] == OUT
    assert history.write_today(ida.account) == 0 < history.write_today(northlake.account)
    assert engine.start(plan(system(ida.account), "lifecycle.purge", {"until": "2026-01-01T00:00:00+00:00"}), "clock").state == "unchanged"
    assert (
        sql.value("SELECT count(*) FROM journal_change WHERE account_id = %(a)s AND verb = %(v)s", {"a": northlake.account, "v": OUT}) == 0
    )
    assert breaches() == []


def actor_with_rights(ida: Mover):  # type: ignore[no-untyped-def]
    """The owner they were, as a process that read them a moment before might still have them."""
    from dataclasses import replace

    return replace(operator(ida.account), kind="person", user_id=ida.user, door="portal")


def test_somebody_who_moved_may_be_invited_again(northlake: Company, southport: Company) -> None:
    """TENANT-08: unlinked from the company they came to, they get a new account of their own and can go on to another."""
    from usher.lifecycle.own_account import open_for

    ida = closed_one(northlake)
    (_, user) = living(ida.login) or (None, None)
    assert user
    do(northlake.admin, "lifecycle.unlink", {"subjects": one(user)})
    assert open_for(ida.login)
    again = asked(southport, ida)
    move(ida.login, again)
    assert titles_of(again) == ["Note"]
    assert standing(again)["license"] == BASIC
    assert breaches() == []
