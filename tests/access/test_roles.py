"""access.create_role, access.edit_role, access.delete_role, and giving them: custom roles of an account (S0-15)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from tests.people_of import Company, actor_of, breaches, do, invite, one, open_company, standing
from usher.access.roles import names_of, people_to_ask, role, roles
from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db
CREATE, EDIT, DELETE, GIVE = "access.create_role", "access.edit_role", "access.delete_role", "access.set_role"
DESK = ["people:user:manage"]


def create(actor: Actor, name: str, privileges: list[str], **more: Any) -> str:
    """The key of a new role."""
    assert do(actor, CREATE, {"name": name, "privileges": privileges, **more}).number
    return str(sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND name = %(n)s", {"a": actor.account_id, "n": name}))


def give(actor: Actor, key: str, *users: UUID | None, **more: Any) -> Any:
    return do(actor, GIVE, {"role": key, "subjects": one(*[u or "" for u in users]), **more})


def test_it_works(northlake: Company) -> None:
    """S0-15: the owner makes a role, gives it, and who has it may what it says and nothing else; manage includes view."""
    key = create(northlake.owner, "Help desk", DESK, description="First line")
    give(northlake.owner, key, northlake.member.user_id)
    holder = actor_of(northlake.member.user_id or UUID(int=0))
    assert holder.privileges == {"people:user:manage", "people:user:view"}
    assert (holder.role, holder.role_name) == (key, "Help desk")
    found = role(northlake.owner, key)
    assert (found.name, found.description, found.holders, found.is_custom) == ("Help desk", "First line", 1, True)
    assert [r.key for r in roles(northlake.owner)] == ["owner", "admin", "member", key]
    assert names_of(northlake.account)[key] == "Help desk"
    give(northlake.owner, "member", northlake.member.user_id)
    assert not actor_of(northlake.member.user_id or UUID(int=0)).privileges
    assert not breaches()


@pytest.mark.parametrize("verb", [CREATE, EDIT, DELETE, GIVE])
def test_without_the_privilege(northlake: Company, verb: str) -> None:
    """AUTHZ-20: a member makes, changes, deletes and gives no role."""
    key = create(northlake.owner, "Help desk", DESK)
    with pytest.raises(Refused) as no:
        do(northlake.member, verb, {"role": key, "name": "Mine", "privileges": [], "subjects": one(northlake.member.user_id or "")})
    assert (no.value.kind, no.value.code) == ("forbidden", "privilege")


def test_another_account_s_role_does_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03: not to look at, to change, to delete or to give."""
    key = create(southport.owner, "Theirs", DESK)
    for verb, more in ((EDIT, {"name": "Ours"}), (DELETE, {}), (GIVE, {"subjects": one(northlake.member.user_id or "")})):
        with pytest.raises(Refused) as no:
            do(northlake.owner, verb, {"role": key, **more})
        assert (no.value.kind, no.value.code) == ("invalid", "unknown_role")
    with pytest.raises(Refused) as missing:
        role(northlake.owner, key)
    assert missing.value.kind == "missing"
    assert key not in names_of(northlake.account)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 65},
        {"name": "a\nb"},
        {"name": "ADMIN"},
        {"name": ["Help"]},
        {"privileges": "people:user:view"},
        {"privileges": ["access:admin:manage"]},
        {"privileges": ["people:user:root"]},
        {"privileges": [True]},
        {"most": 0},
        {"most": "5"},
        {"most": True},
        {"description": "x" * 256},
    ],
)
def test_wrong_parameters(northlake: Company, wrong: dict[str, Any]) -> None:
    """MASS-08: numbers as text, booleans as numbers, names of nothing; and what only the owner does is in no role."""
    with pytest.raises(Refused) as no:
        plan(northlake.owner, CREATE, {"name": "Help desk", "privileges": DESK, **wrong})
    assert no.value.kind == "invalid"


def test_names_are_unique(northlake: Company) -> None:
    """behaviour.md I: in any spelling, also when renamed."""
    create(northlake.owner, "Help desk", DESK)
    other = create(northlake.owner, "Front desk", DESK)
    for verb, params in ((CREATE, {"name": "HELP DESK"}), (EDIT, {"role": other, "name": "help desk"})):
        with pytest.raises(Refused) as no:
            do(northlake.owner, verb, params)
        assert no.value.code == "role_name_taken"


