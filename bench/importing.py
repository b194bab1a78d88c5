"""Importing people: from the uploaded bytes to the finished Change, against COPY and INSERT … SELECT into the same tables."""

import io
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from .figure import Figure, median, seconds
from .people import csv_bytes
from .server import open_account

ROUNDS = 5
BARE_STAGE = "CREATE TABLE IF NOT EXISTS bench_stage (id uuid DEFAULT usher_uuid7(), email text, first_name text, last_name text, department text, user_group text, im_group text)"
BARE = """
INSERT INTO people_user (id, account_id, email, canonical, first_name, last_name, department, came_in, created_at)
  SELECT id, %(a)s, email, lower(email), first_name, last_name, department, 'import', now() FROM bench_stage;
INSERT INTO people_standing (user_id, account_id, status, license, role, access_epoch, version)
  SELECT id, %(a)s, 'pending', 'meetings:basic', 'member', 1, 1 FROM bench_stage;
INSERT INTO people_invitation (user_id, account_id, nonce, sent_at, expires_at, state)
  SELECT id, %(a)s, gen_random_uuid(), now(), now() + interval '30 days', 'open' FROM bench_stage;
"""


def bare(account: UUID, data: bytes) -> None:
    """The least anybody could do with the same rows: no check, no seat, no journal, no mail."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE bench_stage")
        with cursor.copy(
            "COPY bench_stage (email, first_name, last_name, department, user_group, im_group) FROM STDIN (FORMAT csv, HEADER)"
        ) as copy:
            copy.write(data)
        for statement in BARE.split(";")[:-1]:
            cursor.execute(statement, {"a": account})


def ours(account: UUID, data: bytes) -> dict[str, float]:
    """Stage, preview, start, steps: what an upload, its plan page and its worker do. Seconds of each."""
    from usher.access.actors import operator
    from usher.journal import engine
    from usher.journal.plan import preview
    from usher.lifecycle.join import plan_invite
    from usher.lifecycle.staging import stage_csv

    actor = operator(account)
    out: dict[str, float] = {}
    kept: dict[str, Any] = {}

    def stage() -> None:
        kept["stage"] = stage_csv(actor, io.BytesIO(data), "people.csv", most=None, choices={})
        kept["plan"] = plan_invite(actor, kept["stage"], {"license": "meetings:basic"})

    def look() -> None:
        kept["preview"] = preview(kept["plan"])

    def begin() -> None:
        kept["started"] = engine.start(kept["plan"], f"import:{account}", digest=kept["preview"].digest)

    def steps() -> None:
        while engine.step(kept["started"].change_id):
            pass

    for name, work in (("stage", stage), ("preview", look), ("start", begin), ("steps", steps)):
        out[name] = seconds(work)
    return out


def run(rows: int = 9_998, rounds: int = ROUNDS) -> list[Figure]:
    """Rounds of both, one after the other, on accounts of their own."""
    with connection.cursor() as cursor:
        cursor.execute(BARE_STAGE)
    theirs, mine, parts = [], [], []
    for n in range(rounds + 1):  # the first warms up
        data = csv_bytes(rows, f"r{n}.test")
        a, b = open_account(f"ours{n}"), open_account(f"bare{n}")
        parts.append(ours(a, data))
        mine.append(sum(parts[-1].values()))
        theirs.append(seconds(lambda b=b, data=data: bare(b, data)))
    ratio = median(t / m for t, m in zip(theirs[1:], mine[1:], strict=True))
    told = ", ".join(f"{k} {median(p[k] for p in parts[1:]):.2f}" for k in parts[0])
    return [
        Figure(
            f"import {rows:,} rows ({told})",
            f"{median(mine[1:]):.2f} s",
            f"{median(theirs[1:]):.2f} s",
            f"{ratio:.2f}",
            ">= 0.5",
            ratio >= 0.5,
        )
    ]
