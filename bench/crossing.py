"""Two mass changes of the same people in opposite directions while others edit single people: nobody waits long, nothing locks dead."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from django.db import close_old_connections

from .figure import Figure, median, percentile
from .population import fill
from .server import open_account, to_its_end

OPPOSITE = ("meetings:basic", "meetings:licensed")
A_SECOND = 50
EDITORS = 5  # a process has so many connections beside those of the two runs


def run(people: int = 500_000) -> list[Figure]:
    """Each mass change and each of five editors has a connection of its own; together the editors make fifty edits a second."""
    from usher.access.actors import operator
    from usher.core import sql
    from usher.core.refusals import Refused
    from usher.journal import engine
    from usher.journal.verb import plan
    from usher.journal.verify import verify

    def breached() -> set[str]:
        return {invariant.id for invariant, breaches in verify() if breaches}

    account = open_account("crossing")
    fill(account, people, "crossing.test")
    actor = operator(account)
    ids = [
        r["user_id"]
        for r in sql.rows("SELECT user_id FROM people_standing WHERE account_id = %(a)s AND status = 'active' LIMIT 200000", {"a": account})
    ]
    before = breached()  # the people were not made by verbs, so some of what is asked of verbs does not hold
    over, waits, refused, broken = Event(), [], [], []

    def mass(to: str) -> float:
        began = time.perf_counter()
        try:
            wish = plan(actor, "licenses.change_license", {"license": to, "subjects": {"query": {"status": ["active", "pending"]}}})
            to_its_end(engine.start(wish, f"mass:{to}"))
        except Exception as trouble:
            broken.append(repr(trouble))
        finally:
            close_old_connections()
        return time.perf_counter() - began

    def edit(n: int) -> None:
        draw, due = random.Random(n), time.perf_counter()
        try:
            while not over.is_set():
                due += EDITORS / A_SECOND
                time.sleep(max(0.0, due - time.perf_counter()))
                began = time.perf_counter()
                try:
                    subjects = {"ids": [str(draw.choice(ids))]}
                    engine.start(
                        plan(actor, "licenses.change_license", {"license": draw.choice(OPPOSITE), "subjects": subjects}), f"edit:{n}:{due}"
                    )
                except Refused as no:
                    refused.append(no.code)
                waits.append(time.perf_counter() - began)
        except Exception as trouble:
            broken.append(repr(trouble))
        finally:
            close_old_connections()

    with ThreadPoolExecutor(EDITORS + len(OPPOSITE)) as pool:
        editors = [pool.submit(edit, n) for n in range(EDITORS)]
        masses = [pool.submit(mass, to) for to in OPPOSITE]
        took = [m.result() for m in masses]
        over.set()
        for e in editors:
            e.result()
    found = breached() - before
    return [
        Figure(
            f"two opposite mass changes of {people:,} people at once, {len(waits):,} single edits beside them",
            f"{max(took):.0f} s",
            "",
            f"{len(broken)} deadlocks or errors, {len(refused)} edits refused, verify finds {len(found)} breaches",
            "no deadlock",
            not broken and not found,
        ),
        Figure(
            "… a single edit, p50 (p99, longest)",
            f"{median(waits) * 1000:.0f} ({percentile(waits, 0.99) * 1000:.0f}, {max(waits) * 1000:.0f}) ms",
            "",
            f"{len(waits) / max(took):.0f} a second",
            "<= 1 s",
            max(waits) <= 1,
        ),
    ]
