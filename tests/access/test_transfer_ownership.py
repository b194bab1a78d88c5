"""access.transfer_ownership: the operator hands the account to somebody active; there is never a moment without an owner."""

from uuid import UUID

import pytest

from tests.people_of import Company, actor_of, breaches, do, invite, open_company, outcome, standing
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import engine, undo
from usher.journal.plan import preview
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db
NAME = "access.transfer_ownership"


def roles_of(company: Company) -> dict[str, str]:
    assert company.owner.user_id and company.admin.user_id and company.member.user_id
    people = {"owner": company.owner.user_id, "admin": company.admin.user_id, "member": company.member.user_id}
    return {name: standing(user)["role"] for name, user in people.items()}


def refused(company: Company, to: object, actor: object = None) -> str:
    with pytest.raises(Refused) as no:
        do(actor or company.operator, NAME, {"to": str(to)})  # type: ignore[arg-type]
    return f"{no.value.kind} {no.value.code}"


def test_it_works(northlake: Company) -> None:
    """behaviour.md I, KB-OWNER: one Change with two effects, a mail to each, both signed in as before with other rights."""
    started = do(northlake.operator, NAME, {"to": northlake.admin.email})
    assert roles_of(northlake) == {"owner": "admin", "admin": "owner", "member": "member"}
    effects = sql.value("SELECT count(*) FROM journal_effect WHERE change_id = %(c)s AND result = 'done'", {"c": started.change_id})
    assert (effects, outcome(northlake.operator, started).done) == (2, 1)
    mails = sql.rows("SELECT kind, to_user FROM mail_message WHERE kind LIKE 'ownership%%' ORDER BY kind")
    assert [(m["kind"], m["to_user"]) for m in mails] == [
        ("ownership_given", northlake.owner.user_id),
        ("ownership_received", northlake.admin.user_id),
    ]
    assert northlake.owner.user_id and northlake.admin.user_id
    assert not actor_of(northlake.owner.user_id).may("access:owner:manage")
    assert actor_of(northlake.admin.user_id).may("access:owner:manage")
    assert not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    """AUTHZ-02: neither an admin nor a member hands it to anybody; nor does the owner, who asks."""
    for actor in (northlake.admin, northlake.member):
        assert refused(northlake, northlake.admin.user_id, actor) == "forbidden privilege"
    assert refused(northlake, northlake.admin.user_id, northlake.owner) == "forbidden ask_first"
    assert roles_of(northlake)["owner"] == "owner"


def test_another_account_s_people_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03"""
    for to in (southport.admin.user_id, southport.admin.email):
        assert refused(northlake, to) == "invalid no_new_owner"


def test_wrong_parameters(northlake: Company) -> None:
    """Nobody pending, nobody deactivated, not the owner again."""
    assert refused(northlake, "") == "invalid no_new_owner"
    assert refused(northlake, northlake.pending).endswith("not_active")
    started = do(northlake.operator, NAME, {"to": str(northlake.owner.user_id)}, key="self")
    assert started.state == "unchanged"
    assert roles_of(northlake) == {"owner": "owner", "admin": "admin", "member": "member"}


def test_the_plan_writes_nothing_and_a_changed_world_is_told(northlake: Company) -> None:
    """Somebody who is not active any more when it starts: nothing is done, and the owner stays."""
    planned = plan(northlake.operator, NAME, {"to": str(northlake.member.user_id)})
    digest = preview(planned).digest
    assert roles_of(northlake)["owner"] == "owner"
    do(northlake.owner, "lifecycle.deactivate", {"subjects": {"ids": [str(northlake.member.user_id)]}})
    with pytest.raises(Refused) as no:
        engine.start(planned, "late", digest=digest)
    assert no.value.code == "stale"
    assert roles_of(northlake)["owner"] == "owner"


def test_it_is_not_undone_from_the_journal(northlake: Company) -> None:
    """What an admin may not do, an admin does not undo."""
    started = do(northlake.operator, NAME, {"to": str(northlake.admin.user_id)})
    assert started.number and northlake.owner.user_id
    with pytest.raises(Refused) as no:
        undo.start_undo(actor_of(northlake.owner.user_id), started.number)
    assert no.value.code == "not_undoable"


def test_the_operator_when_the_owner_is_gone(northlake: Company) -> None:
    """KB-OWNER: to anybody active; an owner who never came in is a member then, and the link to set the account up stays an invitation."""
    do(northlake.operator, NAME, {"to": northlake.member.email})
    assert roles_of(northlake) == {"owner": "admin", "admin": "admin", "member": "owner"}
    assert refused(northlake, northlake.pending, northlake.operator).endswith("not_active")
    assert not breaches()


def test_an_owner_who_never_came_in(committed: None) -> None:
    company = open_company("Lateowner")
    sql.execute("UPDATE people_standing SET role = 'admin' WHERE user_id = %(u)s", {"u": company.owner.user_id})
    waiting = invite(company.operator, f"late@{company.domain}")[0]
    sql.execute("UPDATE people_standing SET role = 'owner' WHERE user_id = %(u)s", {"u": waiting})
    do(company.operator, NAME, {"to": company.admin.email})
    assert (standing(waiting)["role"], standing(waiting)["status"]) == ("member", "pending")
    assert company.admin.user_id and standing(company.admin.user_id)["role"] == "owner"
    assert not breaches()


def test_an_account_without_an_owner_gets_one(committed: None) -> None:
    """Should it ever be lost, the operator's command brings it back."""
    company = open_company("Ownerless")
    sql.execute("UPDATE people_standing SET role = 'member' WHERE user_id = %(u)s", {"u": company.owner.user_id})
    assert any(name == "I4-owner" for name, _ in breaches())
    do(company.operator, NAME, {"to": company.admin.email})
    assert isinstance(company.admin.user_id, UUID) and standing(company.admin.user_id)["role"] == "owner"
    assert not breaches()
