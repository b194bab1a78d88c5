"""The API on the loopback under wrk: a page of people and an invitation, against a bare WSGI view under the same server, with one web process and with two.

`python -m bench --json api`; BENCH_API_PEOPLE=1000000 for a larger account, BENCH_API_SECONDS for longer rounds. bench/README.md says what each side does.
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
from collections.abc import Iterator, Mapping
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
    return wrk.format("POST", "/v2/users", nil, '{"action":"create","user_info":{"email":"' .. email .. '","type":2,"first_name":"Ann","last_name":"Berg"}}')
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
        sent.write_text(json.dumps(what_is_sent(theirs)))
        os.environ["BENCH_SENT"] = str(sent)
        for processes in (1, 2):
            figures += with_processes(processes, account, theirs, token)
    return figures


def what_is_sent(theirs: UUID) -> dict[str, Any]:
    """The very statement of a page as ours sends it, for the other account; what stands around the people; and how connections are opened."""
    from django.db import connection

    from usher.access.actors import operator
    from usher.core import sql
    from usher.people import by_id
    from usher.zoom_wire import people as wire

    said: list[tuple[str, Mapping[str, Any]]] = []
    ours, sql.prepared = sql.prepared, lambda text, params: said.append((text, params)) or ours(text, params)  # type: ignore[func-returns-value]
    try:
        by_id.written(operator(theirs), wire.LISTED, "active", limit=30)
    finally:
        sql.prepared = ours
    ((text, params),) = said
    numbered = sql.numbered(text)
    token = "x" * 88  # as long as a page token
    around = {"page_count": -(-PEOPLE // 30), "page_number": 1, "page_size": 30, "total_records": PEOPLE, "next_page_token": token}
    options = connection.settings_dict["OPTIONS"]
    return {
        "page": numbered.text,
        "params": [str(v) if isinstance(v, UUID) else v for v in (params[n] for n in numbered.names)],
        "around": f'{json.dumps(around)[:-1]},"users":[',
        "connection": {"options": options["options"], "prepare_threshold": options["prepare_threshold"], "autocommit": True},
        "pool": {"min_size": options["pool"]["min_size"], "max_size": options["pool"]["max_size"]},
    }


def with_processes(processes: int, account: UUID, theirs: UUID, token: str) -> list[Figure]:
    figures = []
    with serving("api_ours", account, processes) as ours, serving("api_bare", theirs, processes) as bare:
        for method, words, promise in (
            ("GET", f"GET /v2/users?page_size=30 of {PEOPLE:,}", 0.5),
            ("POST", "POST /v2/users with seat, journal and mail, durable", 0.4),
        ):
            pairs = [(load(ours, method, token), load(bare, method, token)) for _round in range(ROUNDS + 1)][1:]  # the first warms up
            figures += compared(f"{words}, {processes} process{'es' if processes > 1 else ''}", pairs, promise)
        figures.append(last_seats(ours, account, token, processes))
    return figures


def compared(what: str, pairs: list[tuple[Told, Told]], promise: float) -> list[Figure]:
    """Answers a second, which is the promise; and beside it the processor's time of an answer, which other work on the machine disturbs less."""
    ratio = median([mine.rate / theirs.rate for mine, theirs in pairs])
    mine, theirs = ([pair[side] for pair in pairs] for side in (0, 1))
    wrong = sum(t.refused + t.lost for pair in pairs for t in pair)
    told = [
        f"{median([t.rate for t in side]):.0f}/s, p50 {median([t.p50 for t in side]):.1f}, p99 {median([t.p99 for t in side]):.1f} ms"
        for side in (mine, theirs)
    ]
    costs = [(median([t.web for t in side]), median([t.database for t in side])) for side in (mine, theirs)]
    cpu = [f"{web:.2f} + {database:.2f} ms" for web, database in costs]
    return [
        Figure(what, told[0], told[1], f"{ratio:.2f}", f">= {promise}", ratio >= promise and not wrong),
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
    told = load(ours, "POST", token)
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


def load(served: Served, method: str, token: str) -> Told:
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
                f"{served.base}/v2/users?page_size=30",
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
