"""What the clock does account by account: one account for which it cannot be done keeps no other waiting (F29)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.content.items import in_trash, item, make
from tests.people_of import Company, do, one, standing
from usher.content.tasks import empty_trash
from usher.core import clock, sql
from usher.journal.tasks import seal_all, sweep
from usher.lifecycle.tasks import expire_invitations, purge_due
from usher.phone.tasks import keep_up

pytestmark = pytest.mark.django_db
Done = Callable[[], bool]
LATER = timedelta(days=40)


def expiring(company: Company) -> Done:
    """The invitation of somebody pending."""
    return lambda: standing(company.pending)["status"] == "gone"


def purging(company: Company) -> Done:
    """Somebody in the trash."""
    assert company.member.user_id
    do(company.owner, "lifecycle.delete", {"subjects": one(company.member.user_id)})
    return lambda: not sql.value("SELECT true FROM people_user WHERE id = %(u)s", {"u": company.member.user_id})


def emptying(company: Company) -> Done:
    """A note in the trash."""
    (note,) = make(company, item(company.member.user_id, "note"))
    do(company.admin, "content.delete", {"items": {"ids": [str(note)]}})
    return lambda: not in_trash(note)


def following(company: Company) -> Done:
    """A seat of Phone without a phone."""
    assert company.member.user_id
    do(company.owner, "licenses.give_add_on", {"add_on": "phone", "subjects": one(company.member.user_id)})
    return lambda: bool(sql.value("SELECT true FROM phone_user WHERE id = %(u)s", {"u": company.member.user_id}))


def sealing(company: Company) -> Done:
    """Changes without a seal."""
    sealed = "SELECT count(*) FROM journal_seal WHERE account_id = %(a)s"
    before = sql.value(sealed, {"a": company.account})
    do(company.owner, "people.create_group", {"name": "Sealed"})
    return lambda: bool(sql.value(sealed, {"a": company.account}) > before)


CLOCKS = {
    expire_invitations: (expiring, LATER),
    purge_due: (purging, LATER),
    empty_trash: (emptying, LATER),
    keep_up: (following, timedelta()),
    seal_all: (sealing, timedelta()),
    sweep: (sealing, timedelta()),
}
SEALS = (seal_all, sweep)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("strikes", CLOCKS, ids=lambda strikes: getattr(strikes, "__name__", "") or strikes.name)
def test_one_account_keeps_no_other_waiting(
    northlake: Company, southport: Company, strikes: Callable[..., object], first: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """F29: whichever of the two comes first, the other is served; what went wrong is written down, and done when it is over."""
    prepare, after = CLOCKS[strikes]
    bad, good = (northlake, southport) if first else (southport, northlake)
    bad_done, good_done = prepare(bad), prepare(good)
    table = "journal_seal" if strikes in SEALS else "journal_change"
    sql.execute("CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poison'; END $$")
    sql.execute(
        f"CREATE TRIGGER poison BEFORE INSERT ON {table} FOR EACH ROW WHEN (NEW.account_id = '{bad.account}') EXECUTE FUNCTION poison()"
    )
    arguments = {"timestamp": 0} if strikes in SEALS else {}
    with clock.travel(clock.now() + after):
        strikes(**arguments)
        assert good_done() and not bad_done() and "poison" in caplog.text
        sql.execute(f"DROP TRIGGER poison ON {table}")
        strikes(**arguments)
    assert bad_done()
