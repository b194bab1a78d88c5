"""The fixtures `northlake` and `southport`: two companies, committed once for a module. A folder's conftest.py takes them in.

A test that also asks for `db` works on them in a transaction that is rolled back; one that does not commits for real, as threads and
other processes need it. Imports stand inside: a conftest is read before Django knows its settings.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.people_of import Company

CHEAP = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="module")
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What the module writes is committed; at its end every table of ours is emptied, which only the superuser can."""
    from django.db import connection
    from django.test import override_settings

    from tests.people_of import empty

    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=CHEAP):
        yield
        connection.close()
        empty()


@pytest.fixture(scope="module")
def northlake(committed: None) -> "Company":
    from tests.people_of import open_company

    return open_company("Northlake")


@pytest.fixture(scope="module")
def southport(committed: None) -> "Company":
    """The other account: nothing in it exists for anybody of Northlake."""
    from tests.people_of import open_company

    return open_company("Southport")
