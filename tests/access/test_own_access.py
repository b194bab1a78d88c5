"""access.change_password, access.end_sessions, access.make_link: what people and the operator do with a way in."""

from uuid import UUID

import pytest

from tests.people_of import Company, actor_of, breaches, standing
from usher.access import links, own
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import reads, undo
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db
NAMES = PASSWORD, SESSIONS, LINK = "access.change_password", "access.end_sessions", "access.make_link"


def member_of(company: Company) -> UUID:
    return company.member.user_id or UUID(int=0)


def login_of(user: UUID) -> UUID:
    return UUID(str(sql.value("SELECT login_id FROM people_user WHERE id = %(u)s", {"u": user})))


def test_it_works(northlake: Company) -> None:
    """SESSION-05, AUDIT-01: both end every session by the epoch; each is a Change of the person; a link is one of the operator."""
    epoch = standing(member_of(northlake))["access_epoch"]
    own.change_password(northlake.member, login_of(member_of(northlake)), "an entirely new password", "own")
    own.end_sessions(northlake.member)
    assert standing(member_of(northlake))["access_epoch"] == epoch + 2
    links.sign_in_link(northlake.member.email)
    told = [(c["verb"], c["actor_kind"]) for c in reads.changes(northlake.owner, limit=3)]
    assert told == [(LINK, "operator"), (SESSIONS, "person"), (PASSWORD, "person")]
    assert not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    """Every person may do it with their own; the operator has no password; nobody but the operator makes a link."""
    for name in (PASSWORD, SESSIONS):
        with pytest.raises(Refused) as no:
            plan(northlake.operator, name, {})
        assert no.value.kind == "forbidden"
    for actor in (northlake.owner, northlake.admin, northlake.member):
        with pytest.raises(Refused) as no:
            plan(actor, LINK, {"user": str(member_of(northlake)), "link": str(member_of(northlake)), "status": "active"})
        assert no.value.kind == "forbidden"


def test_another_account_s_people_keep_their_sessions(northlake: Company, southport: Company) -> None:
    """AUDIT-07: and no hash of the new password stands in the journal or in the mail that tells of it."""
    before = standing(member_of(southport))
    own.change_password(northlake.member, login_of(member_of(northlake)), "an entirely new password", "own")
    assert standing(member_of(southport)) == before
    stored = sql.value("SELECT password FROM people_login WHERE id = %(l)s", {"l": login_of(member_of(northlake))})
    told = str(
        sql.rows(
            "SELECT params, before, after FROM journal_change c JOIN journal_effect e ON e.change_id = c.id WHERE verb = %(v)s",
            {"v": PASSWORD},
        )
    )
    told += str(sql.rows("SELECT params FROM mail_message"))
    assert stored not in told and "entirely new" not in told


def test_wrong_parameters_do_nothing(northlake: Company) -> None:
    """Somebody who is not active any more changes nothing, and none of the three can be undone."""
    sql.execute("UPDATE people_standing SET status = 'inactive', license = NULL WHERE user_id = %(u)s", {"u": member_of(northlake)})
    with pytest.raises(Refused) as no:
        own.end_sessions(northlake.member)
    assert no.value.kind == "conflict"
    own.end_sessions(actor_of(northlake.admin.user_id or UUID(int=0)))
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.owner, reads.changes(northlake.owner, limit=1)[0]["number"])
    assert no.value.code == "not_undoable"
