"""`usher people mark`, `unmark`, `usher plans`, `usher account transfer-owner`."""

from collections.abc import Callable

from tests.cli.told import Told
from tests.lifecycle.leavers import somebody
from tests.people_of import Company, standing
from usher.people.marks import mark_of

Cli = Callable[..., Told]


def test_marked_people_are_passed_over_unless_named_alone(cli: Cli, northlake: Company) -> None:
    """MASS-01: in a command over several they are skipped with the reason; one address is a choice by hand."""
    ann, bob = somebody(northlake, "ann"), somebody(northlake, "bob")
    assert cli("people", "mark", f"ann@{northlake.domain}", "--kind", "service", "--why", "lobby").counts == {"updated": 1}
    assert (mark_of(northlake.owner, ann) or {}).get("why") == "lobby"
    both = cli("people", "deactivate", f"ann@{northlake.domain}", f"bob@{northlake.domain}")
    assert both.code == 4 and both.counts == {"updated": 1, "skipped": 1}
    assert (standing(ann)["status"], standing(bob)["status"]) == ("active", "inactive")
    assert cli("people", "deactivate", f"ann@{northlake.domain}").code == 0
    assert standing(ann)["status"] == "inactive"
    assert cli("people", "unmark", f"ann@{northlake.domain}").code == 0 and mark_of(northlake.owner, ann) is None


def test_an_address_nobody_has_is_never_passed_over_in_silence(cli: Cli, northlake: Company) -> None:
    """MASS-01: whatever is done to several people by their addresses, or by a file, each line that means nobody, or somebody again, is told."""
    here, nobody = f"member@{northlake.domain}", f"nobody@{northlake.domain}"
    cli("groups", "create", "Crew")
    for words in (
        ("mark", "--kind", "never"),
        ("unmark",),
        ("set-site", "--none"),
        ("set-role", "--to", "member"),
        ("deactivate",),
        ("activate",),
    ):
        told = cli("people", words[0], here, nobody, *words[1:])
        assert [(r["code"], r["line"]) for r in told.answer["refusals"] if r["code"] != "already"] == [("nobody_here", 2)], (
            words,
            told.answer,
        )
    told = cli("groups", "add", "Crew", here, nobody, here)
    assert {r["code"] for r in told.answer["refusals"]} == {"nobody_here", "twice"} and told.counts["updated"] == 1
    assert cli("people", "mark", nobody, "--kind", "never").code == 3


def test_plans(db: None) -> None:
    """S0-3, S0-4, R7: the operator's table; an unknown name is refused with the known ones."""
    from tests.cli.told import asked

    assert asked("plans", "list", "--json").answer["plans"]["free"] == []
    assert asked("plans", "allow", "free", "user_management", "--json").answer["changed"] is True
    assert asked("plans", "list", "--json").answer["plans"]["free"] == ["user_management"]
    assert asked("plans", "forbid", "free", "user_management", "--json").answer["changed"] is True
    refused = asked("plans", "allow", "gold", "import", "--json")
    assert (refused.code, refused.answer["code"]) == (3, "unknown_plan")


def test_transfer_owner(cli: Cli, northlake: Company) -> None:
    """KB-OWNER: by the operator, to anybody active."""
    assert northlake.owner.user_id and northlake.member.user_id
    planned = cli("account", "transfer-owner", northlake.member.email, "--dry-run")
    assert planned.code == 0 and standing(northlake.owner.user_id)["role"] == "owner"
    assert cli("account", "transfer-owner", northlake.member.email).code == 0
    assert (standing(northlake.owner.user_id)["role"], standing(northlake.member.user_id)["role"]) == ("admin", "owner")
    assert cli("account", "transfer-owner", f"pending@{northlake.domain}").code == 3
