"""A role that covers a part of the account: nobody outside is read or touched, whoever asks how (AUTHZ-10, AUTHZ-11)."""

from io import BytesIO
from typing import Any
from uuid import UUID

import pytest

from tests.people_of import Company, actor_of, do, invite, one, outcome
from usher.access.effective import effective, holders_of
from usher.access.roles import OF_PEOPLE
from usher.accounts import places
from usher.core import sql
from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.core.refusals import Refused
from usher.journal import reads as journal
from usher.journal import undo
from usher.journal.plan import preview
from usher.journal.verb import plan
from usher.lifecycle import staging
from usher.people import kept, reads, selection

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def desk(northlake: Company) -> str:
    """A role with every right an account-wide one could have, held by the member; each test says whom it covers."""
    rights = [
        "people:user:manage",
        "journal:change:view",
        "content:item:manage",
        "people:group:manage",
        "access:role:manage",
        "accounts:settings:manage",
    ]
    do(northlake.owner, "access.create_role", {"name": "Desk", "privileges": rights})
    return str(sql.value("SELECT key FROM access_role WHERE account_id = %(a)s", {"a": northlake.account}))


@pytest.fixture(scope="module")
def crowd(northlake: Company) -> list[UUID]:
    """Six people who are invited: zork0 … zork5."""
    return invite(northlake.owner, *[f"zork{n}@{northlake.domain}" for n in range(6)])


@pytest.fixture(scope="module")
def sites(northlake: Company) -> dict[str, str]:
    for name in ("Oslo", "Voss"):
        do(northlake.owner, "accounts.create_site", {"name": name})
    return {s["name"]: str(s["id"]) for s in places.sites(northlake.owner)}


def scoped(company: Company, role: str, kind: str, *values: str) -> Actor:
    """The member, with the role for these departments, groups or sites."""
    assert company.member.user_id
    do(
        company.owner,
        "access.set_role",
        {"role": role, "subjects": one(company.member.user_id), "scope": {"kind": kind, "values": list(values)}},
    )
    return actor_of(company.member.user_id)


def put(company: Company, crowd: list[UUID], departments: list[str]) -> None:
    for user, department in zip(crowd, departments, strict=True):
        do(company.owner, "people.set_department", {"department": department, "subjects": one(user)})


def test_what_rests_while_there_is_a_scope(northlake: Company, desk: str) -> None:
    """A right that is about the whole account is not there for a part of it, and the verbs say so too."""
    me = scoped(northlake, desk, "department", "Sales")
    assert me.privileges <= OF_PEOPLE and me.may("people:user:manage")
    for verb in ("access.set_role", "people.create_group", "content.delete", "accounts.change_settings"):
        with pytest.raises(Refused) as no:
            plan(me, verb, {"role": "member", "subjects": one(northlake.admin.user_id or "")})
        assert no.value.kind == "forbidden"
    with pytest.raises(Refused) as adding:
        plan(me, "lifecycle.invite", {"stage": str(uuid7())})
    assert (adding.value.kind, adding.value.code) == ("forbidden", "scope")


@pytest.mark.parametrize("scope", [{"kind": "site", "values": ["x"]}, {"kind": "department", "values": []}, {"kind": "department", "values": "Sales"}, "all", {"kind": "group", "values": ["nobody"]}, {"kind": "department", "values": [""]}])  # fmt: skip
def test_wrong_scopes(northlake: Company, desk: str, scope: Any) -> None:
    """MASS-08; a site that is not there is none."""
    with pytest.raises(Refused) as no:
        plan(northlake.owner, "access.set_role", {"role": desk, "scope": scope, "subjects": one(northlake.member.user_id or "")})
    assert no.value.kind == "invalid"


def test_a_system_role_is_about_everybody(northlake: Company) -> None:
    with pytest.raises(Refused) as no:
        plan(northlake.owner, "access.set_role", {"role": "admin", "scope": {"kind": "department", "values": ["Sales"]}, "subjects": one(northlake.member.user_id or "")})  # fmt: skip
    assert no.value.field == "scope"


