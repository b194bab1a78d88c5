"""The public contract of the command line, with real processes: exit codes, one object, beside a server and without one."""

import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.cli.told import HEADER, KEYS, opened, told
from tests.harness import COMMAND, Usher, end, patience, usher, wait_until

pytestmark = pytest.mark.fault  # starts real servers and processes

COUNTS = {"new", "updated", "unchanged", "skipped", "failed", "refused"}


def test_0_done(machine: Usher) -> None:
    account = opened(machine)
    done = account.run("seats", "set", "meetings:licensed", "5")
    assert done.code == 0
    assert set(done.answer) == KEYS
    assert set(done.answer["counts"]) == COUNTS
    assert done.answer["state"] == "done"
    assert done.answer["seats"] == {"meetings:licensed": {"before": 0, "after": 5}}
    assert done.answer["change_id"].startswith("C-")
    assert done.answer["refusals"] == []
    assert done.answer["refusals_file"] is None


def test_1_an_invariant_is_breached(running_usher: Callable[..., Usher]) -> None:
    usher = running_usher(web=0, workers=0)
    account = opened(usher, licensed=5)
    assert told(usher.run("verify", "--json")).code == 0
    with psycopg.connect(usher.env["DATABASE_URL"].replace("//usher@", "//postgres@"), autocommit=True) as intruder:
        intruder.execute("UPDATE licenses_license SET used = used + 1 WHERE product = 'meetings:licensed'")
    broken = told(usher.run("verify", "--json"))
    assert broken.code == 1
    assert broken.answer["ok"] is False
    assert [i["id"] for i in broken.answer["invariants"] if not i["ok"]] == ["I1-used"]
    assert next(i for i in broken.answer["invariants"] if not i["ok"])["breaches"][0]["account"] == account.id
    assert "BREACHED  I1-used" in usher.run("verify").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["people", "import", "/nowhere/at-all.csv"],
        ["seats", "set", "meetings:licensed", "many"],
        ["account", "open", "--name", "N", "--plan", "gold", "--owner", "a@b.test"],
        ["account", "settings", "--meeting-connector", "perhaps"],
        ["people", "list", "--limit", "0"],
        ["people", "list", "--account", "1"],
        ["people", "add"],
        ["undo", "yesterday"],
        ["seats", "set", "meetings:licensed", "1", "--key", ""],
        ["nothing"],
    ],
)
def test_2_usage_is_one_object_too(machine: Usher, arguments: list[str]) -> None:
    wrong = told(machine.run(*arguments, "--json"))
    assert wrong.code == 2
    assert wrong.answer["state"] == "usage"
    assert wrong.answer["reason"]


def test_3_refused_and_nothing_done(machine: Usher, tmp_path: Path) -> None:
    account = opened(machine, licensed=2)
    file = tmp_path / "three.csv"
    file.write_text("\n".join(account.lines(3)))
    no = account.run("people", "import", str(file), "--license", "meetings:licensed")
    assert no.code == 3
    assert set(no.answer) > KEYS
    assert (no.answer["state"], no.answer["code"], no.answer["change_id"]) == ("refused", "no_seat", None)
    assert no.answer["details"] == {"product": "meetings:licensed", "needed": 3, "free": 2}
    assert account.people() == 1


def test_4_done_in_part_and_where_the_refusals_are(machine: Usher, tmp_path: Path) -> None:
    account = opened(machine)
    file = tmp_path / "some.csv"
    file.write_text("\n".join([HEADER, *account.lines(3), "bad@,A,B,,,", f"ann@{account.domain},,B,Sales,,"]))
    part = account.run("people", "import", str(file))
    assert part.code == 4
    assert (part.answer["state"], part.counts) == ("done", {"new": 3, "refused": 2})
    assert [(r["line"], r["field"], r["code"]) for r in part.answer["refusals"]] == [(5, "email", "bad_email"), (6, "first_name", "empty")]
    written = Path(part.answer["refusals_file"])
    assert written.parent.parent == Path(machine.env["USHER_DATA"])
    assert written.stat().st_mode & 0o077 == 0
    assert written.read_text().splitlines()[2].startswith(f"ann@{account.domain},,B,Sales,,,6,first_name,empty,")


