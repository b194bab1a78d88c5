from collections.abc import Iterator

import pytest

from tests.companies import committed, northlake, southport
from tests.zone import Zone, serving

__all__ = ["committed", "northlake", "southport", "zone"]


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Zone]:
    """The name server that Usher asks; the web is not there."""
    from usher.core import outbound

    def nobody(url: str) -> outbound.Answer:
        raise outbound.NoAnswer("unknown_name")

    monkeypatch.setattr(outbound, "get", nobody)
    with serving() as served:
        monkeypatch.setenv("USHER_DNS", served.address)
        yield served
