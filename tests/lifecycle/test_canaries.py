"""Secrets that went through every way in are nowhere afterwards but where they belong."""

import logging
from datetime import timedelta

import pytest

from tests.people_of import OURS, Company, accept_invitation, actor_of, do, invite, link_of, one
from usher.access import links, own
from usher.core import clock, sql
from usher.core.refusals import Refused
from usher.lifecycle.accept import accept

pytestmark = pytest.mark.django_db
FIRST, SECOND, WRONG = "canary-first-pass-1f9c", "canary-second-pass-77ab", "canary-wrong-pass-03de"


def everything_stored() -> str:
    """Every row of every table as text: what a dump of the database would show."""
    tables = sql.rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
    kept = [t["name"] for t in tables if t["name"].split("_")[0] in {*OURS, "django"}]
    return "\n".join(str(sql.value(f'SELECT string_agg(t::text, chr(10)) FROM "{name}" t')) for name in kept)


def test_no_password_and_no_link_is_kept(northlake: Company, caplog: pytest.LogCaptureFixture) -> None:
    """SECRET-01, AUDIT-07, INVITE-12, INVITE-17: joined, refused, invited again, reset and changed: neither journal, mail, jobs nor log hold a secret."""
    with caplog.at_level(logging.DEBUG):
        user, other = invite(northlake.owner, "canary@x.test", "second@x.test")
        secrets = [link_of(user), link_of(other)]
        with pytest.raises(Refused):
            accept(user, secrets[0][:-1] + "_", first_name="", last_name="", password=WRONG)
        accept(user, secrets[0], first_name="Ca", last_name="Nary", password=FIRST)
        with clock.travel(clock.now() + timedelta(minutes=2)):
            do(northlake.admin, "lifecycle.resend_invitation", {"subjects": one(other)})
        secrets.append(links.sign_in_link("canary@x.test").rsplit("/", 1)[-1])
        login = sql.value("SELECT login_id FROM people_user WHERE id = %(u)s", {"u": user})
        own.change_password(actor_of(user), login, SECOND, "own")
        accept_invitation(other)
    stored = everything_stored()
    assert "canary@x.test" in stored
    for secret in (FIRST, SECOND, WRONG, *secrets):
        assert len(secret) >= 20
        assert secret not in stored
        assert secret not in caplog.text
