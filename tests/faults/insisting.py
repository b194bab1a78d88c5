"""Clients that never give up: `python -m tests.faults.insisting JSON`. Each changes one person to and fro, every wish under a key of its own.

A line on the standard input asks how it stands: it waits until every client was answered again, and prints what is wrong as JSON.
"""

import contextlib
import json
import sys
import threading
import time
from collections import defaultdict
from typing import Any
from uuid import UUID

import django
from django.db import Error, connection

LICENSED, BASIC = "meetings:licensed", "meetings:basic"
SECONDS = 60


class Client(threading.Thread):
    """Asks again under the same key until it is answered, then has its next wish."""

    def __init__(self, account: UUID, user: str) -> None:
        super().__init__(daemon=True)
        self.account, self.user = account, user
        self.acknowledged: dict[str, str] = {}
        self.lost = 0

    def run(self) -> None:
        n = 0
        while True:
            key = f"{self.user}:{n}"
            try:
                self.acknowledged[key] = self.ask(key, (LICENSED, BASIC)[n % 2])
                n += 1
            except Error:
                self.lost += 1
                time.sleep(0.01)
            finally:
                with contextlib.suppress(Error):
                    connection.close()

    def ask(self, key: str, license: str) -> str:
        from usher.access.actors import operator
        from usher.journal import engine
        from usher.journal.verb import plan

        wish = plan(operator(self.account), "licenses.change_license", {"license": license, "subjects": {"ids": [self.user]}})
        return str(engine.start(wish, key).change_id)


def main() -> None:
    django.setup()
    asked = json.loads(sys.argv[1])
    clients = [Client(UUID(asked["account"]), user) for user in asked["users"]]
    for client in clients:
        client.start()
    for _ in sys.stdin:
        before = {c: len(c.acknowledged) for c in clients}
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline and any(len(c.acknowledged) < before[c] + 2 for c in clients):
            time.sleep(0.005)
        print(json.dumps(asked_until_answered(clients)), flush=True)


def asked_until_answered(clients: list[Client]) -> dict[str, Any]:
    """A backend that is killed takes all others with it a moment later: the question may fall into that."""
    while True:
        try:
            return how_it_stands(clients)
        except Error:
            time.sleep(0.01)
        finally:
            connection.close()


def how_it_stands(clients: list[Client]) -> dict[str, Any]:
    """What was acknowledged and is not there, what is there twice, and what `usher verify` complains of."""
    from usher.core import sql
    from usher.journal.verify import verify

    acknowledged = {key: change for c in clients for key, change in list(c.acknowledged.items())}
    done = defaultdict(list)
    for row in sql.rows(
        """SELECT c.key, c.id::text AS change FROM journal_change c JOIN journal_effect e ON e.change_id = c.id AND e.result = 'done'
           WHERE c.account_id = %(a)s AND c.verb = 'licenses.change_license'""",
        {"a": clients[0].account},
    ):
        done[row["key"]].append(row["change"])
    return {
        "acknowledged": len(acknowledged),
        "lost": sum(c.lost for c in clients),
        "missing": [key for key, change in acknowledged.items() if change not in done[key]],
        "twice": [key for key, changes in done.items() if len(changes) > 1],
        "breaches": [f"{i.id}: {found}" for i, found in verify() if found],
    }


if __name__ == "__main__":
    main()
