"""Imports that are killed, repeated, or given twice at once, with real processes."""

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.told import Account, Told, opened, told
from tests.harness import COMMAND, Usher, patience, wait_until

pytestmark = pytest.mark.fault
PEOPLE = 3_000  # three chunks at the least
KILLED = -9


def file_of(account: Account, folder: Path, size: int = PEOPLE) -> str:
    file = folder / "people.csv"
    file.write_text("\n".join(account.lines(size)))
    return str(file)


def begun(account: Account, *arguments: str, failpoints: str = "") -> "subprocess.Popen[str]":
    """A command that runs beside the test."""
    command = [*COMMAND, *arguments, "--account", account.id, "--json"]
    env = {**account.machine.env, "FAILPOINTS": failpoints}
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process: "subprocess.Popen[str]") -> Told:
    out, err = process.communicate(timeout=60 * patience())
    return told(subprocess.CompletedProcess(process.args, process.returncode, out, err))


def everybody_once(account: Account, size: int = PEOPLE) -> None:
    """As many people and mails as lines, one Change, nothing breached."""
    assert account.people() == size + 1
    assert account.value("SELECT count(*) FROM mail_message WHERE account_id = %s AND kind = 'invitation'") == size
    assert account.value("SELECT count(*) FROM journal_change WHERE account_id = %s AND verb = 'lifecycle.invite'") == 1
    assert account.breaches() == []


@pytest.mark.parametrize(
    "where",
    [
        "engine.staged_phase=kill@1",
        "engine.staged=kill@1",
        "engine.begin_before_commit=kill@1",
        "engine.begin_after_commit=kill@1",
        "engine.step_before_commit=kill@1",
        "engine.step_after_commit=kill@1",
        "engine.step_before_commit=kill@2",
        "engine.step_after_commit=kill@2",
        "engine.end_before_commit=kill@1",
    ],
)
def test_the_same_command_goes_on_where_a_killed_one_was(machine: Usher, tmp_path: Path, where: str) -> None:
    """F01: before and after every commit; no worker is alive. Seats are neither lost nor taken twice."""
    account = opened(machine, licensed=PEOPLE)
    arguments = ("people", "import", file_of(account, tmp_path), "--license", "meetings:licensed")
    killed = begun(account, *arguments, failpoints=where)
    assert killed.wait(timeout=60 * patience()) == KILLED
    again = account.run(*arguments)
    assert (again.code, again.answer["state"], again.counts) == (0, "done", {"new": PEOPLE})
    assert account.value("SELECT bought - pending FROM licenses_license WHERE account_id = %s AND product = 'meetings:licensed'") == 0
    everybody_once(account)


def test_a_worker_goes_on_where_a_killed_command_was(running_usher: Callable[..., Usher], tmp_path: Path) -> None:
    """F01, P7."""
    machine = running_usher(web=0, workers=0)
    account = opened(machine)
    killed = begun(account, "people", "import", file_of(account, tmp_path), failpoints="engine.step_after_commit=kill@1")
    assert killed.wait(timeout=60 * patience()) == KILLED
    assert 1 < account.people() < PEOPLE + 1
    machine.start_worker()
    wait_until(
        lambda: account.value("SELECT state FROM journal_run WHERE account_id = %s") == "done", seconds=40, what="the end of the run"
    )
    everybody_once(account)


ASLEEP = """SELECT count(*) FROM journal_run r, pg_stat_activity p WHERE r.account_id = %s AND p.datname = current_database()
            AND p.state = 'idle in transaction' AND p.state_change < clock_timestamp() - interval '2 seconds'"""


