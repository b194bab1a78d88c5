"""`usher people dates`: what shall happen on a day, on the verbs of the portal."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.cli.told import Told
from tests.lifecycle.leavers import somebody
from tests.people_of import LICENSED, Company, add_ons, do, one, standing
from usher.core import clock
from usher.lifecycle.due import do_due

Cli = Callable[..., Told]


def day(days: int) -> str:
    return str((clock.now() + timedelta(days=days)).date())


def dated(cli: Cli, *arguments: str) -> list[tuple[str, str, str | None, str]]:
    return [
        (d["email"].partition("@")[0], d["what"], d["product"], d["state"])
        for d in cli("people", "dates", "list", *arguments).answer["dates"]
    ]


def test_it_works(cli: Cli, northlake: Company) -> None:
    """S4-2, FLOW-06: set for people and for what they hold, listed with the next first, one of them cancelled, cancelling undone, and done by the clock."""
    ann, _bob = somebody(northlake, "ann", "phone"), somebody(northlake, "bob")
    do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(ann)})
    d = northlake.domain
    assert cli("people", "dates", "set", f"ann@{d}", "--on", day(20), "--dry-run").answer["state"] == "planned" and dated(cli) == []
    assert cli("people", "dates", "set", f"ann@{d}", f"bob@{d}", "--on", day(20)).counts == {"updated": 2}
    assert cli("people", "dates", "set", f"ann@{d}", "--on", day(10), "--ends", "phone").counts == {"updated": 1}
    assert cli("people", "dates", "set", f"ann@{d}", "--on", day(15), "--ends", LICENSED).counts == {"updated": 1}
    told = dated(cli)
    assert told[:2] == [("ann", "end_add_on", "phone", "waiting"), ("ann", "end_license", LICENSED, "waiting")]
    assert sorted(told[2:]) == [("ann", "deactivate", None, "waiting"), ("bob", "deactivate", None, "waiting")]
    assert dated(cli, "--search", "bob") == [("bob", "deactivate", None, "waiting")] and len(dated(cli, "--limit", "1")) == 1
    assert cli("people", "dates", "cancel", f"ann@{d}", "--ends", "phone").counts == {"updated": 1}
    left = cli("people", "dates", "cancel", f"BOB@{d}", f"ann@{d}")
    assert left.counts == {"updated": 3} and dated(cli) == []
    assert cli("undo", left.answer["change_id"]).counts == {"updated": 3} and len(dated(cli)) == 3
    with clock.travel(clock.now() + timedelta(days=22)):
        do_due()
    assert standing(ann)["status"] == "inactive" and add_ons(ann) == [] and dated(cli) == []


def test_what_cannot_be_is_refused(cli: Cli, northlake: Company, southport: Company) -> None:
    """TENANT-03, FLOW-07: a day that is past or none, what is no product, who has no date, somebody of another account; an admin is left alone and listed."""
    somebody(northlake, "ann")
    ann = f"ann@{northlake.domain}"
    for arguments, code in (
        (("--on", day(-1)), "past"),
        (("--on", "tomorrow"), "bad_day"),
        (("--on", day(5), "--ends", "gold"), "unknown_product"),
        (("--on", day(5), "--content", "meetings", "--heir", f"pending@{northlake.domain}"), "heir_inactive"),
    ):
        no = cli("people", "dates", "set", ann, *arguments)
        assert (no.code, no.answer["code"]) == (3, code)
    for address in (ann, f"member@{southport.domain}", "no address"):
        no = cli("people", "dates", "cancel", address)
        assert (no.code, no.answer["code"], no.answer["field"]) == (3, "not_found", "email")
    told = cli("people", "dates", "set", ann, f"admin@{northlake.domain}", f"member@{southport.domain}", "--on", day(5))
    assert (told.code, told.counts["updated"]) == (4, 1)
    assert {r["code"] for r in told.answer["refusals"]} == {"is_admin", "nobody_here"}


@pytest.mark.parametrize("arguments", [(), ("--ends", "phone", "--content", "meetings", "--to-manager"), ("--heir", "b@a.test")])
def test_usage(cli: Cli, arguments: tuple[str, ...]) -> None:
    """Exit 2: no day, content where nobody leaves, an heir without content."""
    day_of = ("--on", "2030-01-01") if arguments else ()
    assert cli("people", "dates", "set", "ann@a.test", *day_of, *arguments).code == 2
