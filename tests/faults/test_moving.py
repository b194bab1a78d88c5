"""Somebody with 200 items comes in with their account, killed at every failpoint: they are here or there, never both, and everything follows once."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.asked import asked
from tests.faults.moving import NOTES, PAIRS
from tests.harness import Usher

pytestmark = pytest.mark.fault
ITEMS = NOTES + 2 * PAIRS
# The first passing of each is in the account that is left, the second in the one that is joined.
IN_ONE_GO = [
    "staged_phase@2",
    "begin_before_commit@1",
    "begin_before_commit@2",
    "begin_after_commit@1",
    "begin_after_commit@2",
    "end_before_commit@2",
]
IN_CHUNKS = ["begin_after_commit@2", "end_before_commit@1", *(f"step_{when}_commit@{n}" for when in ("before", "after") for n in (3, 5))]


@pytest.fixture(scope="module")
def machine(server: str) -> Iterator[Usher]:
    usher = Usher.on(server, {})
    usher.start(web=0, workers=0)
    yield usher
    usher.close()


def run(machine: Usher, what: str, *, kill_at: str = "", **params: Any) -> tuple[int, Any]:
    return asked(machine, "tests.faults.moving", what, kill_at, params)


def assert_in_one_place(machine: Usher, company: str, mover: dict[str, str]) -> None:
    """One living person; the old account is closed exactly when they are in the new one; no item is without an owner or in two accounts."""
    living = machine.sql("SELECT account_id::text FROM people_user WHERE login_id = %s AND left_at IS NULL", mover["login"])
    closed = machine.sql("SELECT closed_at IS NOT NULL FROM accounts_account WHERE id = %s", mover["account"])[0][0]
    assert living == [(company if closed else mover["account"],)]
    items = machine.sql("SELECT count(*) FROM content_standing WHERE owner_id IN (%s, %s)", mover["from_user"], mover["user"])
    assert items == [(ITEMS,)]


@pytest.mark.parametrize(("failpoints", "chunk"), [(IN_ONE_GO, 0), (IN_CHUNKS, 60)])
def test_a_move_killed_anywhere(machine: Usher, failpoints: list[str], chunk: int) -> None:
    """F33, F20, F02, I8, S0-35, S0-36: after a kill they are wholly in one account; what runs goes on and brings every item once, with its meeting."""
    made = run(machine, "fill", names=[f"kill{chunk}x{n}" for n in range(len(failpoints))])[1]
    for failpoint, mover in zip(failpoints, made["movers"], strict=True):
        died, _ = run(machine, "move", kill_at=f"engine.{failpoint}", chunk=chunk, **mover)
        assert died == -9, f"{failpoint} was not passed"
        assert_in_one_place(machine, made["company"], mover)
        assert run(machine, "move", chunk=chunk, **mover)[1] in ("moved", "used")
        assert_in_one_place(machine, made["company"], mover)
        theirs = """SELECT count(*), count(i.meeting_id), max(s.version) FROM content_standing s JOIN content_item i ON i.id = s.item_id AND i.account_id = s.account_id
                    WHERE s.owner_id = %s AND s.account_id = %s"""
        assert machine.sql(theirs, mover["user"], made["company"]) == [(ITEMS, PAIRS, 2)]
        told = "SELECT verb, count(*) FROM journal_change WHERE account_id IN (%s, %s) AND actor_id IN (%s, %s) GROUP BY 1 ORDER BY 1"
        counts = dict(machine.sql(told, mover["account"], made["company"], mover["from_user"], mover["user"]))
        assert (counts["lifecycle.move_out"], counts["lifecycle.accept_transfer"]) == (1, 1)
    assert run(machine, "verify")[1] == []