def test_ctrl_c_ends_the_waiting_not_the_run(machine: Usher, tmp_path: Path) -> None:
    account = opened(machine)
    file = file_of(account, tmp_path)
    waiting = begun(account, "people", "import", file, failpoints="engine.step_before_commit=sleep:30")
    wait_until(lambda: account.value(ASLEEP), what="the step that is held up: anywhere before it a signal may meet what swallows it")
    waiting.send_signal(signal.SIGINT)
    stopped = ended(waiting)
    assert (stopped.code, stopped.answer["state"]) == (4, "running")
    assert f"usher undo {stopped.answer['change_id']}" in stopped.stderr
    again = account.run("people", "import", file)
    assert (again.code, again.answer["change_id"], again.counts) == (0, stopped.answer["change_id"], {"new": PEOPLE})
    everybody_once(account)


@pytest.mark.parametrize("held_up_at", ["engine.staged=sleep:3", "engine.begin_after_commit=sleep:3", "engine.step_after_commit=sleep:3"])
def test_the_same_file_twice_at_once(machine: Usher, tmp_path: Path, held_up_at: str) -> None:
    """CSV-11, F27: both commands tell the same Change, or the later one finds everybody here; nobody is invited twice."""
    account = opened(machine)
    file = file_of(account, tmp_path)
    slow = begun(account, "people", "import", file, failpoints=held_up_at)
    wait_until(lambda: account.value("SELECT count(*) FROM lifecycle_stage WHERE account_id = %s"), what="the first command's stage")
    quick = ended(begun(account, "people", "import", file))
    first = ended(slow)
    assert (quick.code, first.code) == (0, 0)
    if quick.answer["change_id"] == first.answer["change_id"]:
        assert quick.counts == first.counts == {"new": PEOPLE}
        everybody_once(account)
    else:  # a busy machine: one had ended before the other looked
        assert sorted([str(quick.counts), str(first.counts)]) == [str({"new": PEOPLE}), str({"unchanged": PEOPLE})]
        assert account.people() == PEOPLE + 1
        assert account.breaches() == []


def test_undo_stops_a_run_that_was_left_behind(machine: Usher, tmp_path: Path) -> None:
    """F27: what was done until then is taken back, all of it."""
    account = opened(machine, licensed=PEOPLE)
    file = file_of(account, tmp_path)
    killed = begun(account, "people", "import", file, "--license", "meetings:licensed", failpoints="engine.step_after_commit=kill@1")
    assert killed.wait(timeout=60 * patience()) == KILLED
    (change,) = (c for c in account.run("change", "list").answer["changes"] if c["verb"] == "lifecycle.invite")
    assert change["state"] == "running"
    assert 0 < change["left"] < PEOPLE
    asked = account.run("undo", change["change_id"], "--dry-run")
    assert (asked.code, asked.answer["code"]) == (3, "still_running")
    assert account.value("SELECT stop FROM journal_run WHERE account_id = %s") is False
    undone = account.run("undo", change["change_id"])
    assert (undone.code, undone.counts) == (0, {"updated": PEOPLE - change["left"]})
    assert undone.answer["seats"] == {"meetings:licensed": {"before": change["left"], "after": PEOPLE}}
    assert account.people() == 1
    assert account.breaches() == []


def test_6000_seats_for_10000_people(machine: Usher, tmp_path: Path) -> None:
    """LIC-03: all or nothing by default; with --first exactly 6,000 in the order of the file, and the list of the others."""
    account = opened(machine, licensed=6_000)
    file = file_of(account, tmp_path, 10_000)
    no = account.run("people", "import", file, "--license", "meetings:licensed")
    assert (no.code, no.answer["details"]) == (3, {"product": "meetings:licensed", "needed": 10_000, "free": 6_000})
    assert account.people() == 1
    part = account.run("people", "import", file, "--license", "meetings:licensed", "--first")
    assert (part.code, part.counts) == (4, {"new": 6_000, "skipped": 4_000})
    assert part.answer["seats"] == {"meetings:licensed": {"before": 6_000, "after": 0}}
    assert len(part.answer["refusals"]) == 1_000
    left = Path(part.answer["refusals_file"]).read_text().splitlines()
    assert len(left) == 4_001
    assert left[1].startswith(f"p06000@{account.domain},First6000,")
    assert account.people() == 6_001
    assert account.breaches() == []
