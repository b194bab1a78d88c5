"""Two ways to a command: `cli` in this process on the test database, `machine` as real processes on a migrated database of their own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.cli.told import Told
from tests.companies import committed, equipped, northlake, southport
from tests.harness import Usher

__all__ = ["committed", "equipped", "northlake", "southport"]


@pytest.fixture
def cli(db: None, northlake: Any) -> Callable[..., Told]:
    """`cli("people", "list")` -> Told: the command with --json, for Northlake."""
    from tests.cli.told import asked

    def call(*arguments: str, data: bytes = b"") -> Told:
        return asked(*arguments, "--account", str(northlake.account), "--json", data=data)

    return call


@pytest.fixture(scope="module")
def machine(server: str) -> Iterator[Usher]:
    """A migrated database, and neither web nor worker."""
    usher = Usher.on(server, {})
    usher.start(web=0, workers=0)
    yield usher
    usher.close()
