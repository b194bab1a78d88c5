"""Every page of the portal in the sample company of 100,000 people, as its owner: server time and statements.

A page that is asked in several ways (searched, sorted, another part) stands in WAYS; routes that are new are measured by themselves.
"""

import os
import re
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from .figure import Figure, median, percentile

ROUNDS = 40
PROMISE = 0.100
MOST_STATEMENTS = 15
WAYS = {
    "/people": ("q=anna", "q=son", "q=lindqvst", "q=zzqx", "sort=-last_sign_in", "status=any&sort=department", "license=meetings:licensed", "size=200"),
    "/people/pending": ("q=a", "sort=sent", "sort=-expires"),
    "/people/<id:person_id>": (),
    "/activity": ("q=anna", "state=undone", "door=cli"),
    "/changes/<int:number>": ("part=left", "find=anna"),
    "/account/outbox": ("q=anna", "state=undeliverable"),
    "/search": ("q=anna", "q=C-3", "q=zzqx"),
}  # fmt: skip
LONG = {  # plans over tens of thousands: the design promises a second for 10,000 people
    "/people/imports/<id:stage_id>": "",
    "/people/license-changes": "all=1&status=active&license_to=meetings:licensed",
    "/people/department-changes": "all=1&status=active&department_to=Elsewhere",
}


def run() -> list[Figure]:
    """Told by the real verbs (usher/sample/large.py), then read through the whole stack in this process."""
    from django.db import connection

    from usher.sample.company import open_if_empty

    open_if_empty("large")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as autovacuum does within a minute
    client, ids = owner_of()
    figures = [measured(client, address) for address in addresses(ids)]
    worst = sorted(figures, key=lambda f: -float(f.ours.split()[0]))
    late = [measured(client, f"{filled(path, ids)}?{query}", promised=False) for path, query in LONG.items()]
    kept = all(f.kept for f in figures)
    head = Figure(
        f"{len(figures)} pages at 100,000 people: all of them",
        worst[0].ours,
        f"at most {max(int(f.bare.split()[0]) for f in figures)} ms of CPU",
        "",
        f"p95 < {PROMISE * 1000:.0f} ms, <= {MOST_STATEMENTS} statements",
        kept,
    )
    return [head, *worst, *late]


def owner_of() -> tuple[Any, dict[str, Any]]:
    """A browser of the owner's, and an object for every name a route uses."""
    from tests.signed_in import signed_in
    from usher.core import sql

    account = sql.value("SELECT id FROM accounts_account WHERE opened_by = 'operator' LIMIT 1")
    owner = sql.value("SELECT user_id FROM people_standing WHERE account_id = %(a)s AND role = 'owner'", {"a": account})
    client = signed_in(owner, HTTP_HOST="localhost:8000")

    def some(query: str) -> Any:
        return sql.value(query, {"a": account, "o": owner})

    biggest = "SELECT c.number FROM journal_change c JOIN journal_run r ON r.change_id = c.id WHERE c.account_id = %(a)s ORDER BY r.totals[1] DESC LIMIT 1"
    return client, {
        "person_id": some("SELECT user_id FROM people_standing WHERE account_id = %(a)s AND status = 'active' AND role = 'member' LIMIT 1"),
        "number": some(biggest),
        "stage_id": some("SELECT id FROM lifecycle_stage WHERE account_id = %(a)s ORDER BY lines DESC LIMIT 1"),
        "item_id": some("SELECT id FROM content_item WHERE account_id = %(a)s ORDER BY id LIMIT 1"),
        "message_id": some("SELECT id FROM mail_message WHERE account_id = %(a)s ORDER BY id DESC LIMIT 1"),
        "name": "people",
    }


def addresses(ids: dict[str, Any]) -> list[str]:
    """Every page of somebody signed in that can be looked at, and the ways of WAYS."""
    from usher.portal.page import Policy, routes

    found = []
    for pattern, route in routes():
        policy = getattr(route.callback, "policy", None)
        if isinstance(policy, Policy) and policy.kind in ("member", "privilege") and "GET" in policy.methods:
            path = filled(pattern, ids)
            if path and LONG.get(pattern) != "":  # one that is only long
                found += [path, *(f"{path}?{query}" for query in WAYS.get(pattern, ()))]
    return found


def filled(pattern: str, ids: dict[str, Any]) -> str:
    """The address of a route with these objects; empty when there is none of a kind it needs."""
    from usher.core.ids import short

    names = re.findall(r"<(?:\w+:)?(\w+)>", pattern)
    if any(ids.get(name) is None for name in names):
        return ""
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda m: short(ids[m[1]]) if isinstance(ids[m[1]], UUID) else str(ids[m[1]]), pattern)


def measured(client: Any, address: str, *, promised: bool = True) -> Figure:
    """One page: the statements of one look, then the times of ROUNDS more. Beside them what it costs in CPU, here and in the database, which
    says the same on a busy machine."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    statements = len([q for q in asked if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))])
    times, rounds, spent = [], ROUNDS if promised else 3, cpu_seconds()
    for _n in range(rounds):
        began = time.perf_counter()
        client.get(address)
        times.append(time.perf_counter() - began)
    spent = (cpu_seconds() - spent) / rounds * 1000
    p50, p95 = median(times) * 1000, percentile(times, 0.95) * 1000
    kept = (p95 < PROMISE * 1000 and statements <= MOST_STATEMENTS) if promised else None
    return Figure(
        f"`{address}` {answer.status_code}", f"{p95:.1f} ({p50:.1f}) ms", f"{spent:.0f} ms of CPU", f"{statements} statements", "", kept
    )


def cpu_seconds() -> float:
    """What this process and its connection's server process have used so far."""
    from usher.core import sql

    fields = Path(f"/proc/{sql.value('SELECT pg_backend_pid()')}/stat").read_text().rsplit(")", 1)[1].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
