"""Webhooks of a company, and a receiver they may be sent to."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from tests import receiver as receivers
from tests.companies import committed, northlake, southport
from tests.receiver import Receiver

__all__ = ["committed", "northlake", "southport"]


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """The operator allows this machine, and trusts the receiver's certificate."""
    with receivers.receiving(tmp_path) as (receiver, file):
        monkeypatch.setenv("USHER_OUTBOUND_ALLOW", "127.0.0.0/8,::1/128")
        monkeypatch.setenv("USHER_OUTBOUND_CA", str(file))
        yield receiver


@pytest.fixture
def app(db: None, northlake: "object") -> UUID:
    """An app of Northlake's owner."""
    from tests.connections.hooks import app_of

    return app_of(northlake.owner)  # type: ignore[attr-defined]
