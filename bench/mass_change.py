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


def run(people: int = 100_000, rounds: int = 4) -> list[Figure]:
    """Everybody to and fro; one account ours, one bare, in turn. Undo is timed once."""
    from usher.access.actors import operator
    from usher.journal import engine
    from usher.journal.plan import preview
    from usher.journal.undo import start_undo
    from usher.journal.verb import plan

    ours, theirs = open_account("ours"), open_account("bare")
    fill(ours, people, "ours.test")
    fill(theirs, people, "bare.test")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_audit (LIKE journal_effect INCLUDING INDEXES)")
    actor = operator(ours)
    number = 0

    def change(to: str) -> None:
        nonlocal number
        planned = plan(actor, "licenses.change_license", {"license": to, "subjects": {"query": {"status": ["active", "pending"]}}})
        started = engine.start(planned, f"mass:{to}:{number}", digest=preview(planned).digest)
        number = to_its_end(started)

    def bare(to: str) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(BARE, {"a": theirs, "to": to})

    def undo() -> None:
        to_its_end(start_undo(actor, number))

    change(LICENSES[0])
    bare(LICENSES[0])
    mine, bares = [], []
    for _, to in pairwise(LICENSES * ((rounds + 2) // 2)):
        mine.append(seconds(lambda to=to: change(to)))
        bares.append(seconds(lambda to=to: bare(to)))
    back = seconds(undo)
    ratio = median(m / b for m, b in zip(mine, bares, strict=True))
    return [
        Figure(
            f"change the license of {people:,} people, with the plan page",
            f"{median(mine):.1f} s",
            f"{median(bares):.1f} s",
            f"{ratio:.2f} x",
            "",
            None,
        ),
        Figure("… undo of it", f"{back:.1f} s"),
    ]
