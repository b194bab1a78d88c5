"""What somebody typed for a group or a manager: found in any spelling, or refused with the closest."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.people_of import Company, accept_invitation, do, invite
from usher.access import api_apps
from usher.access.owner_transfer import person_meant
from usher.content.verbs.hand_over import checked_heir
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.people import by_id, named, reads
from usher.people.groups import people_at

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
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


SPELLINGS = ("ann@bücher.example", " ANN@BÜCHER.example", "ann@xn--bcher-kva.example")
WAYS: dict[str, Callable[[Actor, str], Any]] = {
    "a manager": lambda actor, text: named.manager_named(actor, text),
    "a person": lambda actor, text: reads.person_by_address(actor, text)["id"],
    "an heir of content": lambda actor, text: checked_heir(actor, text)["heir"],
    "a new owner": lambda actor, text: person_meant(actor, text)["id"],
    "whose app it is": lambda actor, text: api_apps.creator_by_address(actor, text),
    "people of a group": lambda actor, text: people_at(actor, [text])[0],
    "a program's path": lambda actor, text: by_id.one(actor, text)["id"],
}


@pytest.fixture(scope="module")
def ann(northlake: Company) -> UUID:
    (ann,) = invite(northlake.owner, "ann@bücher.example")
    accept_invitation(ann)
    return ann


@pytest.mark.parametrize("way", WAYS)
def test_an_address_in_any_spelling(northlake: Company, ann: UUID, way: str) -> None:
    """MAIL-04: wherever somebody is named by their address, whoever types it as it is written on their card finds them."""
    assert [str(WAYS[way](northlake.owner, spelled)) for spelled in SPELLINGS] == [str(ann)] * 3


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("typed", ["a\x00", "nobody@x.test\x00", "@"])
def test_what_is_no_address_is_refused(northlake: Company, ann: UUID, way: str, typed: str) -> None:
    """P10, DOS-08: in words, and not by the database."""
    with pytest.raises(Refused):
        WAYS[way](northlake.owner, typed)
