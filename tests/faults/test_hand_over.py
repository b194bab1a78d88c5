"""A hand-over of 200 items killed at every failpoint, stopped half-way and undone; an upload killed between its file and its item."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.asked import asked
from tests.faults.handing_over import ITEMS, ROOMS
from tests.harness import Usher

pytestmark = pytest.mark.fault
IN_ONE_GO = ["staged_phase@1", "staged@1", "begin_before_commit@1", "begin_after_commit@1", "end_before_commit@1"]
IN_CHUNKS = ["begin_after_commit@1", "end_before_commit@1"] + [
    f"step_{when}_commit@{n}" for when in ("before", "after") for n in (1, 2, 3, 4)
]


@pytest.fixture(scope="module")
def machine(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Usher]:
    usher = Usher.on(server, {"USHER_FILES": str(tmp_path_factory.mktemp("files"))})
    usher.start(web=0, workers=0)
    yield usher
    usher.close()


def run(machine: Usher, what: str, *, kill_at: str = "", **params: Any) -> tuple[int, Any]:
    return asked(machine, "tests.faults.handing_over", what, kill_at, params)


def where(machine: Usher, made: dict[str, str]) -> tuple[int, int]:
    """How many items the leaver has, and the heir. Together they are all there ever were."""
    found = dict(
        machine.sql(
            "SELECT owner_id::text, count(DISTINCT item_id) FROM content_standing WHERE account_id = %s GROUP BY 1", made["account"]
        )
    )
    left, taken = found.get(made["leaver"], 0), found.get(made["heir"], 0)
    assert (left + taken, len(found) <= 2) == (ITEMS, True)
    return left, taken


def assert_handed_over_once(machine: Usher, made: dict[str, str]) -> None:
    """All but the personal rooms are the heir's, each by one effect of one change, and each was written once."""
    assert where(machine, made) == (ROOMS, ITEMS - ROOMS)
    told = """SELECT count(*), count(DISTINCT e.obj), count(*) FILTER (WHERE result = 'done') FROM journal_effect e JOIN journal_change c ON c.id = e.change_id
              WHERE c.account_id = %s AND c.verb = 'content.hand_over'"""
    assert machine.sql(told, made["account"]) == [(ITEMS, ITEMS, ITEMS - ROOMS)]
    versions = "SELECT max(version), min(version) FROM content_standing WHERE account_id = %s AND owner_id = %s"
    assert machine.sql(versions, made["account"], made["heir"]) == [(2, 2)]


@pytest.mark.parametrize(("failpoints", "chunk"), [(IN_ONE_GO, 0), (IN_CHUNKS, 60)])
def test_a_hand_over_killed_anywhere(machine: Usher, failpoints: list[str], chunk: int) -> None:
    """F33, F20, F02, I8: after a kill each item is wholly with one of the two; asked for again with the same key, it is done once and whole."""
    made = run(machine, "fill", domains=[f"kill{chunk}x{n}.test" for n in range(len(failpoints))])[1]
    for failpoint, company in zip(failpoints, made, strict=True):
        died, _ = run(machine, "hand_over", kill_at=f"engine.{failpoint}", chunk=chunk, **company)
        assert died == -9, f"{failpoint} was not passed"
        where(machine, company)
        run(machine, "hand_over", chunk=chunk, **company)
        assert_handed_over_once(machine, company)
    assert run(machine, "verify")[1] == []


def test_a_stopped_hand_over_is_undone(machine: Usher) -> None:
    """issue 4: half of it is done, the rest stays; undone, the leaver has everything again."""
    (made,) = run(machine, "fill", domains=["stopped.test"])[1]
    run(machine, "hand_over", chunk=60, stop_after=2, **made)
    assert where(machine, made) == (ITEMS - 120 + ROOMS, 120 - ROOMS)  # the rooms stand among the first, and stay
    states = "SELECT state FROM journal_run r JOIN journal_change c ON c.id = r.change_id WHERE c.account_id = %s AND c.key = 'leave'"
    assert machine.sql(states, made["account"]) == [("cancelled",)]
    run(machine, "undo", account=made["account"])
    assert where(machine, made) == (ITEMS, 0)
    assert run(machine, "verify")[1] == []


def test_a_killed_and_then_finished_hand_over_is_undone(machine: Usher) -> None:
    (made,) = run(machine, "fill", domains=["halfdone.test"])[1]
    run(machine, "hand_over", kill_at="engine.step_after_commit@2", chunk=60, **made)
    run(machine, "hand_over", chunk=60, **made)
    run(machine, "undo", account=made["account"])
    assert where(machine, made) == (ITEMS, 0)
    assert run(machine, "verify")[1] == []


def test_an_upload_killed_between_its_file_and_its_item(machine: Usher) -> None:
    """F33, P2: the file is there and nobody's; asked for again, it is one recording with one file."""
    (made,) = run(machine, "fill", domains=["upload.test"])[1]
    died, _ = run(machine, "upload", kill_at="content.stored@1", account=made["account"], owner=made["leaver"])
    assert died == -9
    assert machine.sql("SELECT count(*) FROM content_loosefile") == [(1,)]
    assert machine.sql("SELECT count(*) FROM content_item WHERE account_id = %s AND file <> ''", made["account"]) == [(0,)]
    for _ in range(2):
        run(machine, "upload", account=made["account"], owner=made["leaver"])
    assert machine.sql("SELECT count(*) FROM content_item WHERE account_id = %s AND file <> ''", made["account"]) == [(1,)]
    assert machine.sql("SELECT count(*) FROM content_loosefile") == [(0,)]
    assert [p.read_bytes() for p in Path(machine.env["USHER_FILES"]).rglob("*") if p.is_file()] == [b"film"]
