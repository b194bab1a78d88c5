"""A hundred threads want the last seat, round after round: exactly one may get it."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

from django.db import close_old_connections, connection

from .figure import Figure, median
from .population import fill
from .server import open_account

TAKERS = 100
ROUNDS = 50
PRODUCT = "whiteboard"


def run() -> list[Figure]:
    """Each taker has a connection of its own."""
    from usher.access.actors import operator
    from usher.core import sql
    from usher.core.refusals import Refused
    from usher.journal import engine
    from usher.journal.verb import plan

    account = open_account("seats")
    fill(account, 8_000, "seats.test")
    actor = operator(account)
    people = [
        r["user_id"]
        for r in sql.rows(
            "SELECT user_id FROM people_standing WHERE account_id = %(a)s AND status = 'active' LIMIT %(n)s",
            {"a": account, "n": TAKERS * ROUNDS},
        )
    ]

    def take(person: UUID, ready: Barrier, key: str) -> str:
        wish = plan(actor, "licenses.give_add_on", {"add_on": PRODUCT, "subjects": {"ids": [str(person)]}})
        ready.wait()
        try:
            return engine.start(wish, key).state
        except Refused as no:
            return no.code
        finally:
            close_old_connections()

    winners, times, strange = [], [], set()
    with ThreadPoolExecutor(TAKERS) as pool:
        for n in range(ROUNDS):
            engine.start(plan(actor, "licenses.set_seats", {"product": PRODUCT, "quantity": n + 1}), f"seats:{n}")
            ready = Barrier(TAKERS)
            began = time.perf_counter()
            said = list(pool.map(lambda p, n=n, ready=ready: take(p, ready, f"take:{n}:{p}"), people[n * TAKERS : (n + 1) * TAKERS]))
            times.append(time.perf_counter() - began)
            winners.append(said.count("done"))
            strange |= set(said) - {"done", "no_seat"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT used, (SELECT count(*) FROM licenses_seat WHERE product = %s) FROM licenses_license WHERE product = %s",
            [PRODUCT, PRODUCT],
        )
        counted = cursor.fetchone()
    kept = winners == [1] * ROUNDS and not strange and counted == (ROUNDS, ROUNDS)
    told = f"{sum(w == 1 for w in winners)} of {ROUNDS} rounds" + (f", also {', '.join(sorted(strange))}" if strange else "")
    return [Figure(f"{TAKERS} takers of the last seat: one winner", told, "", f"{median(times) * 1000:.0f} ms a round", "50 of 50", kept)]
