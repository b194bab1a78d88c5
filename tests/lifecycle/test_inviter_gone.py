"""Invitations of somebody who left: they stop working, and belong to whoever sends them again (INVITE-09)."""

from typing import Any
from uuid import UUID

import pytest

from tests.lifecycle.leavers import somebody
from tests.people_of import Company, accept_invitation, actor_of, do, invite, link_of, one, standing
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import undo
from usher.lifecycle import reads
from usher.lifecycle.accept import accept, look_up

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def gus(northlake: Company) -> UUID:
    """An admin once, who has invited somebody."""
    who = somebody(northlake, "gus")
    do(northlake.owner, "access.set_role", {"role": "admin", "subjects": one(who)})
    invite(actor_of(who), f"guest@{northlake.domain}")
    do(northlake.owner, "access.set_role", {"role": "member", "subjects": one(who)})
    return who


def guest_of(gus: UUID) -> UUID:
    found: UUID = sql.value("SELECT user_id FROM people_invitation WHERE invited_by = %(g)s", {"g": gus})
    return found


@pytest.mark.parametrize("verb", ["lifecycle.deactivate", "lifecycle.unlink", "lifecycle.delete"])
def test_it_is_refused_from_the_next_request_on(northlake: Company, gus: UUID, verb: str) -> None:
    """INVITE-09: looked at and accepted alike; the plan and the Pending list have counted it; undo of the leaving makes it good again."""
    guest = guest_of(gus)
    secret = link_of(guest)
    assert look_up(guest, secret)["email"] == f"guest@{northlake.domain}"
    assert reads.consequences(northlake.owner, one(gus)).invitations == 1
    started = do(northlake.owner, verb, {"subjects": one(gus)})
    for knock in (lambda: look_up(guest, secret), lambda: accept(guest, secret, first_name="", last_name="", password="a river runs past")):
        with pytest.raises(Refused, match="Whoever invited you has left") as no:
            knock()  # type: ignore[no-untyped-call]
        assert (no.value.kind, no.value.code) == ("missing", "inviter_gone")
    assert standing(guest)["status"] == "pending"
    assert reads.invitations_without_sender(northlake.owner) == 1
    assert started.number
    undo.start_undo(northlake.owner, started.number)
    assert look_up(guest, secret)["email"] == f"guest@{northlake.domain}"
    assert reads.invitations_without_sender(northlake.owner) == 0


def test_resend_makes_it_the_resenders(northlake: Company, gus: UUID) -> None:
    guest = guest_of(gus)
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(gus)})
    sql.execute("UPDATE people_invitation SET sent_at = sent_at - interval '1 hour' WHERE user_id = %(u)s", {"u": guest})
    do(northlake.admin, "lifecycle.resend_invitation", {"subjects": one(guest)})
    assert sql.value("SELECT invited_by FROM people_invitation WHERE user_id = %(u)s", {"u": guest}) == northlake.admin.user_id
    accept_invitation(guest)
    assert standing(guest)["status"] == "active"


def test_a_mail_that_waits_is_not_sent(northlake: Company, gus: UUID) -> None:
    """It would lead to a refusal."""
    from usher.lifecycle.mails import invited

    message: dict[str, Any] = {"id": sql.value("SELECT id FROM mail_message WHERE to_user = %(u)s", {"u": guest_of(gus)})}
    assert invited([message])[message["id"]]["alive"]
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(gus)})
    assert not invited([message])[message["id"]]["alive"]


def test_the_operators_invitations_have_no_sender(northlake: Company, gus: UUID) -> None:
    """An invitation by the operator stays good whoever leaves; another account's leavers do not count."""
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(gus)})
    assert look_up(northlake.pending, link_of(northlake.pending))["email"] == f"pending@{northlake.domain}"
