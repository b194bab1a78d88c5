"""Webhooks: what is told of what was done, to whom, how often and in which order (S4-33, README 9, F16–F19)."""

from uuid import UUID

import pytest

from tests.connections.hooks import confirmed, deliveries, told
from tests.people_of import Company, breaches, do, one
from tests.receiver import Receiver

pytestmark = pytest.mark.django_db


def test_it_works(northlake: Company, app: UUID, receiver: Receiver) -> None:
    """An event per person, signed, with who did it; nothing waits afterwards."""
    hook = confirmed(northlake.owner, app, receiver)
    do(northlake.admin, "lifecycle.deactivate", {"subjects": one(northlake.member.user_id or "")})
    told()
    (came,) = receiver.came
    assert came.event == "user.deactivated" and receiver.signed(came)
    payload = came.told["payload"]
    assert payload["operator"] == f"admin@{northlake.domain}" and payload["object"]["email"] == f"member@{northlake.domain}"
    assert [d["state"] for d in deliveries(hook)] == ["delivered"] and breaches() == []
