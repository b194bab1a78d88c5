"""Signing somebody in without the form: what a test of another page needs before it begins."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.test import Client


def signed_in(user: UUID | None, **headers: Any) -> Client:
    """A browser in which this person is signed in, with a session as a sign-in makes it."""
    from usher.access.actors import remember
    from usher.access.way_in import by_user

    assert user is not None
    person = by_user(user)
    assert person is not None and person.epoch is not None
    client = Client(**headers)
    session = client.session
    remember(SimpleNamespace(session=session, META={"REMOTE_ADDR": "192.0.2.7", "HTTP_USER_AGENT": "Test/1"}), user, person.epoch)  # type: ignore[arg-type]
    session.save()
    return client
