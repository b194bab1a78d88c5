"""The companies of every folder; and for races one that is emptied after each test, with a connection for every thread."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.companies import CHEAP, brought_back, committed, northlake, southport

if TYPE_CHECKING:
    from tests.people_of import Company

__all__ = ["committed", "northlake", "southport"]


@pytest.fixture
def many_connections(transactional_db: None) -> Iterator[None]:
    from django.test import override_settings

    from tests.threads import wide_pool

    with wide_pool(), override_settings(PASSWORD_HASHERS=CHEAP):
        yield


@pytest.fixture
def company(kept_companies: "dict[str, tuple[Company, str]]", many_connections: None) -> "Company":
    return brought_back(kept_companies["Northlake"])