def test_nobody_hands_out_more_than_they_hold(northlake: Company) -> None:
    """AUTHZ-04: who may manage roles and nothing else makes, widens and gives no role beyond that; neither their own."""
    keeper = create(northlake.owner, "Keeper of roles", ["access:role:manage", "people:user:view"])
    wide = create(northlake.owner, "Wide", ["people:user:manage", "content:item:manage"])
    give(northlake.owner, keeper, northlake.member.user_id)
    me = actor_of(northlake.member.user_id or UUID(int=0))
    tried: list[tuple[str, dict[str, Any]]] = [
        (CREATE, {"name": "More", "privileges": ["people:user:manage"]}),
        (EDIT, {"role": keeper, "privileges": ["access:role:manage", "people:user:manage"]}),
        (EDIT, {"role": wide, "name": "Narrow"}),
        (DELETE, {"role": wide}),
        (GIVE, {"role": wide, "subjects": one(northlake.member.user_id or "")}),
        (GIVE, {"role": "admin", "subjects": one(northlake.member.user_id or "")}),
        (GIVE, {"role": "member", "subjects": one(northlake.admin.user_id or "")}),
    ]
    for verb, params in tried:
        with pytest.raises(Refused) as no:
            do(me, verb, params)
        assert no.value.kind == "forbidden", verb
    create(me, "Readers", ["people:user:view"])  # what is within their own they may


def test_an_undo_hands_out_no_more_either(northlake: Company) -> None:
    """AUTHZ-04: who may not widen a role cannot take its narrowing back, nor a demotion."""
    keeper = create(northlake.owner, "Keeper", ["access:role:manage"])
    wide = create(northlake.owner, "Wide", ["people:user:manage", "access:role:manage"])
    narrowed = do(northlake.owner, EDIT, {"role": wide, "privileges": ["access:role:manage"]})
    demoted = give(northlake.owner, "member", northlake.admin.user_id)
    give(northlake.owner, keeper, northlake.member.user_id)
    me = actor_of(northlake.member.user_id or UUID(int=0))
    with pytest.raises(Refused) as no:
        undo.start_undo(me, narrowed.number or 0)
    assert no.value.code == "more_than_own"
    with pytest.raises(Refused) as rank:
        undo.start_undo(me, demoted.number)
    assert rank.value.kind == "forbidden"
    assert standing(northlake.admin.user_id or UUID(int=0))["role"] == "member"


def test_who_holds_a_role_stands_above_plain_members(northlake: Company) -> None:
    """AUTHZ-05: the holder of a custom role is changed by who has all its rights; by the same role, an admin and the owner, never by a narrower one."""
    desk, other = create(northlake.owner, "Desk", DESK), create(northlake.owner, "Wide", [*DESK, "content:item:manage"])
    user = northlake.member.user_id or UUID(int=0)
    give(northlake.owner, desk, user)
    give(northlake.owner, "member", northlake.admin.user_id)
    give(northlake.owner, other, northlake.admin.user_id)
    edit = {"fields": {"job_title": "Desk"}}
    with pytest.raises(Refused) as no:
        do(actor_of(user), "people.edit_profile", {**edit, "subjects": one(northlake.admin.user_id or "")})
    assert no.value.code == "higher_rank"
    do(actor_of(northlake.admin.user_id or UUID(int=0)), "people.edit_profile", {**edit, "subjects": one(user)})
    with pytest.raises(Refused):
        do(actor_of(user), "people.edit_profile", {**edit, "subjects": one(northlake.owner.user_id or "")})


def test_editing_a_role_counts_at_once(northlake: Company) -> None:
    """What it may, how it is called, how many at once; and back."""
    key = create(northlake.owner, "Desk", DESK)
    give(northlake.owner, key, northlake.member.user_id)
    done = do(northlake.owner, EDIT, {"role": key, "name": "Front desk", "privileges": ["people:user:view"], "most": 5})
    holder = actor_of(northlake.member.user_id or UUID(int=0))
    assert (holder.privileges, holder.role_name, holder.most) == ({"people:user:view"}, "Front desk", 5)
    undo.start_undo(northlake.owner, done.number or 0)
    holder = actor_of(northlake.member.user_id or UUID(int=0))
    assert (holder.may("people:user:manage"), holder.role_name, holder.most) == (True, "Desk", None)


