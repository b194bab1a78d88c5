"""Two companies, each with a recording that has a file: an object for every kind of id that an address can name."""

import io
from typing import TYPE_CHECKING

import pytest

from tests.companies import committed

if TYPE_CHECKING:
    from tests.people_of import Company

__all__ = ["committed", "northlake", "southport"]


def with_a_recording(name: str) -> "Company":
    from tests.content.items import license_all
    from tests.people_of import open_company
    from usher.content.uploading import upload

    company = open_company(name)
    license_all(company)
    upload(company.operator, io.BytesIO(b"film"), "film.mp4", 4, {"owner": str(company.member.user_id), "title": "Film"}, f"film-{name}")
    return company


@pytest.fixture(scope="module")
def northlake(committed: None) -> "Company":
    return with_a_recording("Northlake")


@pytest.fixture(scope="module")
def southport(committed: None) -> "Company":
    return with_a_recording("Southport")
