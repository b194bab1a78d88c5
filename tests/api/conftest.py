from typing import TYPE_CHECKING

import pytest

from tests.companies import committed, equipped, northlake, southport

if TYPE_CHECKING:
    from tests.api.caller import Caller
    from tests.people_of import Company

__all__ = ["committed", "equipped", "northlake", "southport"]


@pytest.fixture(scope="module")
def api(northlake: "Company") -> "Caller":
    """A program of the owner's that may do everything."""
    from tests.api.caller import caller

    return caller(northlake.owner)
