"""`usher phone calls …`: files of the telephone system, and the account log."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.told import Told
from tests.phone.call_files import HEADER, as_json, call, started
from tests.phone.phones import PLAN, add, equip

Cli = Callable[..., Told]


@pytest.fixture
def equipped(northlake: Any, db: None) -> Any:
    equip(northlake)
    add(northlake, northlake.member.user_id, package=PLAN, numbers="next")
    return northlake


def test_import_and_list(cli: Cli, equipped: Any) -> None:
    """S3-45: shown first, taken in once, the bad line told with its number; listed by person, result and the number at the other end."""
    file = as_json(call("a", "1000"), call("b", "1000", result="missed"), call("c", "2222")) + b"\nnonsense\n"
    planned = cli("phone", "calls", "import", "-", "--dry-run", data=file)
    assert (
        planned.code == 0 and planned.answer["counts"]["new"] == 2 and cli("phone", "calls", "list").answer == {"calls": [], "next": None}
    )
    told = cli("phone", "calls", "import", "-", data=file)
    assert (told.code, told.answer["counts"]["new"], told.answer["counts"]["refused"]) == (4, 2, 2)
    assert [(r["line"], r["code"]) for r in told.answer["refusals"]] == [(3, "call_nobody"), (4, "call_line")]
    assert cli("phone", "calls", "import", "-", data=as_json(call("a", "1000"))).answer["counts"]["unchanged"] == 1
    (row,) = cli("phone", "calls", "list", "--result", "missed", "--user", f"member@{equipped.domain}", "--search", "44207").answer["calls"]
    assert (row["call_id"], row["from"], row["to"], row["recorded"]) == ("b", "+442071838750", "1000", [])
    for nothing in (
        ("--direction", "outbound"),
        ("--search", "44208"),
        ("--to", "2020-01-01"),
        ("--from", "nonsense"),
        ("--search", "olga"),
    ):
        assert cli("phone", "calls", "list", *nothing).answer["calls"] == []


def test_pages(cli: Cli, equipped: Any) -> None:
    """The cursor of a page leads to the next; the newest call stands first."""
    cli("phone", "calls", "import", "-", data=f"{HEADER}\na,inbound,1,1000,1000,{started()},5,answered\n".encode() + b"\n")
    cli("phone", "calls", "import", "-", data=as_json(call("b", "1000")))
    first = cli("phone", "calls", "list", "--limit", "1").answer
    assert [c["call_id"] for c in first["calls"]] == ["b"]
    assert [c["call_id"] for c in cli("phone", "calls", "list", "--after", first["next"]).answer["calls"]] == ["a"]


def test_what_is_no_file_of_calls(cli: Cli, equipped: Any) -> None:
    told = cli("phone", "calls", "import", "-", data=b"name,colour\nAnn,red\n")
    assert told.code == 3 and told.answer["code"] == "columns" and "call_id" in told.answer["reason"]
