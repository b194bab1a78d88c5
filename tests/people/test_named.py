"""What somebody typed for a group or a manager: found in any spelling, or refused with the closest."""

import pytest

from tests.people_of import Company, do
from usher.core.refusals import Refused
from usher.people import named

pytestmark = pytest.mark.django_db


@pytest.fixture
def groups(northlake: Company) -> None:
    for kind, name in (("user", "Design"), ("user", "Field Service"), ("im", "Nordic")):
        do(northlake.owner, "people.create_im_group" if kind == "im" else "people.create_group", {"name": name})


@pytest.mark.parametrize(
    ("kind", "typed", "closest"),
    [
        ("user", "Desgin", " Closest: Design."),
        ("user", "fieldservice", " Closest: Field Service."),
        ("im", "Nordics", " Closest: Nordic."),
        ("user", "Nordics", ""),
        ("im", "Kitchen", ""),
        ("user", "a\x00b", ""),
        ("user", "�", ""),
    ],
)
def test_the_closest_is_named(northlake: Company, groups: None, kind: str, typed: str, closest: str) -> None:
    """portal.md 14.12: what is, why, what next."""
    with pytest.raises(Refused) as no:
        named.group_named(northlake.owner, kind, typed, "group")
    assert no.value.code == "no_group" and no.value.words.endswith(f"{named.bare(typed)}.{closest}")


def test_in_any_spelling(northlake: Company, groups: None) -> None:
    """MAIL-14."""
    assert named.group_named(northlake.owner, "user", " DESIGN ")["group_name"] == "Design"


def test_another_account_is_not_close(northlake: Company, southport: Company, groups: None) -> None:
    """TENANT-03, TENANT-10: neither its groups nor its people."""
    with pytest.raises(Refused) as no:
        named.group_named(southport.owner, "user", "Desgin")
    assert "Closest" not in no.value.words
    with pytest.raises(Refused) as no:
        named.manager_named(southport.owner, f"admni@{northlake.domain}")
    assert northlake.domain not in no.value.words


def test_the_closest_manager(northlake: Company) -> None:
    assert named.manager_named(northlake.owner, f" ADMIN@{northlake.domain} ") == str(northlake.admin.user_id)
    for typed in (f"admni@{northlake.domain}", f"admin@{northlake.domain}x"):
        with pytest.raises(Refused) as no:
            named.manager_named(northlake.owner, typed)
        assert no.value.words.endswith(f"Closest: admin@{northlake.domain}."), no.value.words
