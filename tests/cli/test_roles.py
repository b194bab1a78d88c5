"""`usher roles …` and `usher people set-role`."""

from collections.abc import Callable
from typing import Any

from tests.cli.told import Told
from tests.people_of import do

Cli = Callable[..., Told]


def test_a_role_from_its_making_to_its_end(cli: Cli, northlake: Any) -> None:
    """S0-15: made, listed, given for a department, shown, changed, deleted."""
    assert cli("roles", "create", "Help desk", "--right", "people:user:manage", "--most", "50").code == 0
    given = cli("people", "set-role", f"member@{northlake.domain}", "--to", "help desk", "--for-department", "Sales")
    assert (given.code, given.counts) == (0, {"updated": 1})
    shown = cli("roles", "show", "Help desk").answer
    assert (shown["privileges"], shown["most"]) == (["people:user:manage", "people:user:view"], 50)
    assert shown["people"] == [{"email": f"member@{northlake.domain}", "covers": "people of the department Sales"}]
    assert cli("people", "show", f"member@{northlake.domain}").answer["role"] == "Help desk"
    assert cli("roles", "set", "Help desk", "--name", "Desk", "--any-number").code == 0
    assert {r["name"]: r["most"] for r in cli("roles", "list").answer["roles"]} == {
        "Owner": None,
        "Admin": None,
        "Member": None,
        "Desk": None,
    }
    assert cli("roles", "delete", "Desk").code == 0
    assert cli("people", "show", f"member@{northlake.domain}").answer["role"] == "member"


def test_a_role_for_a_site(cli: Cli, northlake: Any) -> None:
    """S0-15: by the site's name; one kind of scope at a time."""
    member = f"member@{northlake.domain}"
    do(northlake.owner, "accounts.create_site", {"name": "Oslo"})
    assert cli("roles", "create", "Site desk", "--right", "people:user:manage").code == 0
    assert cli("people", "set-role", member, "--to", "Site desk", "--for-site", "oslo").code == 0
    assert cli("roles", "show", "Site desk").answer["people"] == [{"email": member, "covers": "people at the site Oslo"}]
    both = cli("people", "set-role", member, "--to", "Site desk", "--for-site", "oslo", "--for-department", "Sales")
    assert both.answer["code"] == "scope"
    assert cli("people", "set-role", member, "--to", "Site desk", "--for-site", "Atlantis").answer["code"] == "no_site"


def test_what_is_refused(cli: Cli, northlake: Any) -> None:
    """AUTHZ-01: ownership is not given; an unknown role and two kinds of scope are refused."""
    member = f"member@{northlake.domain}"
    assert cli("people", "set-role", member, "--to", "owner").answer["code"] == "unknown_role"
    assert cli("people", "set-role", member, "--to", "nothing").code == 3
    assert cli("people", "set-role", member, "--to", "admin", "--for-department", "Sales").answer["code"] == "scope"
    assert cli("roles", "create", "Big", "--right", "access:admin:manage").answer["code"] == "privileges"
    assert cli("people", "set-role", member, "--to", "admin", "--dry-run").answer["state"] == "planned"
