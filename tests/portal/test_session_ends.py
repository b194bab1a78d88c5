"""How a session begins anew and how it ends."""

import json
from datetime import datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from tests.people_of import PASSWORD, Company, do, one
from tests.portal.at_the_door import NEW, is_in, sign_in
from tests.signed_in import signed_in
from usher.access import own, way_in
from usher.access.tasks import sweep
from usher.core import clock, sql


def test_the_session_id_changes(db: None, northlake: Company) -> None:
    """SESSION-01: a session planted before the sign-in is dead after it, with what it held."""
    client = Client()
    planted = client.session
    planted["planted"] = "yes"
    planted.save()
    old = planted.session_key
    sign_in(client, northlake)
    new = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert new != old
    assert not Session.objects.filter(pk=old).exists()
    assert "planted" not in client.session
    client.cookies[settings.SESSION_COOKIE_NAME] = old
    assert not is_in(client)


def test_sign_out(db: None, northlake: Company) -> None:
    """SESSION-14: signing out ends the session on the server, whoever still has the cookie."""
    client = signed_in(northlake.member.user_id)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert is_in(client)
    assert client.post("/sign-out")["Location"] == "/sign-in"
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert not is_in(client)


def test_a_new_password_ends_all_other_sessions(db: None, northlake: Company) -> None:
    """SESSION-05: after a change of the password only the browser that made it goes on, under a new id; the old password is dead."""
    here, there = Client(), signed_in(northlake.member.user_id)
    sign_in(here, northlake, "member")
    before = here.cookies[settings.SESSION_COOKIE_NAME].value
    answer = here.post("/me/password", {"present": PASSWORD, "password": NEW, "again": NEW})
    assert answer.status_code == 302, answer.content.decode()
    assert is_in(here) and not is_in(there)
    assert here.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert sign_in(Client(), northlake, "member").status_code == 422
    assert sign_in(Client(), northlake, "member", NEW).status_code == 302
    change = sql.row("SELECT id, verb, params, actor_id FROM journal_change ORDER BY number DESC LIMIT 1")
    assert change is not None and (change["verb"], change["actor_id"]) == ("access.change_password", northlake.member.user_id)
    assert NEW not in json.dumps(change["params"])
    assert (
        sql.value("SELECT count(*) FROM mail_message WHERE kind = 'password_changed' AND to_user = %(u)s", {"u": northlake.member.user_id})
        == 1
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"present": "wrong", "password": NEW, "again": NEW}, "not your present password"),
        ({"present": PASSWORD, "password": NEW, "again": NEW + "x"}, "differ"),
        ({"present": PASSWORD, "password": "short", "again": "short"}, "too short"),
        ({"present": PASSWORD, "password": "password123", "again": "password123"}, "too common"),
        ({"password": NEW, "again": NEW}, "needed"),
    ],
)
def test_a_password_that_is_refused(db: None, northlake: Company, given: dict[str, str], words: str) -> None:
    """S0-6: what is wrong is said at its field, nothing changes, no password is echoed."""
    client = signed_in(northlake.member.user_id)
    answer = client.post("/me/password", given)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert NEW not in answer.content.decode()
    assert sign_in(Client(), northlake, "member").status_code == 302


def test_sign_out_everywhere(db: None, northlake: Company) -> None:
    """SESSION-05: one button ends every session of one's own, and nobody else's."""
    here, there, other = (signed_in(u) for u in (northlake.member.user_id, northlake.member.user_id, northlake.admin.user_id))
    assert here.post("/me/sessions")["Location"] == "/sign-in"
    assert not is_in(here) and not is_in(there) and is_in(other)


def test_the_own_pages_need_a_session(db: None, client: Client) -> None:
    """AUTHZ-13: strangers are sent to sign-in."""
    for path, method in (("/me/security", "get"), ("/me/password", "post"), ("/me/sessions", "post")):
        assert getattr(client, method)(path)["Location"].startswith("/sign-in?next=")


def test_a_password_changed_during_a_sign_in(db: None, northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """SESSION-05: somebody whose old password was checked a moment before it was changed gets no session that lives."""
    real = way_in.check_password

    def slowly(password: str, encoded: str) -> bool:
        right = real(password, encoded)
        own.change_password(northlake.member, way_in.by_user(northlake.member.user_id).login_id, NEW, "own")  # type: ignore[arg-type, union-attr]
        return right

    monkeypatch.setattr(way_in, "check_password", slowly)
    client = Client()
    sign_in(client, northlake, "member")
    assert not is_in(client)


def test_reactivated_people_sign_in_anew(db: None, northlake: Company) -> None:
    """SESSION-06: what ended with a deactivation stays dead after the reactivation."""
    client = signed_in(northlake.member.user_id)
    told = "UPDATE people_standing SET status = %(s)s, license = %(l)s, access_epoch = access_epoch + %(e)s WHERE user_id = %(u)s"
    sql.execute(told, {"s": "inactive", "l": None, "e": 1, "u": northlake.member.user_id})
    assert not is_in(client)
    assert "deactivated" in sign_in(Client(), northlake, "member").content.decode()
    sql.execute(told, {"s": "active", "l": "meetings:basic", "e": 0, "u": northlake.member.user_id})
    assert not is_in(client)
    assert is_in(signed_in(northlake.member.user_id))


@pytest.mark.parametrize(("step", "times", "alive"), [(7, 5, True), (9, 1, False), (7, 47, True), (7, 49, False)])
def test_time_outs(db: None, northlake: Company, step: int, times: int, alive: bool) -> None:
    """SESSION-11: 8 hours unused end a session, and so do 14 days however busy; a clock set back does not revive it."""
    start = datetime.fromisoformat("2026-11-21T08:00:00+00:00")
    with time_machine.travel(start, tick=False) as machine:
        client = signed_in(northlake.member.user_id)
        seen = [True]
        for _ in range(times):
            machine.shift(timedelta(hours=step))
            seen.append(is_in(client))
        assert seen[-1] is alive
        machine.move_to(start + timedelta(minutes=30), tick=False)
        assert is_in(client) is False  # long after its last use, or before its beginning


def test_ended_sessions_are_swept(db: None, northlake: Company) -> None:
    """SESSION-11: the database keeps no session that is over."""
    client = signed_in(northlake.member.user_id)
    Session.objects.update(expire_date=clock.now() - timedelta(seconds=1))
    sweep(0)
    assert Session.objects.count() == 0
    assert not is_in(client)


def test_an_ended_session_is_no_actor(db: None, northlake: Company) -> None:
    """SESSION-11: a session made by hand without its clock is no session."""
    client = signed_in(northlake.member.user_id)
    session = client.session
    del session["usher_since"]
    session.save()
    assert not is_in(client)


def test_a_role_that_is_taken_while_its_holder_works(db: None, northlake: Company) -> None:
    """F26: two sessions; from the next request of either on there is no right, also for the form that was open; being signed in stays."""
    browsers = [signed_in(northlake.admin.user_id) for _ in range(2)]
    assert [browser.get("/groups/new").status_code for browser in browsers] == [200, 200]
    do(northlake.owner, "access.set_role", {"role": "member", "subjects": one(northlake.admin.user_id or "")})
    late = [browser.post("/groups/new", {"name": "Late", "key": "late"}).status_code for browser in browsers]
    assert late == [403, 403] and [browser.get("/groups").status_code for browser in browsers] == [403, 403]
    assert not sql.value("SELECT count(*) FROM people_group WHERE name = 'Late'") and browsers[0].get("/me").status_code == 200
