"""A deactivation with hand-over killed at every failpoint and stopped half-way; web processes that have just served whoever leaves."""

from collections.abc import Iterator

import pytest

from tests.faults.handing_over import ITEMS, ROOMS
from tests.faults.test_hand_over import IN_CHUNKS, run, where
from tests.harness import Usher, free_port

pytestmark = pytest.mark.fault
ROUNDS, CHUNK = 20, 60


@pytest.fixture(scope="module")
def machine(server: str) -> Iterator[Usher]:
    usher = Usher.on(server, {})
    usher.start(web=0, workers=0)
    yield usher
    usher.close()


def status(machine: Usher, person: str) -> tuple[str, int]:
    ((found, epoch),) = machine.sql("SELECT status, access_epoch FROM people_standing WHERE user_id = %s", person)
    return found, epoch


def test_a_leaver_killed_anywhere(machine: Usher) -> None:
    """F02, F33, I8, I10: access is cut before the first item moves and stays cut; each item is with one of the two; the run ends by another process."""
    made = run(machine, "fill", domains=[f"leave{n}.test" for n in range(len(IN_CHUNKS))])[1]
    for failpoint, company in zip(IN_CHUNKS, made, strict=True):
        before = status(machine, company["leaver"])
        died, _ = run(machine, "leave", kill_at=f"engine.{failpoint}", chunk=CHUNK, **company)
        assert died == -9, f"{failpoint} was not passed"
        after, (_, taken) = status(machine, company["leaver"]), where(machine, company)
        assert after == before if after[0] == "active" else after[1] > before[1]
        assert after[0] == "inactive" or taken == 0
        run(machine, "leave", chunk=CHUNK, **company)
        assert status(machine, company["leaver"]) == ("inactive", before[1] + 1)
        assert where(machine, company) == (ROOMS, ITEMS - ROOMS)
    assert run(machine, "verify")[1] == []


def test_a_stopped_leaving_is_undone(machine: Usher) -> None:
    """FLOW-08: stopped after the access was cut and some items moved; undo brings both back, old sessions stay dead."""
    (made,) = run(machine, "fill", domains=["stopped-leaver.test"])[1]
    before = status(machine, made["leaver"])
    run(machine, "leave", chunk=CHUNK, stop_after=3, **made)
    assert status(machine, made["leaver"])[0] == "inactive"
    assert 0 < where(machine, made)[1] < ITEMS - ROOMS
    run(machine, "undo", account=made["account"])
    assert status(machine, made["leaver"]) == ("active", before[1] + 1)
    assert where(machine, made) == (ITEMS, 0)
    assert run(machine, "verify")[1] == []


def test_no_process_serves_a_leaver_once_more(machine: Usher) -> None:
    """F14, P4, S4-3: two web processes have just answered; after the deactivation neither does, twenty times of twenty."""
    (made,) = run(machine, "fill", domains=["knock.test"])[1]
    other = Usher(machine.env, f"http://127.0.0.1:{free_port()}", log=machine.log)
    try:
        machine.start_web()
        other.start_web()
        told = run(machine, "deactivate_and_knock", account=made["account"], bases=[machine.base_url, other.base_url], rounds=ROUNDS)[1]
    finally:
        machine.end_processes()
        other.end_processes()
    assert told == [[200, 200, 302, 302]] * ROUNDS
