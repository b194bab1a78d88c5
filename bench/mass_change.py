"""Changing the license of many people at once, against one bare UPDATE and one INSERT … SELECT of an audit row each."""

from itertools import pairwise

from django.db import connection, transaction

from .figure import Figure, median, seconds
from .population import fill
from .server import open_account, to_its_end

LICENSES = ("meetings:basic", "meetings:licensed")
BARE = """
WITH old AS (SELECT user_id, license FROM people_standing WHERE account_id = %(a)s AND status IN ('active', 'pending')),
  did AS (UPDATE people_standing t SET license = %(to)s, version = t.version + 1 FROM old WHERE t.user_id = old.user_id RETURNING t.user_id, old.license)
INSERT INTO bench_audit SELECT gen_random_uuid(), 0, row_number() OVER (), user_id, 'done', jsonb_build_object('license', license), jsonb_build_object('license', %(to)s::text), NULL FROM did
"""


def run(people: int = 500_000, rounds: int = 2) -> list[Figure]:
    """Everybody to and fro; one account ours, one bare, in turn. The plan page and the undo are timed beside the runs they belong to."""
    from usher.access.actors import operator
    from usher.journal import engine
    from usher.journal.plan import preview
    from usher.journal.rows import sample
    from usher.journal.undo import start_undo
    from usher.journal.verb import Plan, plan

    ours, theirs = open_account("ours"), open_account("bare")
    fill(ours, people, "ours.test")
    fill(theirs, people, "bare.test")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_audit (LIKE journal_effect INCLUDING INDEXES)")
    actor = operator(ours)
    number = 0

    def wish(to: str) -> Plan:
        return plan(actor, "licenses.change_license", {"license": to, "subjects": {"query": {"status": ["active", "pending"]}}})

    def change(to: str) -> None:
        nonlocal number
        number = to_its_end(engine.start(wish(to), f"mass:{to}:{number}"))

    def page(to: str) -> None:
        planned = wish(to)
        preview(planned)
        sample(planned, limit=50)

    def bare(to: str) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(BARE, {"a": theirs, "to": to})

    change(LICENSES[0])
    bare(LICENSES[0])
    mine, bares, pages, undone, again = [], [], [], [], []
    for _, to in pairwise(LICENSES * ((rounds + 2) // 2)):
        pages.append(seconds(lambda to=to: page(to)))
        bares.append(seconds(lambda to=to: bare(to)))
        mine.append(seconds(lambda to=to: change(to)))
        undone.append(seconds(lambda: to_its_end(start_undo(actor, number))))
        again.append(seconds(lambda to=to: change(to)))
    speed = median(b / m for m, b in zip(mine, bares, strict=True))
    share = median(p / m for m, p in zip(mine, pages, strict=True))
    # A run leaves half a million dead rows, which autovacuum works off beside whatever comes next: the undo is held against the runs on either side of it.
    beside = [(before + after) / 2 for before, after in zip(mine, again, strict=True)]
    back = median(u / m for m, u in zip(beside, undone, strict=True))
    return [
        Figure(
            f"change the license of {people:,} people",
            f"{median(mine):.1f} s",
            f"{median(bares):.1f} s",
            f"{speed:.2f} of the speed",
            ">= 0.6",
            speed >= 0.6,
        ),
        Figure(
            "… its plan page (numbers, reasons, the first fifty)",
            f"{median(pages):.2f} s",
            "",
            f"{share:.2f} of the run",
            "<= 0.1",
            share <= 0.1,
        ),
        Figure(
            "… undo of it",
            f"{median(undone):.1f} s",
            f"{median(beside):.1f} s, the runs before and after",
            f"{back:.2f} x",
            "about 1 x",
            back <= 1.1,
        ),
    ]
