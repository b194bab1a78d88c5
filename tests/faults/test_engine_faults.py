"""Processes killed at every failpoint of the engine, answers lost after commit, a database that restarts in mid-run."""

import os
import random
import re
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests import prepared
from tests.architecture.source import files
from tests.faults.asked import asked
from tests.faults.proxy import LosingAnswers
from tests.harness import Usher, end, wait_until
from usher.core.data_dir import DataDir
from usher.core.postgres import Cluster

STOP_AT_ONCE = signal.SIGQUIT  # PostgreSQL: immediate, without a checkpoint
pytestmark = pytest.mark.fault
ROWS = 2_400

# Where a process dies, and at which passing.
OF_AN_IMPORT = ["staged_phase@1", "staged_phase@2", "staged@1", "begin_before_commit@1", "begin_after_commit@1", "end_before_commit@1"]
OF_AN_IMPORT += [f"{name}@{nth}" for name in ("step_before_commit", "step_after_commit") for nth in (1, 2, 3)]
OF_A_CHANGE = [
    "begin_before_commit@1",
    "begin_after_commit@1",
    "step_before_commit@1",
    "step_after_commit@1",
    "step_before_commit@2",
    "end_before_commit@1",
]
OF_ONE = ["short_before_commit@1"]
# tests/mail, test_hand_over, test_webhooks
SHOWN_ELSEWHERE = {"mail.before_send", "mail.sent", "content.stored", "webhooks.sent", "webhooks.told_before_commit"}


@pytest.fixture(scope="module")
def machine(server: str) -> Iterator[Usher]:
    """A migrated database of its own; the processes come and go."""
    usher = Usher.on(server, {})
    usher.start(web=0, workers=0)
    yield usher
    usher.close()


def run(machine: Usher, what: str, *, kill_at: str = "", **params: Any) -> tuple[int, Any]:
    return asked(machine, "tests.faults.doing", what, kill_at and f"engine.{kill_at}", params)


def companies(machine: Usher, *names: str, rows: int = ROWS) -> list[dict[str, str]]:
    """Accounts with as many seats as people, and a file uploaded to each."""
    return list(run(machine, "open_companies", rows=rows, domains=[f"{n}.test" for n in names], bought=ROWS)[1])


def one(machine: Usher, query: str, *params: Any) -> tuple[Any, ...]:
    (found,) = machine.sql(query, *params)
    return found


def assert_imported_once(machine: Usher, account: str) -> None:
    """People = rows of the file, mails = people, each effect once, seats as many as people, nothing held, verify clean."""
    people = one(
        machine, "SELECT count(*), count(DISTINCT canonical) FROM people_user WHERE account_id = %s AND came_in = 'import'", account
    )
    assert people == (ROWS, ROWS)
    assert one(
        machine, "SELECT count(*), count(DISTINCT to_user) FROM mail_message WHERE account_id = %s AND kind = 'invitation'", account
    ) == (ROWS, ROWS)
    effects = "SELECT count(*), count(DISTINCT (e.phase, e.obj)) FROM journal_effect e JOIN journal_change c ON c.id = e.change_id WHERE c.account_id = %s AND c.key = 'import'"
    assert one(machine, effects, account) == (ROWS, ROWS)  # the add-on comes with its person
    assert one(machine, "SELECT used, pending, held FROM licenses_license WHERE account_id = %s AND product = 'phone'", account) == (
        0,
        ROWS,
        0,
    )
    assert one(machine, "SELECT state, held FROM journal_run WHERE account_id = %s", account) == ("done", {})


def test_every_failpoint_is_walked() -> None:
    """F01: a failpoint added to the product must be walked here, or where its own tests are."""
    written = {m for p in files() for m in re.findall(r'failpoint\("([^"]+)"\)', p.read_text())}
    walked = {"engine." + f.split("@")[0] for f in [*OF_AN_IMPORT, *OF_A_CHANGE, *OF_ONE]}
    assert written == walked | SHOWN_ELSEWHERE


