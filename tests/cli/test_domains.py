"""`usher domains`: claim, check, set, list, release (S0-61)."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.accounts.conftest import zone
from tests.cli.told import Told
from tests.zone import Zone

Cli = Callable[..., Told]
__all__ = ["zone"]


def test_the_way_of_a_domain(cli: Cli, northlake: Any, zone: Zone) -> None:
    """S0-61: claimed, not found, published, found, switched on, listed, released; each with its exit code."""
    assert cli("domains", "list").answer == {"domains": []}
    assert cli("domains", "claim", "Example.org", "--dry-run").answer["state"] == "planned"
    assert cli("domains", "claim", "Example.org").answer["counts"]["new"] == 1
    missing = cli("domains", "check", "example.org")
    looked = missing.answer
    assert missing.code == 3
    assert (looked["proven"], looked["found"]["dns"]) == (False, 2)
    zone.texts["example.org"] = [looked["record"]]
    assert cli("domains", "check", "example.org").answer["proven"] is True
    refused = cli("domains", "set", "example.org", "--sign-up", "on").answer
    assert refused["code"] == "needs_manage"
    assert (
        cli("domains", "set", "example.org", "--manage", "on", "--sign-up", "on", "--license", "meetings:licensed").answer["state"]
        == "done"
    )
    (listed,) = cli("domains", "list").answer["domains"]
    assert (listed["state"], listed["manage"], listed["consolidate"], listed["sign_up"]) == ("verified", True, False, True)
    assert (listed["license"], listed["people"], listed["came_in"]) == ("meetings:licensed", 0, 0)
    assert cli("domains", "release", "example.org").answer["state"] == "done"
    assert cli("domains", "list").answer == {"domains": []}


@pytest.mark.parametrize("arguments", [("claim", "gmail.com"), ("check", "nobody.example"), ("release", "nobody.example")])
def test_refusals(cli: Cli, northlake: Any, arguments: tuple[str, ...]) -> None:
    assert cli("domains", *arguments).answer["code"] in ("free_mail", "not_found")
