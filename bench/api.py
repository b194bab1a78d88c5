"""The API on the loopback under wrk: a page of people and an invitation, against a bare WSGI view under the same server, with one web process and with two.

`python -m bench api`; `--people 1000000` for larger accounts, `--seconds 20` for longer rounds. bench/README.md says what each side does.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from .figure import Figure, median
from .population import fill
from .server import open_account

PEOPLE = int(os.environ.get("BENCH_API_PEOPLE", "100000"))
SECONDS = int(os.environ.get("BENCH_API_SECONDS", "5"))
ROUNDS = 3
CONNECTIONS = 8
LAST_SEATS = 50
PEOPLE_PATH = "/v2/users"
PAGE = f"{PEOPLE_PATH}?page_size=30"
LIST_ONLY = "/list"  # of the bare view: of the statements of ours the last one only, without whose token it is
LUA = """
local round, n = "%(round)s", 0
local threads = 0
function setup(thread) thread:set("id", threads); threads = threads + 1 end
wrk.headers["Authorization"] = "Bearer %(token)s"
if "%(method)s" == "POST" then
  wrk.headers["Content-Type"] = "application/json"
  request = function()
    n = n + 1
    local email = "r" .. round .. "t" .. id .. "n" .. n .. "@big.test"
    return wrk.format("POST", nil, nil, '{"action":"create","user_info":{"email":"' .. email .. '","type":2,"first_name":"Ann","last_name":"Berg"}}')
  end
end
function done(summary, latency)
  print(string.format("TOLD %%d %%d %%d %%d %%f %%f", summary.requests, summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.timeout,
    summary.duration, latency:percentile(50), latency:percentile(99)))
end
"""


@dataclass(frozen=True)
class Told:
    """What one run of wrk says: good answers a second, p50 and p99 in milliseconds, how many were refused or lost; and what an answer cost the web
    processes and the database, in milliseconds of a processor."""

    rate: float
    p50: float
    p99: float
    refused: int
    lost: int
    web: float
    database: float


@dataclass(frozen=True)
class Served:
    """A server under load: its address, and its own process."""

    base: str
    pid: int


def run() -> list[Figure]:
    """Ours and bare take turns, round by round."""
    from usher.core import sql

    account, theirs = open_account("big"), open_account("bare")
    fill(account, PEOPLE, "big.test")
    fill(theirs, PEOPLE, "bare.test")
    token = token_of(account)
    sql.execute("ANALYZE")
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        sent = Path(folder) / "sent.json"
        sent.write_text(json.dumps(what_is_sent(token_of(theirs))))
        os.environ["BENCH_SENT"] = str(sent)
        for processes in (1, 2):
            figures += with_processes(processes, account, theirs, token)
    return figures


def what_is_sent(token: str) -> dict[str, Any]:
    """Every statement of a page as ours sends it, in their order; what stands around the people; and how connections are opened."""
    from django.db import connection
    from django.test import Client

    from usher.core.pooled.base import Pooled

    from . import api_ours  # noqa: F401 - with the limits that ours has there

    said: list[tuple[str, list[Any]]] = []
    ours = Pooled.ask
    Pooled.ask = lambda self, text, values: said.append((text, [as_json(v) for v in values])) or ours(self, text, values)  # type: ignore[assignment, func-returns-value]
    try:
        body = Client().get(PAGE, headers={"Authorization": f"Bearer {token}"}).content.decode()
    finally:
        Pooled.ask = ours  # type: ignore[method-assign]
    options = connection.settings_dict["OPTIONS"]
    return {
        "statements": said,
        "around": body.partition('"users":[')[0] + '"users":[',
        "connection": {"options": options["options"], "prepare_threshold": options["prepare_threshold"], "autocommit": True},
        "pool": {"min_size": options["pool"]["min_size"], "max_size": options["pool"]["max_size"]},
    }


def as_json(value: Any) -> Any:
    return {"bytes": value.hex()} if isinstance(value, bytes) else str(value) if isinstance(value, UUID) else value


def with_processes(processes: int, account: UUID, theirs: UUID, token: str) -> list[Figure]:
    with serving("api_ours", account, processes) as ours, serving("api_bare", theirs, processes) as bare:
        told = f"{processes} process{'es' if processes > 1 else ''}"
        pages = rounds((ours, "GET", PAGE), (bare, "GET", PAGE), (bare, "GET", LIST_ONLY), token=token)
        made = rounds((ours, "POST", PEOPLE_PATH), (bare, "POST", PEOPLE_PATH), token=token)
        return [
            *compared(f"GET {PAGE} of {PEOPLE:,}, {told}", *pages[:2], promise=0.5),
            *compared("… against the statement of the list alone", pages[0], pages[2]),
            *compared(f"POST /v2/users with seat, journal and mail, durable, {told}", *made, promise=0.4),
            last_seats(ours, account, token, processes),
        ]


def rounds(*sides: tuple[Served, str, str], token: str) -> list[list[Told]]:
    """What each side did, round by round in turns. The first round warms up; then the tables are analyzed, as autovacuum does within a minute: what was
    planned while a table was empty would be kept."""
    from usher.core import sql

    for side in sides:
        load(*side, token)
    sql.execute("ANALYZE")
    told = [[load(*side, token) for side in sides] for _round in range(ROUNDS)]
    return [list(one) for one in zip(*told, strict=True)]


def compared(what: str, mine: list[Told], theirs: list[Told], promise: float | None = None) -> list[Figure]:
    """Answers a second, which is the promise; and beside it the processor's time of an answer, which other work on the machine disturbs less."""
    ratio = median([m.rate / t.rate for m, t in zip(mine, theirs, strict=True)])
    wrong = sum(t.refused + t.lost for t in (*mine, *theirs))
    told = [
        f"{median([t.rate for t in side]):.0f}/s, p50 {median([t.p50 for t in side]):.1f}, p99 {median([t.p99 for t in side]):.1f} ms"
        for side in (mine, theirs)
    ]
    costs = [(median([t.web for t in side]), median([t.database for t in side])) for side in (mine, theirs)]
    cpu = [f"{web:.2f} + {database:.2f} ms" for web, database in costs]
    held = (f">= {promise}", ratio >= promise and not wrong) if promise else ()
    return [
        Figure(what, told[0], told[1], f"{ratio:.2f}", *held),
        Figure("… the processor's time of an answer, web + database", cpu[0], cpu[1], f"{sum(costs[1]) / sum(costs[0]):.2f}"),
    ]


