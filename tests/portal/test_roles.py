"""/roles, /roles/<id>, /roles/effective/<person>, /people/role-changes: what roles may, who has them, why somebody may."""

from uuid import UUID

import pytest
from django.test import Client

from tests.people_of import Company, actor_of, do, one, standing
from tests.signed_in import signed_in
from usher.access.roles import names_of
from usher.core import sql
from usher.core.ids import short
from usher.core.privileges import things
from usher.portal.roles.pages import AREAS

pytestmark = pytest.mark.django_db
DESK = {"people:user": "manage", "journal:change": "view"}


def make(client: Client, name: str = "Help desk", **rights: str) -> str:
    answer = client.post("/roles/new", {"name": name, "description": "First line", "key": name, **(rights or DESK)})
    assert answer.status_code == 303, answer.content
    return str(answer["Location"])


def key_of(company: Company, name: str = "Help desk") -> str:
    return str(sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND name = %(n)s", {"a": company.account, "n": name}))


@pytest.fixture
def owner(northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def test_it_works(owner: Client, northlake: Company) -> None:
    """S0-15, S0-16, S2-3: the owner makes a role, sees it in the list, changes it, and the list leads to its page of the guide."""
    path = make(owner)
    listed = owner.get("/roles").content.decode()
    assert "Help desk" in listed and "manage users; see what was changed" in listed and 'href="/help/roles"' in listed
    shown = owner.get(path).content.decode()
    assert 'href="/people"' in shown  # the navigation stands beside it
    assert 'value="Help desk"' in shown and 'name="people:user" value="manage" checked' in shown
    saved = owner.post(
        path, {"name": "Front desk", "description": "", "most": "20", "key": "again", "people:user": "view", "content:item": "none"}
    )
    assert saved.status_code == 303
    found = sql.row("SELECT name, privileges, most FROM access_role WHERE account_id = %(a)s", {"a": northlake.account})
    assert found == {"name": "Front desk", "privileges": ["journal:change:view", "people:user:view"], "most": 20}


def test_without_the_privilege(northlake: Company) -> None:
    """AUTHZ-13: a member sees no role and no reason; the page says whom to ask."""
    member = signed_in(northlake.member.user_id)
    for path in ("/roles", "/roles/new", "/roles/admin", f"/roles/effective/{short(northlake.member.user_id or UUID(int=0))}"):
        answer = member.get(path)
        assert answer.status_code == 403 and "Olga Owner" in answer.content.decode()


def test_another_account_s_role_and_people_are_not_here(owner: Client, northlake: Company, southport: Company) -> None:
    """TENANT-03"""
    theirs = make(signed_in(southport.owner.user_id), "Theirs")
    for path in (theirs, f"{theirs}/deletion", "/roles/root", f"/roles/effective/{short(southport.member.user_id or UUID(int=0))}"):
        assert owner.get(path).status_code == 404
    assert owner.post(theirs, {"name": "Ours", "key": "k"}).status_code == 404
    assert "Theirs" not in owner.get("/roles").content.decode()


def test_wrong_method(owner: Client) -> None:
    assert owner.post("/roles").status_code == 405
    assert owner.delete("/roles/admin").status_code == 405


def test_what_is_wrong_stands_at_its_field(owner: Client) -> None:
    make(owner)
    for wrong, words in (
        ({"name": ""}, "needs a name"),
        ({"name": "HELP DESK"}, "of this name already"),
        ({"name": "x", "most": "many"}, "is a number"),
    ):
        answer = owner.post("/roles/new", {"description": "", "key": str(wrong), "people:user": "manage", **wrong})
        assert answer.status_code == 422 and words in answer.content.decode()
        assert 'name="people:user" value="manage" checked' in answer.content.decode()  # what was ticked stays


def test_an_admin_cannot_choose_what_is_the_owner_s(northlake: Company) -> None:
    """AUTHZ-04: closed on the page, and refused by the verb whoever posts it; admin's own rights are the owner's to change."""
    admin = signed_in(northlake.admin.user_id)
    shown = admin.get("/roles/admin").content.decode()
    assert "Only the owner can change what an admin may." in shown
    assert admin.post("/roles/admin", {"key": "k", "people:user": "none"}).status_code == 403
    answer = admin.post("/roles/new", {"name": "Sneaky", "key": "k2", "accounts:sign_in": "manage"})
    assert answer.status_code == 422 and "Sneaky" not in names_of(northlake.account).values()


def test_why_somebody_may(owner: Client, northlake: Company) -> None:
    """S2-3: every right of a person with its reason: the role, what rests for a scope, and who else could."""
    make(owner, "Help desk", **{"people:user": "manage", "content:item": "manage"})
    member = northlake.member.user_id or UUID(int=0)
    scope = {"kind": "department", "values": ["Sales"]}
    do(northlake.owner, "access.set_role", {"role": key_of(northlake), "scope": scope, "subjects": one(member)})
    told = owner.get(f"/roles/effective/{short(member)}").content.decode()
    assert "It covers people of the department Sales." in told and "By the role Help desk." in told
    assert "this is about the whole account. Ask Olga Owner" in told and "Only the owner may." in told


def test_why_an_administrator_without_a_factor_may_nothing(owner: Client, northlake: Company) -> None:
    """ASVS 6.3.3 and S2-3"""
    sql.execute("UPDATE accounts_account SET admins_need_factor = true WHERE id = %(a)s", {"a": northlake.account})
    told = signed_in(northlake.owner.user_id).get(f"/roles/effective/{short(northlake.admin.user_id or UUID(int=0))}")
    assert told.status_code == 403  # the owner has none either
    sql.execute("UPDATE accounts_account SET admins_need_factor = false WHERE id = %(a)s", {"a": northlake.account})


def test_roles_are_offered_with_the_reason(owner: Client, northlake: Company) -> None:
    """S0-14, S0-15, S0-17: the owner gives Admin and custom roles; an admin sees Admin closed and why."""
    make(owner)
    address = f"/people/role-changes?ids={short(northlake.member.user_id or UUID(int=0))}"
    assert "Help desk" in owner.get(address).content.decode()
    admin = signed_in(northlake.admin.user_id).get(address).content.decode()
    assert "Only the owner can make somebody an admin, or a member again." in admin and "Help desk" in admin
    plan = owner.get(f"{address}&role_to={short(UUID(key_of(northlake)))}").content.decode()
    assert "1 person will be Help desk." in plan.replace("\xa0", " ") and "Whom it covers" in plan


def test_a_role_for_a_department(owner: Client, northlake: Company) -> None:
    """S0-15: the scope is chosen on the plan, and rests what is about everybody."""
    make(owner)
    do(northlake.owner, "people.set_department", {"department": "Sales", "subjects": one(northlake.pending)})
    member = northlake.member.user_id or UUID(int=0)
    address = f"/people/role-changes?ids={short(member)}&role_to={short(UUID(key_of(northlake)))}&for_department=Sales"
    shown = owner.get(address)
    digest = shown.context["digest"]
    assert "Only who is ticked." in shown.content.decode()
    assert owner.post(address, {"digest": digest, "key": "give"}).status_code == 303
    assert actor_of(member).scope is not None
    both = owner.get(f"{address}&for_group=x")
    assert both.status_code == 422 and "one kind of them" in both.content.decode()


def test_a_role_for_a_site(owner: Client, northlake: Company) -> None:
    """S0-15: sites stand beside departments and groups; the plan, the role and the page of rights call them by name."""
    make(owner)
    do(northlake.owner, "accounts.create_site", {"name": "Oslo"})
    site = sql.value("SELECT id FROM accounts_site WHERE account_id = %(a)s", {"a": northlake.account})
    member = northlake.member.user_id or UUID(int=0)
    address = f"/people/role-changes?ids={short(member)}&role_to={short(UUID(key_of(northlake)))}&for_site={site}"
    shown = owner.get(address)
    assert f'name="for_site" value="{site}" checked' in shown.content.decode() and "people at the site Oslo" in shown.content.decode()
    assert owner.post(address, {"digest": shown.context["digest"], "key": "give"}).status_code == 303
    assert "people at the site Oslo" in owner.get(f"/roles/{short(UUID(key_of(northlake)))}").content.decode()
    assert "people at the site Oslo" in owner.get(f"/roles/effective/{short(member)}").content.decode()


def test_deleting_a_role_says_who_gets_what(owner: Client, northlake: Company) -> None:
    """A role that somebody holds goes with a plan; one that nobody holds goes too."""
    path = make(owner)
    member = northlake.member.user_id or UUID(int=0)
    do(northlake.owner, "access.set_role", {"role": key_of(northlake), "subjects": one(member)})
    shown = owner.get(f"{path}/deletion")
    assert "1 person who holds it will be Member." in shown.content.decode().replace("\xa0", " ")
    assert owner.post(f"{path}/deletion", {"digest": shown.context["digest"], "key": "del"}).status_code == 303
    assert standing(member)["role"] == "member" and owner.get(path).status_code == 404
    empty = make(owner, "Nobody")
    shown = owner.get(f"{empty}/deletion")
    assert "Nobody holds it." in shown.content.decode() and shown.context["may_do"]
    assert owner.post(f"{empty}/deletion", {"digest": shown.context["digest"], "key": "del2"}).status_code == 303
    assert owner.get(empty).status_code == 404


def test_every_area_of_rights_has_a_name(owner: Client) -> None:
    """A new area is called by its words in the editor and on the page of rights, and stands in the order of the navigation."""
    assert {thing.partition(":")[0] for thing in things()} == set(AREAS)
    assert '<th scope="col">Phone System Management</th>' in owner.get("/roles/new").content.decode()


def test_what_a_role_does_not_give_is_closed_where_it_is_offered(owner: Client, northlake: Company) -> None:
    """S4-23, S0-53: above the list, in the menu of a person and on Advanced, each with the right that is missing; and no page says what it does not know."""
    make(owner, "Clerk", **{"people:user": "manage", "people:advanced": "manage"})
    do(northlake.owner, "access.set_role", {"role": key_of(northlake, "Clerk"), "subjects": one(northlake.member.user_id or "")})
    clerk = signed_in(northlake.member.user_id)
    shown = clerk.get("/people?ids=" + short(northlake.pending)).content.decode()
    for path, right in (("group-changes", "manage groups"), ("role-changes", "manage roles")):
        assert f'formaction="/people/{path}" disabled title="This needs the right to {right}."' in shown
    assert (
        'IM group<span class="why">This needs the right to manage IM groups.' in shown
        and 'formaction="/people/im-group-changes"' not in shown
    )
    person = clerk.get(f"/people/{short(northlake.pending)}").content.decode()
    assert 'Groups<span class="why">This needs the right to manage groups.' in person and "/people/group-changes?ids=" not in person
    tab = clerk.get("/people/advanced").content.decode()
    assert "This needs the right to see managed domains." in tab and "No domain of this account" not in tab
    assert tab.count("This needs the right to manage groups.") == 3 and tab.count("This needs the right to manage IM groups.") == 2
    assert clerk.get("/people/advanced/deletions?days=0").status_code == 200


def test_too_many_at_once_is_said_on_the_plan(owner: Client, northlake: Company) -> None:
    """The quota of a role stands on the plan before anybody presses the button."""
    make(owner, "Careful", **{"people:user": "manage", "access:role": "manage"})
    do(northlake.owner, "access.edit_role", {"role": key_of(northlake, "Careful"), "most": 1})
    do(northlake.owner, "access.set_role", {"role": key_of(northlake, "Careful"), "subjects": one(northlake.member.user_id or "")})
    plan = signed_in(northlake.member.user_id).get("/people/license-changes?all=1&status=any&license_to=meetings:licensed")
    told = plan.content.decode()
    assert "Your role may change 1 person at once" in told and not plan.context["may_do"]


def test_who_covers_a_part_is_not_led_where_nobody_new_is_added(owner: Client, northlake: Company) -> None:
    """S0-15, S4-23: neither Home nor Users nor the search offers to add people; whoever comes by the address is told whom to ask."""
    make(owner)
    member = northlake.member.user_id or UUID(int=0)
    scope = {"kind": "department", "values": ["Sales"]}
    do(northlake.owner, "access.set_role", {"role": key_of(northlake), "scope": scope, "subjects": one(member)})
    helper = signed_in(member)
    for path in ("/", "/people", "/search?q=add+users", "/people/updates/new"):
        assert 'href="/people/new"' in owner.get(path).content.decode() or path == "/people/updates/new"
        shown = helper.get(path).content.decode()
        assert 'href="/people/new"' not in shown and 'href="/people/imports/new"' not in shown
    refused = helper.get("/people/new")
    assert refused.status_code == 403 and "Ask Olga Owner (owner)" in refused.content.decode()


def test_one_entry_of_the_navigation_is_current(owner: Client, northlake: Company) -> None:
    """A page below /people that belongs to another entry is not Users as well."""
    shown = owner.get("/people/marks")
    current = [str(c["entry"].words) for a in shown.context["areas"] for c in a["children"] if c["current"]]
    assert current == ["Never-touch list"]
