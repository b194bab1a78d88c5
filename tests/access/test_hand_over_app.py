"""access.hand_over_app: an app goes on when who created it leaves, with the rights of somebody else who manages apps (issue 6)."""

from uuid import UUID

import pytest

from tests.people_of import Company, actor_of, breaches, do, one
from usher.access import api_apps, app_handing, tokens
from usher.core import sql
from usher.core.actor import Actor
from usher.core.ids import short, uuid7
from usher.core.refusals import Refused
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db
NAME = "access.hand_over_app"


def made(actor: Actor) -> tuple[UUID, str]:
    app, secret = api_apps.make(actor, "HR sync", "all", f"test:{uuid7()}")
    assert secret is not None
    return app, secret


def token_of(app: UUID, secret: str) -> str:
    client = tokens.client(short(app), secret, "192.0.2.9")
    assert client is not None
    return tokens.issue(client)[0]


def refused(actor: Actor, app: UUID, to: object) -> str:
    with pytest.raises(Refused) as no:
        plan(actor, NAME, {"app": app, "to": str(to)})
    return f"{no.value.kind} {no.value.code}"


def test_it_works(northlake: Company) -> None:
    """The secret stays good, tokens given for the rights of the one before end, and the next ones are the new holder's; both names are journaled."""
    app, secret = made(northlake.owner)
    before = token_of(app, secret)
    started = do(northlake.owner, NAME, {"app": app, "to": northlake.admin.email})
    assert tokens.holder(before) is None
    held = tokens.holder(token_of(app, secret))
    assert held is not None and held.actor.user_id == northlake.admin.user_id
    told = sql.row('SELECT before, "after" FROM journal_effect WHERE change_id = %(c)s', {"c": started.change_id})
    assert told is not None and (told["before"]["creator"], told["after"]["creator"]) == (northlake.owner.name, northlake.admin.name)
    assert api_apps.app(northlake.owner, app)["creator_id"] == northlake.admin.user_id and not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    """AUTHZ-04, AUTHZ-20: not by a member; not the app of somebody else who is here; and not to the owner, who may more."""
    owners, admins = made(northlake.owner)[0], made(northlake.admin)[0]
    assert refused(northlake.member, admins, northlake.admin.user_id) == "forbidden privilege"
    assert refused(northlake.admin, owners, northlake.admin.user_id) == "forbidden anothers_app"
    assert refused(northlake.admin, admins, northlake.owner.user_id) == "forbidden more_than_own"
    assert [p["id"] for p in app_handing.who_may_take(northlake.admin, northlake.admin.user_id)] == []  # type: ignore[arg-type]


def test_another_account(northlake: Company, southport: Company) -> None:
    """TENANT-03, TENANT-05: neither the app nor the person exists."""
    app, theirs = made(northlake.owner)[0], made(southport.owner)[0]
    assert refused(northlake.owner, theirs, northlake.admin.user_id) == "missing not_found"
    for to in (southport.admin.user_id, southport.admin.email):
        assert refused(northlake.owner, app, to) == "invalid no_heir"


def test_wrong_parameters(northlake: Company) -> None:
    """Nobody, somebody pending, and a member, who manages no apps; to whom it belongs already nothing is done."""
    app = made(northlake.owner)[0]
    for to in ("", "x", "\x00", northlake.pending, northlake.member.user_id, uuid7()):
        assert refused(northlake.owner, app, to) == "invalid no_heir"
    assert do(northlake.owner, NAME, {"app": app, "to": str(northlake.owner.user_id)}).state == "unchanged"


def test_the_app_of_a_leaver_can_be_taken(northlake: Company) -> None:
    """F14: it stops with them at once, and goes on for whoever manages apps and takes it, with their own rights."""
    assert northlake.admin.user_id and northlake.member.user_id
    app, secret = made(northlake.admin)
    do(northlake.owner, "access.set_role", {"role": "admin", "subjects": one(northlake.member.user_id)})
    second = actor_of(northlake.member.user_id)
    assert refused(second, app, second.user_id) == "forbidden anothers_app"
    do(northlake.owner, "access.set_role", {"role": "member", "subjects": one(northlake.admin.user_id)})
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(northlake.admin.user_id)})
    assert tokens.client(short(app), secret, "192.0.2.9") is None
    do(second, NAME, {"app": app, "to": str(second.user_id)})
    held = tokens.holder(token_of(app, secret))
    assert held is not None and held.actor.user_id == second.user_id