def test_another_account_s_group_or_site_is_no_scope(northlake: Company, southport: Company, desk: str) -> None:
    """TENANT-03"""
    do(southport.owner, "accounts.create_site", {"name": "Lagos"})
    for site in ("Lagos", str(places.sites(southport.owner)[0]["id"])):
        with pytest.raises(Refused) as none:
            scoped(northlake, desk, "site", site)
        assert none.value.code == "no_site"
    do(southport.owner, "people.create_group", {"kind": "user", "name": "Theirs"})
    group = sql.value("SELECT id::text FROM people_group WHERE account_id = %(a)s", {"a": southport.account})
    with pytest.raises(Refused) as no:
        scoped(northlake, desk, "group", group)
    assert no.value.code == "no_group"


def test_nobody_is_moved_in_or_out(northlake: Company, desk: str, crowd: list[UUID]) -> None:
    """AUTHZ-11: moving somebody needs a role that covers both sides; who is outside cannot be pulled in."""
    put(northlake, crowd, ["Sales", "Sales", "Support", "Support", "", ""])
    me = scoped(northlake, desk, "department", "Sales")
    for verb, params in (
        ("people.set_department", {"department": "Support"}),
        ("people.edit_profile", {"fields": {"department": "Support"}}),
    ):
        with pytest.raises(Refused) as no:
            do(me, verb, {**params, "subjects": one(crowd[0])})
        assert (no.value.kind, no.value.code) == ("forbidden", "scope")
    assert do(me, "people.set_department", {"department": "Sales", "subjects": one(crowd[2])}).change_id is None
    done = do(me, "people.set_department", {"department": "Sales", "subjects": one(*crowd)})
    assert done.state == "unchanged"  # the two of Sales are there already, nobody else exists


def test_a_bulk_change_with_foreign_ids_touches_its_own(northlake: Company, desk: str, crowd: list[UUID]) -> None:
    """AUTHZ-10: every id is asked, however they are named: by hand, kept, by a query, by a file."""
    put(northlake, crowd, ["Sales", "Sales", "Support", "Support", "", ""])
    me = scoped(northlake, desk, "department", "Sales")
    kept_ids = kept.keep(me, crowd)
    chosen: list[dict[str, Any]] = [
        one(*crowd),
        {"kept": str(kept_ids)},
        {"query": {}, "except": []},
        {"query": {"q": "zork"}, "except": []},
    ]
    for subjects in chosen:
        told = selection.checked(me, {**subjects, "within": str(northlake.owner.user_id)})  # nobody can say whose scope it is
        found = sql.rows(selection.sql_of(told), {"account": me.account_id, "actor": me.user_id, **selection.params_of(told)})
        assert {f["id"] for f in found} & set(crowd) == set(crowd[:2])
    told_of = outcome(northlake.owner, do(me, "licenses.change_license", {"license": "meetings:licensed", "subjects": one(*crowd)}))
    assert (told_of.done, told_of.skipped) == (2, 0)


def test_a_scope_that_changed_counts_at_once(northlake: Company, desk: str, crowd: list[UUID]) -> None:
    """Also for a plan that was made before, and for an undo of what one did oneself."""
    put(northlake, crowd, ["Sales", "Sales", "Support", "Support", "", ""])
    me = scoped(northlake, desk, "department", "Sales")
    planned = plan(me, "lifecycle.withdraw_invitation", {"subjects": one(*crowd)})
    assert preview(planned).will == 2
    done = do(me, "people.edit_profile", {"fields": {"job_title": "Clerk"}, "subjects": one(crowd[0])})
    me = scoped(northlake, desk, "department", "Support")
    assert preview(planned).will == 2 and preview(planned).skipped() == {}
    found = sql.rows(selection.sql_of(planned.params["subjects"]), {"account": me.account_id, "actor": me.user_id, **selection.params_of(planned.params["subjects"])})  # fmt: skip
    assert {f["id"] for f in found} == set(crowd[2:4])
    with pytest.raises(Refused) as no:
        undo.start_undo(me, done.number or 0)
    assert (no.value.kind, no.value.code) == ("forbidden", "scope")


