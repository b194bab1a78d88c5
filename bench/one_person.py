"""One person's license, against the bare statements that would do the same."""

import json
from itertools import cycle, islice
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from .figure import Figure, median, percentile, seconds
from .population import fill
from .server import open_account

CHANGES = 300
PAIR = ("meetings:licensed", "meetings:basic")


def bare(account: UUID, person: UUID, old: str, new: str) -> None:
    """BEGIN, the row, the Change, its effect, two license rows, COMMIT: nothing is read, checked or refused."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_standing SET license = %s, version = version + 1 WHERE user_id = %s AND license = %s", [new, person, old]
        )
        cursor.execute(
            "INSERT INTO journal_change (id, account_id, verb, params, key, params_hash, actor_kind, actor_name, door, request_id, ip)"
            " VALUES (gen_random_uuid(), %s, 'bench', '{}', gen_random_uuid()::text, '', 'operator', 'Bench', 'cli', '', '') RETURNING id",
            [account],
        )
        change = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO journal_effect (change_id, phase, ord, obj, result, before, after) VALUES (%s, 0, 1, %s, 'done', %s, %s)",
            [change, person, json.dumps({"license": old}), json.dumps({"license": new})],
        )
        cursor.execute("UPDATE licenses_license SET used = used + 1 WHERE account_id = %s AND product = %s", [account, new])
        cursor.execute("UPDATE licenses_license SET used = used - 1 WHERE account_id = %s AND product = %s", [account, old])


def run(people: int = 100_000) -> list[Figure]:
    """In turn, on people of two accounts, so that both meet the same caches."""
    from usher.access.actors import operator
    from usher.core import sql
    from usher.journal import engine
    from usher.journal.verb import plan

    ours, theirs = open_account("ours"), open_account("bare")
    fill(ours, people, "ours.test")
    fill(theirs, people, "bare.test")
    actor = operator(ours)

    def some(account: UUID) -> list[dict[str, Any]]:
        return sql.rows(
            "SELECT user_id, license FROM people_standing WHERE account_id = %(a)s AND status = 'active' AND license = ANY(%(p)s) ORDER BY user_id LIMIT 5000",
            {"a": account, "p": list(PAIR)},
        )

    mine, bares = [], []
    other = dict(zip(PAIR, reversed(PAIR), strict=True))
    for n, (a, b) in enumerate(islice(zip(cycle(some(ours)), cycle(some(theirs))), CHANGES)):
        new = other[a["license"]]
        mine.append(
            seconds(
                lambda a=a, n=n, new=new: engine.start(
                    plan(actor, "licenses.change_license", {"license": new, "subjects": {"ids": [str(a["user_id"])]}}), f"one:{n}"
                )
            )
        )
        bares.append(seconds(lambda b=b: bare(theirs, b["user_id"], b["license"], other[b["license"]])))
    ratio = median(mine) / median(bares)
    return [
        Figure(
            "one person's license, p50 (p99)",
            f"{median(mine) * 1000:.1f} ({percentile(mine, 0.99) * 1000:.1f}) ms",
            f"{median(bares) * 1000:.1f} ({percentile(bares, 0.99) * 1000:.1f}) ms",
            f"{ratio:.2f} x",
            "<= 2 x",
            ratio <= 2,
        )
    ]
