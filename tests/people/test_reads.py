"""Reading people: lists by keyset, search, export; nobody of another account in any of them."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.people_of import LICENSED, Company, do, invite, one
from usher.core import keyset
from usher.core.refusals import Refused
from usher.people import reads
from usher.people.filters import FILTERS

pytestmark = pytest.mark.django_db
ODD = ["\x00", "%", "_", "\\", "'", '"', "100%_x", "a\x00b", "(", "\ud83d\ude00", "х", " ", "null", "x" * 10_000]


def emails(company: Company, query: dict[str, Any] | None = None, **how: Any) -> list[str]:
    return [p["email"] for p in reads.page(company.owner, query or {}, **how).rows]


def test_a_list_is_of_one_account(northlake: Company, southport: Company) -> None:
    """TENANT-10: whatever is searched for, nobody of the other account comes up."""
    for query in ({}, {"q": "southport"}, {"q": southport.owner.email}, {"role": ["owner"]}, {"status": ["active", "pending"]}):
        assert not set(emails(northlake, query)) & set(emails(southport))
    for lookup in (
        lambda: reads.person(northlake.owner, southport.pending),
        lambda: reads.person_by_address(northlake.owner, southport.owner.email),
        lambda: reads.person(northlake.owner, uuid4()),
    ):
        with pytest.raises(Refused) as no:
            lookup()
        assert no.value.words == "This person is not here. It may have been removed.", "what is foreign and what is not there look the same"


def test_without_the_privilege(northlake: Company) -> None:
    """S0-5"""
    with pytest.raises(Refused):
        reads.page(northlake.member, {})
    with pytest.raises(Refused):
        list(reads.export(northlake.member, {}))


@pytest.mark.parametrize("sort", [*(f"{way}{s.key}" for s in reads.SORTS for way in ("", "-")), "nonsense", "'; --"])
def test_pages_meet_without_a_gap(northlake: Company, sort: str) -> None:
    """Forwards and backwards by keyset: everybody once, in the same order both ways."""
    invite(northlake.owner, *[f"k{i:02}@page.test" for i in range(11)])
    whole = emails(northlake, sort=sort, limit=100)
    there, after = [], None
    while True:
        page = reads.page(northlake.owner, {}, sort=sort, after=after, limit=4)
        there.append([p["email"] for p in page.rows])
        after = page.after
        if after is None:
            break
    assert [e for p in there for e in p] == whole and len(whole) == len(set(whole)) == 15
    back, before = [there[-1]], page.before
    while before:
        page = reads.page(northlake.owner, {}, sort=sort, before=before, limit=4)
        back.insert(0, [p["email"] for p in page.rows])
        before = page.before
    assert [e for p in back for e in p] == whole


def test_a_search_is_paged_as_the_portal_pages_it(northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Matches first, or the nearest of the list first when there are many: the same pages, by the same cursors."""
    invite(northlake.owner, *[f"lark{i:02}@song.test" for i in range(7)])
    for counted in (10_000, 3):
        monkeypatch.setattr(keyset, "COUNT_TO", counted)
        monkeypatch.setattr(keyset, "COUNT_BEGINNING_TO", counted)
        first = reads.page(northlake.owner, {"q": "lark"}, sort="-email", limit=4)
        second = reads.page(northlake.owner, {"q": "lark"}, sort="-email", limit=4, after=first.after)
        assert [p["email"] for p in first.rows + second.rows] == [f"lark{i:02}@song.test" for i in range(6, -1, -1)]
        assert second.after is None and second.before is not None


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "|",
        "a|b",
        "a|" + "0" * 36,
        "x\x00|01a20037-bcd2-70ce-a942-3480806bceb4",
        "not a time|01a20037-bcd2-70ce-a942-3480806bceb4",
        "|" * 5_000,
    ],
)
@pytest.mark.parametrize("sort", ["name", "created", "last_sign_in"])
def test_a_cursor_that_is_none_is_the_first_page(northlake: Company, cursor: str, sort: str) -> None:
    """P10: nothing in an address is a fault."""
    if cursor.startswith("not a time") and sort == "name":
        return
    assert len(emails(northlake, sort=sort, after=cursor)) == 4
    assert len(reads.page(northlake.owner, {}, sort=sort, before=cursor).rows) <= 4


@pytest.mark.parametrize("key", FILTERS)
@pytest.mark.parametrize("value", ODD)
def test_any_filter_value_is_only_a_value(northlake: Company, key: str, value: str) -> None:
    """P10: NUL, percent, quotes and ten thousand characters find nobody or somebody, and are never a fault."""
    for given in (value, [value], [value, value]):
        reads.page(northlake.owner, {key: given})


def test_percent_and_underscore_mean_themselves(northlake: Company) -> None:
    """DOS-13"""
    invite(northlake.owner, "a_b@like.test", "axb@like.test")
    assert emails(northlake, {"q": "a_b"}) == ["a_b@like.test"]
    assert emails(northlake, {"q": "%"}) == []


@pytest.mark.parametrize("search", ["müller", "MÜLLER", "muller", "mu\u0308ller", "zoe mull", "mull zoe"])
def test_a_name_is_found_in_any_spelling(northlake: Company, search: str) -> None:
    """MAIL-14: composed and decomposed, with and without accents, in any order of the words."""
    from usher.core import sql

    sql.execute("UPDATE people_user SET first_name = 'Zoë', last_name = 'Müller' WHERE id = %(u)s", {"u": northlake.pending})
    assert emails(northlake, {"q": search}) == [f"pending@{northlake.domain}"]


def test_filters_find_what_they_say(northlake: Company) -> None:
    """S0-9, S0-47"""
    do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(northlake.member.user_id or UUID(int=0))})
    do(northlake.owner, "licenses.give_add_on", {"add_on": "phone", "subjects": one(northlake.member.user_id or UUID(int=0))})
    only = {"license": LICENSED, "add_on": "phone"}
    for key, value in only.items():
        assert emails(northlake, {key: [value]}) == [northlake.member.email]
    assert emails(northlake, {"role": ["admin"]}) == [northlake.admin.email]
    assert emails(northlake, {"status": ["pending"]}) == [f"pending@{northlake.domain}"]
    assert len(emails(northlake, {"role": ["admin", "owner"]})) == 2
    assert reads.totals(northlake.owner) == {"active": 3, "pending": 1, "inactive": 0}


def test_an_export_is_everybody_who_matches(northlake: Company) -> None:
    """S0-13: by name, with groups and add-ons, and nobody else."""
    do(northlake.owner, "people.create_group", {"kind": "user", "name": "North"})
    invite(northlake.owner, "x@export.test", group="North", add_ons=["phone", "whiteboard"], department="Sales")
    told = {p["email"]: p for p in reads.export(northlake.owner, {})}
    assert len(told) == 5
    line = told["x@export.test"]
    assert (line["user_group"], line["department"], line["add_ons"], line["status"]) == ("North", "Sales", "phone whiteboard", "pending")
    assert [p["email"] for p in reads.export(northlake.owner, {"status": ["pending"]})] == [f"pending@{northlake.domain}", "x@export.test"]


def test_departments_are_walked_not_counted(northlake: Company) -> None:
    for n, department in enumerate(("Sales", "Support", "Sales", "Ärzte")):
        invite(northlake.owner, f"d{n}@dep.test", department=department)
    assert reads.departments(northlake.owner) == sorted(["Sales", "Support", "Ärzte"])
    assert reads.departments(northlake.owner, "Sales") == sorted(["Support", "Ärzte"])