def test_an_import_killed_anywhere(machine: Usher) -> None:
    """F01, P2, P7: killed before and after every commit and between, asked for again with the same key, it is done once and whole."""
    made = companies(machine, *(f"import{n}" for n in range(len(OF_AN_IMPORT))))
    for failpoint, company in zip(OF_AN_IMPORT, made, strict=True):
        died, _ = run(machine, "import_file", kill_at=failpoint, **company)
        assert died == -9, f"{failpoint} was not passed"
    run(machine, "import_files", made=made)
    for company in made:
        assert_imported_once(machine, company["account"])
    assert run(machine, "verify")[1] == []


def test_a_mass_change_killed_anywhere(machine: Usher) -> None:
    """F03: the same for a change of license; each person is changed once, and no more of them than there are seats."""
    made = companies(machine, *(f"change{n}" for n in range(len(OF_A_CHANGE))))
    run(machine, "import_files", made=made)
    for failpoint, company in zip(OF_A_CHANGE, made, strict=True):
        died, _ = run(machine, "change_all", kill_at=failpoint, account=company["account"])
        assert died == -9, f"{failpoint} was not passed"
    run(machine, "change_all_of", accounts=[c["account"] for c in made])
    for company in made:
        ledger = "SELECT used, pending, held FROM licenses_license WHERE account_id = %s AND product = 'meetings:licensed'"
        assert one(machine, ledger, company["account"]) == (0, ROWS, 0)
        changed = "SELECT count(*), min(version), max(version) FROM people_standing WHERE account_id = %s AND license = 'meetings:licensed'"
        assert one(machine, changed, company["account"]) == (ROWS, 2, 2)
    assert run(machine, "verify")[1] == []


def test_a_mass_change_killed_again_and_again(machine: Usher) -> None:
    """F03: 1,500 seats for 2,400 people, killed at random places until it is through: 1,500 granted, as in a run that nobody killed."""
    seed = random.randrange(2**32)
    dice = random.Random(seed)
    (made,) = companies(machine, f"again{seed}")
    run(machine, "import_file", **made)
    machine.sql("UPDATE licenses_license SET bought = 1500 WHERE account_id = %s AND product = 'meetings:licensed'", made["account"])
    kills = 0
    for _ in range(8):
        place = dice.choice(
            ["begin_after_commit@1", "step_before_commit@1", "step_before_commit@2", "step_after_commit@1", "end_before_commit@1"]
        )
        died, _ = run(machine, "change_all", kill_at=place, account=made["account"])
        kills += died == -9
    run(machine, "change_all", account=made["account"])
    granted = [
        r[0]
        for r in machine.sql(
            "SELECT u.canonical FROM people_standing s JOIN people_user u ON u.id = s.user_id WHERE s.account_id = %s AND license = 'meetings:licensed'",
            made["account"],
        )
    ]
    assert (len(granted), kills > 0) == (1_500, True), f"seed {seed}"
    outcome = one(
        machine,
        "SELECT (counts->'0'->>'done')::int, (counts->'0'->>'no_seat')::int FROM journal_run r JOIN journal_change c ON c.id = r.change_id WHERE c.account_id = %s AND c.key = 'change'",
        made["account"],
    )
    assert outcome == (1_500, ROWS - 1_500), f"seed {seed}"
    assert run(machine, "verify")[1] == []


def test_one_person_killed_between_seat_and_commit(machine: Usher) -> None:
    """F33: after the seat was taken and before the commit: neither the seat nor the change; asked for again, both."""
    (made,) = companies(machine, "one")
    user = str(one(machine, "SELECT user_id FROM people_standing WHERE account_id = %s", made["account"])[0])
    ledger = "SELECT used, pending, held FROM licenses_license WHERE account_id = %s AND product = 'meetings:licensed'"
    for failpoint in OF_ONE:
        died, _ = run(machine, "change_one", kill_at=failpoint, account=made["account"], user=user, key="one")
        assert died == -9
        assert one(machine, ledger, made["account"]) == (0, 0, 0)
        assert one(machine, "SELECT license FROM people_standing WHERE user_id = %s", user) == ("meetings:basic",)
    assert run(machine, "change_one", account=made["account"], user=user, key="one") == (0, "done")
    assert one(machine, ledger, made["account"]) == (0, 1, 0)
    assert run(machine, "verify")[1] == []