def test_a_role_for_a_site(northlake: Company, desk: str, crowd: list[UUID], sites: dict[str, str]) -> None:
    """AUTHZ-10, AUTHZ-11: who is there is theirs, asked anew each time; they move nobody to a site; and whose site is gone has nobody."""
    do(northlake.owner, "people.set_site", {"site": "Oslo", "subjects": one(*crowd[:2])})
    me = scoped(northlake, desk, "site", "oslo")
    assert {r["id"] for r in reads.page(me, {}).rows} == set(crowd[:2])
    assert [s["name"] for s in reads.sites(me)] == ["Oslo"]
    with pytest.raises(Refused) as no:
        plan(me, "people.set_site", {"site": "Oslo", "subjects": one(*crowd)})
    assert (no.value.kind, no.value.code) == ("forbidden", "scope")
    _person, rights = effective(northlake.owner, me.user_id or crowd[0])
    assert _person["scope"] == "people at the site Oslo" and any(r.rests == "scope" for r in rights)
    assert [h["scope"] for h in holders_of(northlake.owner, desk)] == ["people at the site Oslo"]
    do(northlake.owner, "people.set_site", {"site": "", "subjects": one(crowd[0])})
    assert {r["id"] for r in reads.page(me, {}).rows} == {crowd[1]}
    do(northlake.owner, "people.set_site", {"site": "", "subjects": one(crowd[1])})
    do(northlake.owner, "accounts.make_main_site", {"site": sites["Voss"]})
    do(northlake.owner, "accounts.delete_sites", {"sites": [sites["Oslo"]]})
    assert reads.page(actor_of(me.user_id or crowd[0]), {}).rows == []


def test_whom_a_role_covers_is_told_by_name(northlake: Company, desk: str, sites: dict[str, str]) -> None:
    """S0-15: the journal keeps the names as they were, and an undo gives back what there was."""
    me = scoped(northlake, desk, "site", "Oslo", "Voss")
    changed = do(northlake.owner, "access.set_role", {"role": "member", "subjects": one(me.user_id or "")})
    (effect,) = sql.rows("SELECT before FROM journal_effect WHERE change_id = %(c)s", {"c": changed.change_id})
    told = effect["before"]["scope"]
    assert (told["kind"], told["names"]) == ("site", ["Oslo", "Voss"])
    undo.start_undo(northlake.owner, changed.number or 0)
    assert me.user_id and me.scope and actor_of(me.user_id).scope == me.scope and me.scope.kind == "site"


def test_of_the_journal_they_see_what_they_did(northlake: Company, desk: str, crowd: list[UUID]) -> None:
    """A change of somebody else does not exist; their own can be read and undone."""
    put(northlake, crowd, ["Sales", "Sales", "Support", "Support", "", ""])
    theirs = do(northlake.owner, "people.edit_profile", {"fields": {"job_title": "Boss"}, "subjects": one(crowd[0])})
    me = scoped(northlake, desk, "department", "Sales")
    mine = do(me, "people.edit_profile", {"fields": {"job_title": "Clerk"}, "subjects": one(crowd[0])})
    assert [c["number"] for c in journal.changes(me) if c["number"] >= (theirs.number or 0) and c["actor_id"] != me.user_id] == []
    assert journal.change(me, mine.number or 0)["id"] == mine.change_id
    with pytest.raises(Refused) as no:
        journal.change(me, theirs.number or 0)
    assert no.value.kind == "missing"
    assert undo.start_undo(me, mine.number or 0).state == "done"


def test_whoever_is_not_a_plain_member_stands_above(northlake: Company, desk: str) -> None:
    """AUTHZ-05: also when the scope covers them."""
    do(northlake.owner, "people.set_department", {"department": "Sales", "subjects": one(northlake.admin.user_id or "")})
    me = scoped(northlake, desk, "department", "Sales")
    with pytest.raises(Refused) as no:
        do(me, "people.edit_profile", {"fields": {"job_title": "x"}, "subjects": one(northlake.admin.user_id or "")})
    assert no.value.code == "higher_rank"


def test_somebody_else_s_file_tells_nothing(northlake: Company, desk: str, crowd: list[UUID]) -> None:
    """AUTHZ-11: in a file of leavers that somebody else gave stand people who do not exist for a part of the account; one's own is read."""
    put(northlake, crowd, ["Sales", "Support", "Support", "Support", "", ""])
    me = scoped(northlake, desk, "department", "Sales")
    lines = f"zork0@{northlake.domain}\nzork1@{northlake.domain}\nnobody@x.test\n".encode()
    for giver, told in ((northlake.owner, {}), (me, {"still_pending": 1, "nobody_here": 2})):
        stage = staging.stage_people_here(giver, BytesIO(lines), "leavers.csv", most=10)
        assert preview(plan(me, "lifecycle.deactivate", {"subjects": {"stage": str(stage.id)}})).skipped() == told
