"""A role that covers a part of the account, whatever that part is: what every read answers with and every verb touches (AUTHZ-11)."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.access.test_scope import crowd, desk, put, scoped, sites
from tests.people_of import Company, do, one
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal.plan import params_of
from usher.journal.verb import VERBS, plan
from usher.people import find, person, reads
from usher.people.named import manager_named
from usher.people.of_people import OfPeople

__all__ = ["crowd", "desk", "sites"]
pytestmark = pytest.mark.django_db
DEPARTMENTS = ("Sales", "Support", "")
WANTS = {
    "license": ("licenses.change_license",),
    "add_on": ("licenses.give_add_on", "licenses.take_add_on"),
    "department": ("people.set_department",),
    "day": ("lifecycle.schedule",),
}


@pytest.fixture(scope="module")
def groups(northlake: Company) -> list[str]:
    for name in ("Red", "Blue"):
        do(northlake.owner, "people.create_group", {"kind": "user", "name": name})
    found = sql.rows("SELECT id::text FROM people_group WHERE account_id = %(a)s ORDER BY name_key", {"a": northlake.account})
    return [f["id"] for f in found]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from(DEPARTMENTS), min_size=6, max_size=6),
    st.sets(st.integers(0, 5)),
    st.sampled_from(["Sales", "Support", "Red", "Blue", "Oslo", "Voss"]),
)
def test_no_read_and_no_verb_goes_outside(
    northlake: Company,
    desk: str,
    crowd: list[UUID],
    groups: list[str],
    sites: dict[str, str],
    departments: list[str],
    red: set[int],
    wanted: str,
) -> None:
    """AUTHZ-11, TENANT-03: whatever the departments, groups and sites are, every read answers with, and every verb touches, whom the scope covers."""
    put(northlake, crowd, departments)
    for group, members in ((groups[1], red), (groups[0], set(range(6)) - red)):
        do(northlake.owner, "people.add_to_group", {"group": group, "subjects": one(*crowd)}) if not members else None
        sql.execute("DELETE FROM people_membership WHERE group_id = %(g)s", {"g": group})
        for nth in members:
            do(northlake.owner, "people.add_to_group", {"group": group, "subjects": one(crowd[nth])})
    for site, there in (("Oslo", red), ("Voss", set(range(6)) - red)):
        do(northlake.owner, "people.set_site", {"site": sites[site], "subjects": one(*(crowd[n] for n in there))}) if there else None
    by_group = {name: members for names, members in ((("Red", "Oslo"), red), (("Blue", "Voss"), set(range(6)) - red)) for name in names}
    expected = {crowd[n] for n in (by_group.get(wanted) if wanted in by_group else [n for n in range(6) if departments[n] == wanted])}  # type: ignore[union-attr]
    covers = {"Red": ("group", groups[1]), "Blue": ("group", groups[0]), "Oslo": ("site", "Oslo"), "Voss": ("site", "Voss")}
    me = scoped(northlake, desk, *covers.get(wanted, ("department", wanted)))
    everybody = set(crowd) | {northlake.owner.user_id, northlake.admin.user_id, northlake.pending, northlake.member.user_id}
    assert {r["id"] for r in reads.page(me, {}).rows} & set(crowd) == expected
    assert {r["id"] for r in reads.page(me, {"q": "zork"}).rows} == expected
    assert {r["email"] for r in reads.export(me, {"q": "zork"})} == {f"zork{crowd.index(e)}@{northlake.domain}" for e in expected}
    assert {f["id"] for f in find.find(me, "zork") if f["kind"] == "person"} <= expected
    assert {f["id"] for f in person.close_names(me, "zork")} == expected
    assert {f["id"] for f in find.similar(me, "zorkk")} <= expected
    assert sum(find.elsewhere(me, {"q": "zork"}).values()) == len(expected)
    for user in (u for u in everybody - expected if u):
        for read in (reads.person, person.person):
            with pytest.raises(Refused) as no:
                read(me, user)
            assert no.value.kind == "missing"
        with pytest.raises(Refused):
            manager_named(me, str(user))
    planned_verbs = 0
    for name, verb in VERBS.items():
        if isinstance(verb, OfPeople) and me.may(verb.privilege):
            wish: dict[str, Any] = {
                "license": "meetings:basic",
                "add_on": "phone",
                "department": wanted if wanted not in by_group else "Sales",
                "day": "2030-01-01",
            }
            try:
                planned = plan(
                    me, name, {k: v for k, v in wish.items() if name in WANTS.get(k, ())} | {"subjects": {"query": {}, "except": []}}
                )
            except Refused as refused:
                assert refused.kind in ("forbidden", "invalid"), name
                continue
            planned_verbs += 1
            for _phase, part, _nth in planned.phases():
                rows = sql.rows(f"SELECT DISTINCT coalesce(after->>'user', before->>'user', obj::text) AS who FROM ({planned.select(part)}) r", params_of(planned, 0, now=None, change=None))  # fmt: skip
                assert {r["who"] for r in rows} & {str(u) for u in everybody} <= {str(u) for u in expected}, name
    assert planned_verbs > 8
