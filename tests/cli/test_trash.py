"""`usher people trash` and `usher people purge`: who can be restored, and out of the trash for good."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.cli.told import Told
from tests.lifecycle.leavers import somebody
from tests.people_of import Company, breaches
from usher.core import clock, sql

Cli = Callable[..., Told]


def lying(cli: Cli, *arguments: str) -> list[str]:
    return [p["email"].partition("@")[0] for p in cli("people", "trash", *arguments).answer["trash"]]


def test_it_works(cli: Cli, northlake: Company) -> None:
    """R15, S4-22: listed with who deleted them and until when; for good only after a yes; nothing of them is left, and the journal tells of it."""
    d = northlake.domain
    ann = somebody(northlake, "ann")
    for name in ("bob", "cleo"):
        somebody(northlake, name)
    for days, name in enumerate(("ann", "bob", "cleo")):
        with clock.travel(clock.now() + timedelta(days=days)):
            assert cli("people", "delete", f"{name}@{d}").code == 0
    assert lying(cli) == ["cleo", "bob", "ann"] and lying(cli, "--search", "bo") == ["bob"] and lying(cli, "--limit", "1") == ["cleo"]
    first = cli("people", "trash", "--search", "ann").answer["trash"][0]
    assert first["by"] == northlake.operator.name and first["until"] > first["deleted_at"]
    assert cli("people", "purge", f"ann@{d}", "--dry-run").counts == {"updated": 1} and len(lying(cli)) == 3
    no = cli("people", "purge", f"ann@{d}")
    assert (no.code, no.answer["code"]) == (3, "not_sure") and len(lying(cli)) == 3
    done = cli("people", "purge", f"ANN@{d}", "--yes")
    assert (done.code, done.counts) == (0, {"updated": 1})
    assert not sql.value("SELECT count(*) FROM people_user WHERE id = %(u)s", {"u": ann})
    assert cli("undo", done.answer["change_id"]).answer["code"] == "not_undoable"
    assert cli("people", "purge", "--all", "--yes").counts == {"updated": 2} and lying(cli) == []
    assert cli("people", "purge", "--all").counts == {} and breaches() == []


def test_who_is_not_in_the_trash(cli: Cli, northlake: Company, southport: Company) -> None:
    """TENANT-03: somebody here, somebody of another account, and nobody at all."""
    for address in (f"member@{northlake.domain}", f"member@{southport.domain}", "no address"):
        no = cli("people", "purge", address, "--yes")
        assert (no.code, no.answer["code"], no.answer["field"]) == (3, "not_found", "email")


@pytest.mark.parametrize("arguments", [(), ("ann@a.test", "--all")])
def test_usage(cli: Cli, arguments: tuple[str, ...]) -> None:
    """Exit 2: nobody, and two ways of naming them."""
    assert cli("people", "purge", *arguments, "--yes").code == 2