def last_seats(ours: Served, account: UUID, token: str, processes: int) -> Figure:
    """Fewer seats than calls: as many are invited as there were seats, the rest is refused."""
    from usher.access.actors import operator
    from usher.core import sql
    from usher.journal import engine
    from usher.journal.verb import plan

    taken = "SELECT used + pending + held FROM licenses_license WHERE account_id = %(a)s AND product = 'meetings:licensed'"
    bought = sql.value(taken, {"a": account}) + LAST_SEATS
    engine.start(
        plan(operator(account), "licenses.set_seats", {"product": "meetings:licensed", "quantity": bought}), f"bench:last:{processes}"
    )
    told = load(ours, "POST", PEOPLE_PATH, token)
    oversold = sql.value(taken, {"a": account}) - bought
    engine.start(
        plan(operator(account), "licenses.set_seats", {"product": "meetings:licensed", "quantity": 3_000_000}), f"bench:more:{processes}"
    )
    return Figure(
        f"… the last {LAST_SEATS} seats, {processes} process{'es' if processes > 1 else ''}",
        f"{LAST_SEATS + oversold} invited, {told.refused} refused",
        "",
        "",
        "never oversold",
        oversold == 0 and told.refused > 0 and not told.lost,
    )


def token_of(account: UUID) -> str:
    """An app of the owner's, and its token."""
    from usher.access import api_apps, tokens
    from usher.access.actors import person
    from usher.core import sql
    from usher.core.ids import short

    owner = {"a": account}
    sql.execute("UPDATE people_standing SET status = 'active' WHERE account_id = %(a)s AND role = 'owner'", owner)
    sql.execute("UPDATE licenses_license SET used = used + 1, pending = pending - 1 WHERE account_id = %(a)s AND pending = 1", owner)
    actor = person(sql.value("SELECT user_id FROM people_standing WHERE account_id = %(a)s AND role = 'owner'", owner), "portal")
    id, secret = api_apps.make(actor, "Bench", "all", "bench:app")
    client = tokens.client(short(id), secret or "", "127.0.0.1")
    assert client is not None
    return tokens.issue(client)[0]


@contextmanager
def serving(module: str, account: UUID, processes: int) -> Iterator[Served]:
    """granian as `usher web` starts it, with the module's application."""
    from tests.harness import end, free_port
    from usher.cli.service import THREADS

    base = f"http://127.0.0.1:{free_port()}"
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", f"bench.{module}:application", "--interface", "wsgi", "--port", base.rsplit(":", 1)[1]),
            *("--workers", str(processes), "--blocking-threads", str(THREADS), "--backpressure", str(THREADS), "--log-level", "error"),
        ],
        env={**os.environ, "USHER_BASE_URL": base, "BENCH_ACCOUNT": str(account)},
        stdout=sys.stderr,
        start_new_session=True,
    )
    try:
        for _try in range(200):
            time.sleep(0.1)
            try:
                urllib.request.urlopen(base + "/livez", timeout=5).close()
                break
            except OSError:
                continue
        yield Served(base, server.pid)
    finally:
        end(server)


def cpu_of(parent: int) -> float:
    """Seconds of a processor that a process and its children, those that ended too, have used."""
    used = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, told = int(stat.parent.name), stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if parent in (pid, int(told[1])):
            used += int(told[11]) + int(told[12]) + (int(told[13]) + int(told[14]) if pid == parent else 0)
    return used / os.sysconf("SC_CLK_TCK")


def database() -> int:
    """The process of the server whose children the connections are."""
    from usher.core import sql

    pid = sql.value("SELECT pg_backend_pid()")
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def load(served: Served, method: str, path: str, token: str) -> Told:
    """One run of wrk."""
    before = cpu_of(served.pid), cpu_of(database())
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("This needs wrk: apt install wrk")
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "load.lua"
        script.write_text(LUA % {"round": time.monotonic_ns(), "token": token, "method": method})
        said = subprocess.run(
            [
                wrk,
                "-t2",
                f"-c{CONNECTIONS}",
                f"-d{SECONDS}s",
                "--timeout",
                "10s",
                "-s",
                str(script),
                served.base + path,
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    found = re.search(r"TOLD (.+)", said)
    assert found, said
    requests, refused, lost, micros, p50, p99 = (float(n) for n in found.group(1).split())
    print(json.dumps({"base": served.base, "method": method, "requests": requests, "refused": refused, "lost": lost}), file=sys.stderr)
    web, answers = cpu_of(served.pid) - before[0], max(requests, 1) / 1000
    return Told(
        (requests - refused) / (micros / 1e6),
        p50 / 1000,
        p99 / 1000,
        int(refused),
        int(lost),
        web / answers,
        (cpu_of(database()) - before[1]) / answers,
    )
