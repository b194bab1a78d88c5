"""Out of the trash for good: by hand and by the clock."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.lifecycle.leavers import departure, exists, somebody, with_content
from tests.people_of import Company, breaches, do, one, outcome, standing
from tests.portal.factors_of import set_up_app
from tests.signed_in import signed_in
from usher.access import links
from usher.core import clock, sql
from usher.core.refusals import Refused
from usher.journal import engine, undo
from usher.journal.plan import preview
from usher.journal.verb import plan
from usher.lifecycle.tasks import purge_due

pytestmark = pytest.mark.django_db
PURGE, DELETE = "lifecycle.purge", "lifecycle.delete"


def test_it_works(northlake: Company) -> None:
    """Everything that was theirs is gone: row, content, sessions, links, factors, login; who reported to them has no manager. The journal tells on."""
    ann, ben = somebody(northlake, "ann-purged", "phone"), somebody(northlake, "ben-reports")
    do(northlake.owner, "people.edit_profile", {"subjects": one(ben), "fields": {"manager": str(ann)}})
    set_up_app(signed_in(ann))
    links.send_reset(f"ann-purged@{northlake.domain}")
    with_content(northlake, ann, "Weekly")
    login = sql.value("SELECT login_id FROM people_user WHERE id = %(u)s", {"u": ann})
    do(northlake.admin, DELETE, {"subjects": one(ann)})
    started = do(northlake.admin, PURGE, {"ids": [str(ann)]})
    assert outcome(northlake.owner, started).done == 1
    assert not exists(ann)
    assert sql.value("SELECT manager_id FROM people_user WHERE id = %(u)s", {"u": ben}) is None
    for table, column, key in (
        ("people_standing", "user_id", ann),
        ("content_standing", "owner_id", ann),
        ("access_session", "user_id", ann),
        ("people_signin", "user_id", ann),
        ("mail_message", "to_user", ann),
        ("people_login", "id", login),
        ("access_link", "login_id", login),
        ("mfa_authenticator", "user_id", login),
    ):
        assert not sql.value(f"SELECT true FROM {table} WHERE {column} = %(k)s", {"k": key}), table
    told = sql.value("SELECT before->>'name' FROM journal_effect WHERE change_id = %(c)s AND phase = 2", {"c": started.change_id})
    assert told == f"ann-purged@{northlake.domain}"
    assert breaches() == []


def test_without_the_privilege(northlake: Company) -> None:
    with pytest.raises(Refused) as no:
        do(northlake.member, PURGE, {"all": True})
    assert no.value.kind == "forbidden"


def test_another_account_s_trash_is_not_there(northlake: Company, southport: Company) -> None:
    """TENANT-03: neither by id nor with the whole trash."""
    ann = somebody(southport, "ann-south")
    do(southport.admin, DELETE, {"subjects": one(ann)})
    for params in ({"ids": [str(ann)]}, {"all": True}):
        assert preview(plan(northlake.owner, PURGE, params)).will == 0
        do(northlake.owner, PURGE, params)
    assert exists(ann)


@pytest.mark.parametrize("params", [{}, {"ids": []}, {"ids": ["x"]}, {"until": "2026-01-01T00:00:00+00:00"}])
def test_wrong_parameters(northlake: Company, params: dict[str, object]) -> None:
    """Nobody chosen; and only the clock goes by date."""
    with pytest.raises(Refused):
        plan(northlake.owner, PURGE, params)


def test_only_the_trash_is_emptied(northlake: Company) -> None:
    """The deactivated, the unlinked and the active stay; their content too."""
    ann, ben, eve = (somebody(northlake, f"{n}-stays") for n in ("ann", "ben", "eve"))
    with_content(northlake, ben, "Kept")
    do(northlake.admin, "lifecycle.deactivate", {"subjects": one(ann)})
    do(northlake.admin, "lifecycle.unlink", {"subjects": one(ben)})
    do(northlake.admin, DELETE, {"subjects": one(eve)})
    do(northlake.admin, PURGE, {"all": True})
    assert (exists(ann), exists(ben), exists(eve)) == (True, True, False)
    assert sql.value("SELECT count(*) FROM content_standing WHERE owner_id = %(u)s", {"u": ben}) == 1
    assert breaches() == []


def test_a_login_somebody_else_has_stays(northlake: Company) -> None:
    """R15: the address was free meanwhile and its owner came again; purging the first person leaves the second their way in."""
    ann = somebody(northlake, "ann-again")
    do(northlake.admin, DELETE, {"subjects": one(ann)})
    again = somebody(northlake, "ann-again")
    do(northlake.admin, PURGE, {"ids": [str(ann)]})
    assert not exists(ann)
    assert sql.value("SELECT true FROM people_user u JOIN people_login l ON l.id = u.login_id WHERE u.id = %(u)s", {"u": again})


def test_the_clock_purges_when_the_days_are_over(northlake: Company) -> None:
    """Default 30 days; once, however often the clock strikes in that minute."""
    ann = somebody(northlake, "ann-thirty")
    do(northlake.admin, DELETE, {"subjects": one(ann)})
    with clock.travel(datetime.now(UTC) + timedelta(days=29)):
        assert purge_due() == 0
    with clock.travel(datetime.now(UTC) + timedelta(days=30, hours=1)):
        assert (purge_due(), exists(ann)) == (1, False)
        assert purge_due() == 0
    assert breaches() == []


def test_a_trash_of_no_days_is_emptied_at_once(northlake: Company) -> None:
    """0: deleting is for good."""
    do(northlake.owner, "accounts.change_settings", {"trash_days": 0})
    ann = somebody(northlake, "ann-nodays")
    do(northlake.admin, DELETE, {"subjects": one(ann)})
    with clock.travel(datetime.now(UTC) + timedelta(minutes=1)):
        purge_due()
    assert not exists(ann)


def test_undo_of_a_deletion_says_who_was_purged(northlake: Company) -> None:
    """Nobody is skipped silently: who is gone for good is listed."""
    ann, ben = somebody(northlake, "ann-late"), somebody(northlake, "ben-late")
    started = do(northlake.admin, DELETE, {"subjects": one(ann, ben)})
    do(northlake.admin, PURGE, {"ids": [str(ann)]})
    assert started.number
    undone = undo.start_undo(northlake.admin, started.number)
    assert outcome(northlake.owner, undone).reasons == {"purged": 1}
    assert standing(ben)["status"] == "active"


def test_who_is_being_purged_is_not_restored(northlake: Company) -> None:
    """F02: stopped after the first step, nobody brings them back half; the clock goes on with them."""
    ann = somebody(northlake, "ann-half")
    with_content(northlake, ann, "Half")
    do(northlake.admin, DELETE, {"subjects": one(ann)})
    wish = plan(northlake.admin, "lifecycle.restore", {"ids": [str(ann)]})
    sql.execute("UPDATE lifecycle_departure SET how = 'purging' WHERE user_id = %(u)s", {"u": ann})
    engine.start(wish, "late-restore", digest=preview(wish).digest)
    assert standing(ann)["status"] == "gone"
    with clock.travel(datetime.now(UTC) + timedelta(days=31)):
        purge_due()
    assert not exists(ann)


def test_trash_keeps_its_promise_when_the_number_changes(northlake: Company) -> None:
    """Who was deleted while it said 30 keeps 30 days."""
    ann = somebody(northlake, "ann-promised")
    do(northlake.admin, DELETE, {"subjects": one(ann)})
    before = departure(ann)
    do(northlake.owner, "accounts.change_settings", {"trash_days": 1})
    assert departure(ann) == before