def test_5_no_server(tmp_path: Path) -> None:
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    gone = told(usher("people", "list", "--json", "--data", str(tmp_path / "none"), env=env))
    assert (gone.code, gone.answer["state"]) == (5, "no_server")
    away = {**env, "DATABASE_URL": f"postgresql://usher@/usher?host={tmp_path}", "USHER_SECRET_KEY": "b3f1c09d7e5a48269f0d1c2b3a495867"}
    gone = told(usher("seats", "set", "meetings:licensed", "1", "--json", env=away))
    assert (gone.code, gone.answer["state"]) == (5, "no_server")


def test_progress_is_on_stderr_and_a_pipe_is_read(machine: Usher) -> None:
    """S0-37, S0-41: a file of one's own, also from a pipe."""
    account = opened(machine)
    command = [*COMMAND, "people", "import", "-", "--account", account.id, "--json"]
    piped = subprocess.run(
        command, env=machine.env, input="\n".join(account.lines(700)), capture_output=True, text=True, timeout=60 * patience()
    )
    assert (told(piped).code, told(piped).counts) == (0, {"new": 700})
    assert "Read 700 lines." in piped.stderr


def test_with_no_worker_alive_the_command_runs_the_chunks_itself(machine: Usher, tmp_path: Path) -> None:
    """R14, S0-40: 9,999 rows are refused in the portal; here any size is one Change."""
    account = opened(machine, licensed=10_000)
    file = tmp_path / "people.csv"
    file.write_text("\n".join([HEADER, *account.lines(9_999)]))
    done = account.run("people", "import", str(file), "--license", "meetings:licensed")
    assert (done.code, done.counts) == (0, {"new": 9_999})
    assert done.answer["seats"] == {"meetings:licensed": {"before": 10_000, "after": 1}}
    assert account.value("SELECT count(*) FROM journal_change WHERE account_id = %s AND verb = 'lifecycle.invite'") == 1
    assert account.people() == 10_000
    assert account.breaches() == []


def test_beside_a_running_server_and_its_worker(running_usher: Callable[..., Usher], tmp_path: Path) -> None:
    """AUDIT-01: whoever moves the run, the Change says that it came through the command line; and a worker that dies is not waited for."""
    beside = running_usher(web=1, workers=1)
    account = opened(beside, licensed=5_000)
    wait_until(lambda: beside.sql("SELECT 1 FROM procrastinate_workers"), what="the worker's heartbeat")
    file = tmp_path / "people.csv"
    file.write_text("\n".join(account.lines(2_000)))
    done = account.run("people", "import", str(file))
    assert (done.code, done.counts) == (0, {"new": 2_000})
    shown = account.run("change", "show", done.answer["change_id"]).answer
    assert (shown["door"], shown["by"], shown["actor_kind"], shown["verb"]) == ("cli", "Operator", "operator", "lifecycle.invite")
    assert shown["effects"][0]["after"]["email"] == f"p00000@{account.domain}"
    end(beside.workers[0], signal.SIGKILL)
    file.write_text("\n".join(account.lines(2_000, prefix="q")))
    again = account.run("people", "import", str(file))
    assert (again.code, again.counts) == (0, {"new": 2_000})
    assert account.breaches() == []


def test_without_account_it_is_the_only_one_opened_on_this_machine(running_usher: Callable[..., Usher]) -> None:
    alone = running_usher(web=0, workers=0)
    none = told(alone.run("people", "list", "--json"))
    assert (none.code, none.answer["code"]) == (3, "no_account")
    first = opened(alone)
    assert told(alone.run("people", "list", "--json")).answer["people"][0]["email"] == f"olga@{first.domain}"
    opened(alone)
    several = told(alone.run("people", "list", "--json"))
    assert (several.code, several.answer["code"]) == (3, "which_account")
    assert len(told(alone.run("account", "list", "--json")).answer["accounts"]) == 2


def test_without_json_stdout_is_for_people_and_pipes(machine: Usher) -> None:
    account = opened(machine)
    listed = machine.run("people", "list", "--account", account.id)
    assert listed.stdout == f"olga@{account.domain}\t\tpending\tmeetings:basic\t\towner\t\n"
    shown = machine.run("people", "add", f"ann@{account.domain}", "--account", account.id)
    assert "1\u00a0person" in shown.stdout
    with pytest.raises(json.JSONDecodeError):
        json.loads(shown.stdout)