def test_what_an_admin_may_is_the_owner_s_to_say(northlake: Company) -> None:
    """behaviour.md I: admin's rights can be edited, by the owner; owner's and member's cannot, by nobody."""
    narrow = {"role": "admin", "privileges": ["people:user:manage"]}
    with pytest.raises(Refused) as no:
        do(northlake.admin, EDIT, narrow)
    assert no.value.kind == "forbidden"
    for key in ("owner", "member", "", None, 7):
        with pytest.raises(Refused) as unknown:
            do(northlake.owner, EDIT, {**narrow, "role": key})
        assert unknown.value.code == "unknown_role"
    done = do(northlake.owner, EDIT, narrow)
    assert actor_of(northlake.admin.user_id or UUID(int=0)).privileges == {"people:user:manage", "people:user:view"}
    assert [p["role"] for p in people_to_ask(northlake.account, "content:item:view")] == ["owner"]
    assert [p["role"] for p in people_to_ask(northlake.account, "people:user:view")] == ["owner", "admin"]
    with pytest.raises(Refused):
        undo.start_undo(replace(northlake.admin), done.number or 0)
    undo.start_undo(northlake.owner, done.number or 0)
    assert actor_of(northlake.admin.user_id or UUID(int=0)).may("content:item:manage")
    assert role(northlake.owner, "admin").version == 0


def test_deleting_a_role_that_people_hold(northlake: Company) -> None:
    """They get the one named instead, planned; the undo brings both back."""
    desk, front = create(northlake.owner, "Desk", DESK), create(northlake.owner, "Front", ["people:user:view"])
    user = northlake.member.user_id or UUID(int=0)
    give(northlake.owner, desk, user, scope={"kind": "department", "values": ["Sales"]})
    done = do(northlake.owner, DELETE, {"role": desk, "instead": front})
    assert (standing(user)["role"], desk in names_of(northlake.account)) == (front, False)
    assert actor_of(user).scope is not None  # narrower stays narrower
    undo.start_undo(northlake.owner, done.number or 0)
    assert (standing(user)["role"], names_of(northlake.account)[desk]) == (desk, "Desk")
    do(northlake.owner, DELETE, {"role": desk})
    assert (standing(user)["role"], actor_of(user).scope) == ("member", None)
    do(northlake.owner, DELETE, {"role": front})  # nobody holds it
    assert list(names_of(northlake.account)) == ["owner", "admin", "member"]
    assert not breaches()


def test_a_role_that_is_gone_comes_back_to_nobody(northlake: Company) -> None:
    """The undo of a giving finds the role deleted since: told, and nothing is done."""
    desk = create(northlake.owner, "Desk", DESK)
    give(northlake.owner, desk, northlake.member.user_id)
    taken = give(northlake.owner, "member", northlake.member.user_id)
    do(northlake.owner, DELETE, {"role": desk})
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.owner, taken.number)
    assert no.value.code == "role_gone"
    assert standing(northlake.member.user_id or UUID(int=0))["role"] == "member"


def test_the_plan_must_have_custom_roles(committed: None) -> None:
    """AUTHZ-18: without them none is made or given, and one that somebody holds from before gives no right."""
    company = open_company("Lighthouse", plan_code="business")
    key = create(company.owner, "Desk", DESK)
    give(company.owner, key, company.member.user_id)
    sql.execute("UPDATE accounts_account SET plan = 'free_with_card' WHERE id = %(a)s", {"a": company.account})
    assert actor_of(company.member.user_id or UUID(int=0)).privileges == frozenset()
    for verb, params in (
        (CREATE, {"name": "More"}),
        (EDIT, {"role": key, "name": "More"}),
        (GIVE, {"role": key, "subjects": one(company.member.user_id or "")}),
    ):
        with pytest.raises(Refused) as no:
            do(actor_of(company.owner.user_id or UUID(int=0)), verb, params)
        assert (no.value.kind, no.value.code) == ("forbidden", "plan")
    give(company.owner, "member", company.member.user_id)  # the way out is open


def test_how_many_people_one_change_may_touch(northlake: Company) -> None:
    """portal.md, quota of a role: more are refused before anything is done, by a start and by an undo; nobody gives a role that may more."""
    key = create(northlake.owner, "Careful", [*DESK, "access:role:manage"], most=1)
    give(northlake.owner, key, northlake.member.user_id)
    me = actor_of(northlake.member.user_id or UUID(int=0))
    two = {"department": "Sales", "subjects": {"query": {}, "except": []}}
    with pytest.raises(Refused) as no:
        do(me, "people.set_department", two)
    assert (no.value.kind, no.value.code) == ("forbidden", "too_many")
    assert sql.value("SELECT count(*) FROM journal_planrow") == 0
    do(me, "people.set_department", {**two, "subjects": one(northlake.pending)})
    invite(northlake.owner, f"one@{northlake.domain}", f"two@{northlake.domain}")
    theirs = do(northlake.owner, "people.set_department", two)
    with pytest.raises(Refused) as undoing:
        undo.start_undo(me, theirs.number or 0)
    assert undoing.value.code == "too_many"
    for most in (2, None):
        with pytest.raises(Refused) as wider:
            create(me, "Careless", DESK, most=most)
        assert wider.value.code == "more_than_own"
