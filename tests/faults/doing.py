"""What a process of its own does in the fault tests: `python -m tests.faults.doing WHAT JSON`, until it ends or is killed at a failpoint.

It uses the product as the command line does; nothing in it is a stub. It prints one JSON object.
"""

import contextlib
import io
import json
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import django
from django.db import connection

LICENSED, BASIC = "meetings:licensed", "meetings:basic"


def main() -> None:
    django.setup()
    print(json.dumps({"did": WHAT[sys.argv[1]](**json.loads(sys.argv[2]))}))


def open_companies(rows: int, domains: list[str], bought: int) -> list[dict[str, str]]:
    return [_open_company(rows, domain, bought) for domain in domains]


def _open_company(rows: int, domain: str, bought: int) -> dict[str, str]:
    """An account with seats, and a file of `rows` people uploaded to it."""
    from usher.access.actors import operator
    from usher.lifecycle import staging
    from usher.lifecycle.open_account import open_account

    account, _ = open_account("Faults", "business", f"owner@{domain}")
    for product in (LICENSED, "phone"):
        _start(account, "licenses.set_seats", {"product": product, "quantity": bought}, product)
    text = "email,first name,last name\n" + "".join(f"p{i}@{domain},First{i},Last{i}\n" for i in range(rows))
    stage = staging.stage_csv(operator(account), io.BytesIO(text.encode()), "people.csv", most=None, choices={})
    return {"account": str(account), "stage": str(stage.id)}


def import_files(made: list[dict[str, str]]) -> list[str]:
    return [import_file(**m) for m in made]


def import_file(account: str, stage: str) -> str:
    """Start the import under its one key, as a client that asks again does, and step it to its end."""
    return _to_the_end(_start(UUID(account), "lifecycle.invite", {"stage": stage, "add_ons": ["phone"]}, "import"))


def change_all_of(accounts: list[str]) -> list[str]:
    return [change_all(a) for a in accounts]


def change_all(account: str) -> str:
    """Everybody pending becomes Licensed, as far as seats go."""
    subjects = {"query": {"status": ["pending"], "license": [BASIC], "role": ["member"]}}
    return _to_the_end(
        _start(UUID(account), "licenses.change_license", {"license": LICENSED, "subjects": subjects}, "change", short="first")
    )


def change_one(account: str, user: str, key: str) -> str:
    return _start(UUID(account), "licenses.change_license", {"license": LICENSED, "subjects": {"ids": [user]}}, key).state


def insist(account: str, users: list[str], seed: int) -> dict[str, str]:
    """Change each person under a key of its own; whenever the answer is lost, ask again with the same key. What each was told in the end."""
    from django.db import Error

    dice = random.Random(seed)
    lost = []

    def one(user: str) -> tuple[str, str]:
        for _ in range(60):
            try:
                told = _start(
                    UUID(account), "licenses.change_license", {"license": LICENSED, "subjects": {"ids": [user]}}, f"insist:{user}"
                )
                return user, str(told.change_id)
            except Error:
                lost.append(user)
                time.sleep(dice.random() / 50)  # a client waits before it asks again
            finally:
                with contextlib.suppress(Error):
                    connection.close()
        return user, "gave up"

    with ThreadPoolExecutor(6) as threads:
        told = dict(threads.map(one, users))
    return {**told, "lost": str(len(lost))}


def verify() -> list[str]:
    """What `usher verify` complains of."""
    from usher.journal.verify import verify as verified

    return [f"{i.id}: {found}" for i, found in verified() if found]


def _start(account: UUID, verb: str, params: dict[str, Any], key: str, **how: Any) -> Any:
    from usher.access.actors import operator
    from usher.journal import engine
    from usher.journal.verb import plan

    return engine.start(plan(operator(account), verb, params), key, **how)


def _to_the_end(started: Any) -> str:
    from usher.journal import engine

    while engine.step(started.change_id):
        pass
    return str(started.change_id)


WHAT = {f.__name__: f for f in (open_companies, import_files, import_file, change_all_of, change_all, change_one, insist, verify)}

if __name__ == "__main__":
    main()