def test_answers_lost_after_commit(machine: Usher, data_folder: Path) -> None:
    """F09, P2: one answer in twelve is lost; every client asks again with its key; each key has one effect and one change, as it was told."""
    (made,) = companies(machine, "lost", rows=120)
    run(machine, "import_file", **made)
    users = [
        str(r[0]) for r in machine.sql("SELECT user_id FROM people_standing WHERE account_id = %s AND role = 'member'", made["account"])
    ]
    url = urlsplit(machine.env["DATABASE_URL"])
    folder = Path(parse_qs(url.query)["host"][0])
    port = parse_qs(url.query).get("port", ["5432"])[0]
    proxy = LosingAnswers(folder / f".s.PGSQL.{port}", data_folder / "proxy", one_in=12, seed=12)
    behind = Usher(
        {
            **machine.env,
            "DATABASE_URL": machine.env["DATABASE_URL"].replace(quote(str(folder), safe=""), quote(str(data_folder / "proxy"), safe="")),
        },
        "",
    )
    try:
        assert behind.env["DATABASE_URL"] != machine.env["DATABASE_URL"]
        _, told = run(behind, "insist", account=made["account"], users=users, seed=12)
    finally:
        proxy.close()
        behind.end_processes()
    assert proxy.cut > 20 and int(told.pop("lost")) > 20
    kept = {str(user): str(change) for change, user in machine.sql(
        "SELECT c.id, e.obj FROM journal_change c JOIN journal_effect e ON e.change_id = c.id WHERE c.account_id = %s AND c.key LIKE 'insist:%%'", made["account"])}  # fmt: skip
    assert kept == told
    assert one(machine, "SELECT count(*) FROM journal_change WHERE account_id = %s AND key LIKE 'insist:%%'", made["account"]) == (120,)
    assert one(
        machine,
        "SELECT min(version), max(version), count(*) FROM people_standing WHERE account_id = %s AND license = 'meetings:licensed'",
        made["account"],
    ) == (2, 2, 120)
    assert run(machine, "verify")[1] == []


def test_a_killed_worker_s_run_is_finished_by_another(machine: Usher) -> None:
    """F01, F03, P7: real workers; the first dies in the middle of a chunk, the second takes the run over by itself."""
    (made,) = companies(machine, "workers")
    run(machine, "import_file", kill_at="begin_after_commit@1", **made)
    machine.env["FAILPOINTS"] = "engine.step_before_commit=kill@2"
    first = machine.start_worker()
    wait_until(lambda: first.poll() is not None, seconds=40, what="the kill")
    del machine.env["FAILPOINTS"]
    assert first.returncode == -9
    second = machine.start_worker()
    try:
        wait_until(
            lambda: one(machine, "SELECT state FROM journal_run WHERE account_id = %s", made["account"]) == ("done",),
            seconds=60,
            what="the end of the run",
        )
    finally:
        end(second)
    assert_imported_once(machine, made["account"])
    assert run(machine, "verify")[1] == []


def test_the_database_restarts_in_mid_run(data_folder: Path) -> None:
    """F06, F07: stopped at once while a chunk is open, it comes back; the worker heals by itself and goes on where the run was."""
    prepared.copy_to(data_folder)
    cluster = Cluster(DataDir(data_folder))
    cluster.start()
    machine = Usher({**os.environ, "DATABASE_URL": cluster.url}, "", log=data_folder / "log")
    try:
        machine.start(web=0, workers=0)
        (made,) = companies(machine, "restart")
        run(machine, "import_file", kill_at="begin_after_commit@1", **made)
        machine.env["FAILPOINTS"] = "engine.step_before_commit=sleep:2@2"
        worker = machine.start_worker()
        wait_until(lambda: moved(machine, made["account"]), seconds=40, what="the first chunk")
        cluster.stop(how=STOP_AT_ONCE)
        cluster.start()
        wait_until(
            lambda: one(machine, "SELECT state FROM journal_run WHERE account_id = %s", made["account"]) == ("done",),
            seconds=80,
            what="the end of the run",
        )
        assert worker.poll() is None, machine.said()
        end(worker)
        assert_imported_once(machine, made["account"])
        assert run(machine, "verify")[1] == []
    finally:
        machine.end_processes()
        cluster.stop()


def moved(machine: Usher, account: str) -> bool:
    found: Sequence[tuple[Any, ...]] = machine.sql("SELECT ord + phase FROM journal_run WHERE account_id = %s", account)
    return bool(found and found[0][0])
