"""Where somebody is signed in: the list, the end of one session, of all others, of all."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.people_of import Company
from tests.portal.factors_of import is_in, sign_in
from tests.signed_in import signed_in
from usher.access import own
from usher.access.sessions import open_ones
from usher.core import clock, sql
from usher.core.ids import short
from usher.core.refusals import Refused

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"


def browser(company: Company, agent: str, ip: str = "198.51.100.9") -> Client:
    """Somebody signs in with this browser, by the form."""
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=ip)
    assert sign_in(client, company.member.email)["Location"] == "/"
    return client


def row_of(client: Client) -> str:
    return short(sql.value("SELECT id FROM access_session WHERE session_key = %(k)s", {"k": client.session.session_key}))


@pytest.mark.django_db
def test_it_works(northlake: Company) -> None:
    """ASVS 7.5.2, S4-3: the person sees device and place of each session and ends one; it is over at its next request."""
    here, phone = browser(northlake, FIREFOX), browser(northlake, IPHONE, "2001:db8:1:2:3:4:5:6")
    page = here.get("/me/security").content.decode()
    assert "Firefox on Linux" in page and "Safari on iPhone" in page
    assert "198.51.100.9" in page and "2001:db8:1:2::/64" in page
    assert page.count('<span class="u-tag">here</span>') == 1
    assert here.post(f"/me/sessions/{row_of(phone)}/end")["Location"] == "/me/security"
    assert is_in(here) and not is_in(phone)
    told = sql.row("SELECT verb, door, actor_id FROM journal_change ORDER BY number DESC LIMIT 1")
    assert told == {"verb": "access.end_some_sessions", "door": "portal", "actor_id": northlake.member.user_id}


@pytest.mark.django_db
def test_without_the_privilege(client: Client, northlake: Company) -> None:
    """Who is nobody has none; the operator of the machine is no person with sessions either."""
    assert client.post("/me/sessions/others")["Location"].startswith("/sign-in?next=")
    with pytest.raises(Refused) as no:
        own.end_other_sessions(northlake.operator, None)
    assert no.value.kind == "forbidden"


@pytest.mark.django_db
def test_another_account_s_session_does_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-01: neither that of another account nor that of a colleague; both go on."""
    here = signed_in(northlake.admin.user_id)
    for stranger in (signed_in(southport.owner.user_id), browser(northlake, FIREFOX)):
        assert here.post(f"/me/sessions/{row_of(stranger)}/end").status_code == 404
        assert is_in(stranger)


@pytest.mark.django_db
def test_wrong_method(northlake: Company) -> None:
    here = signed_in(northlake.member.user_id)
    for path in ("/me/sessions", "/me/sessions/others", f"/me/sessions/{row_of(here)}/end"):
        assert here.get(path).status_code == 405


@pytest.mark.django_db
def test_all_others(northlake: Company) -> None:
    """ASVS 7.5.2: all but this one."""
    here, there, third = (browser(northlake, FIREFOX) for _ in range(3))
    here.post("/me/sessions/others")
    assert (is_in(here), is_in(there), is_in(third)) == (True, False, False)


@pytest.mark.django_db
def test_ending_this_one_is_signing_out(northlake: Company) -> None:
    here = browser(northlake, FIREFOX)
    assert here.post(f"/me/sessions/{row_of(here)}/end")["Location"] == "/sign-in"
    assert not is_in(here)


@pytest.mark.django_db
def test_what_is_over_is_not_listed(northlake: Company) -> None:
    """SESSION-11, SESSION-05: signed out, ended by a new password, or unused for eight hours: gone from the list."""
    out = browser(northlake, IPHONE)
    out.post("/sign-out")
    own.end_sessions(northlake.member)
    here = browser(northlake, FIREFOX)
    assert "iPhone" not in here.get("/me/security").content.decode()
    with clock.travel(clock.now() + timedelta(hours=9)):
        assert open_ones(northlake.member) == []


@pytest.mark.django_db
def test_last_seen_moves(northlake: Company) -> None:
    """It is noted every five minutes, not at every request."""
    here = browser(northlake, FIREFOX)
    seen = "SELECT seen_at FROM access_session WHERE session_key = %(k)s"
    before = sql.value(seen, {"k": here.session.session_key})
    here.get("/me")
    assert sql.value(seen, {"k": here.session.session_key}) == before
    with time_machine.travel(clock.now() + timedelta(minutes=6), tick=False):
        sql.execute("UPDATE access_session SET seen_at = seen_at - interval '1 hour'")
        here.get("/me")
    assert sql.value(seen, {"k": here.session.session_key}) >= before


@pytest.mark.django_db
def test_the_row_goes_with_the_session(northlake: Company) -> None:
    """SESSION-14: whatever ends a session takes its row along; a new id at the sign-in leaves no old row."""
    here = browser(northlake, FIREFOX)
    key = here.cookies[settings.SESSION_COOKIE_NAME].value
    Session.objects.filter(pk=key).delete()
    assert sql.value("SELECT count(*) FROM access_session WHERE session_key = %(k)s", {"k": key}) == 0


@pytest.mark.django_db
def test_many_sessions_cost_no_more_queries(northlake: Company) -> None:
    """F39: one query for the list, however long."""
    counts = []
    here = browser(northlake, FIREFOX)
    for _ in range(2):
        with CaptureQueriesContext(connection) as seen:
            here.get("/me/security")
        counts.append(len(seen))
        for _ in range(10):
            browser(northlake, FIREFOX)
    assert counts[0] == counts[1]
