"""10,000 people with seats and add-ons are deactivated and come back, against the bare statements that would take and give the same rows (issue 4: 0.5x)."""

from functools import partial
from uuid import UUID

from django.db import connection, transaction

from .figure import Figure, median, seconds
from .population import fill
from .server import open_account, to_its_end

PROMISED = 0.5
CHOSEN = "SELECT user_id FROM people_standing WHERE account_id = %(a)s AND role = 'member' AND status IN ('active', 'inactive') ORDER BY user_id LIMIT %(n)s"
# The rows that change, their audit rows, what they held, and the counts: nothing is planned, checked or refused.
AWAY = (
    """CREATE TEMP TABLE held ON COMMIT DROP AS SELECT s.user_id, s.license, coalesce((SELECT jsonb_agg(a.product) FROM licenses_seat a WHERE a.user_id = s.user_id), '[]') AS add_ons
       FROM people_standing s WHERE s.user_id = ANY(%(u)s) AND s.status = 'active'""",
    """INSERT INTO bench_audit SELECT gen_random_uuid(), 0, row_number() OVER (), user_id, 'done', jsonb_build_object('status', 'active', 'license', license, 'add_ons', add_ons),
       '{"status": "inactive"}', NULL FROM held""",
    """INSERT INTO lifecycle_departure (user_id, account_id, how, was, at, change_id, license, add_ons)
       SELECT user_id, %(a)s, 'deactivated', 'active', now(), gen_random_uuid(), license, ARRAY(SELECT jsonb_array_elements_text(add_ons)) FROM held""",
    "UPDATE people_standing t SET status = 'inactive', license = NULL, access_epoch = t.access_epoch + 1, version = t.version + 1 FROM held h WHERE t.user_id = h.user_id",
    "DELETE FROM licenses_seat a USING held h WHERE a.user_id = h.user_id",
    """UPDATE licenses_license l SET used = used - x.n FROM (SELECT p, count(*) AS n FROM (SELECT license AS p FROM held UNION ALL SELECT jsonb_array_elements_text(add_ons) FROM held) y
       GROUP BY 1) x WHERE l.account_id = %(a)s AND l.product = x.p""",
)
BACK = (
    "CREATE TEMP TABLE held ON COMMIT DROP AS SELECT user_id, license, to_jsonb(add_ons) AS add_ons FROM lifecycle_departure WHERE account_id = %(a)s",
    """INSERT INTO bench_audit SELECT gen_random_uuid(), 0, row_number() OVER (), user_id, 'done', '{"status": "inactive"}',
       jsonb_build_object('status', 'active', 'license', license, 'add_ons', add_ons), NULL FROM held""",
    "UPDATE people_standing t SET status = 'active', license = h.license, version = t.version + 1 FROM held h WHERE t.user_id = h.user_id",
    """INSERT INTO licenses_seat (id, account_id, user_id, product, since)
       SELECT usher_uuid7(), %(a)s, user_id, x, now() FROM held, jsonb_array_elements_text(add_ons) x""",
    """UPDATE licenses_license l SET used = used + x.n FROM (SELECT p, count(*) AS n FROM (SELECT license AS p FROM held UNION ALL SELECT jsonb_array_elements_text(add_ons) FROM held) y
       GROUP BY 1) x WHERE l.account_id = %(a)s AND l.product = x.p""",
    "DELETE FROM lifecycle_departure WHERE account_id = %(a)s",
)


def run(people: int = 50_000, leavers: int = 10_000, rounds: int = 3) -> list[Figure]:
    """Away and back again; one account ours, one bare, in turn. Undo of the last time away is timed once."""
    from usher.access.actors import operator
    from usher.core import sql
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

    def chosen(account: UUID) -> list[UUID]:
        return [r["user_id"] for r in sql.rows(CHOSEN, {"a": account, "n": leavers})]

    def do(verb: str, key: str) -> None:
        nonlocal number
        planned = plan(actor, verb, {"subjects": {"ids": [str(u) for u in mine]}})
        number = to_its_end(engine.start(planned, key, digest=preview(planned).digest))

    def bare(statements: tuple[str, ...]) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement, {"a": theirs, "u": others})

    mine, others = chosen(ours), chosen(theirs)
    do("lifecycle.reactivate", "all")  # the population has deactivated people too: all chosen ones begin active
    away, back, bare_away, bare_back = [], [], [], []
    for n in range(rounds):
        away.append(seconds(partial(do, "lifecycle.deactivate", f"away:{n}")))
        bare_away.append(seconds(lambda: bare(AWAY)))
        back.append(seconds(partial(do, "lifecycle.reactivate", f"back:{n}")))
        bare_back.append(seconds(lambda: bare(BACK)))
    do("lifecycle.deactivate", "once more")
    undone = seconds(lambda: to_its_end(start_undo(actor, number)))
    ratio = median(b / a for a, b in zip(away, bare_away, strict=True))
    return [
        Figure(
            f"deactivate {leavers:,} people with seats, with the plan page",
            f"{median(away):.2f} s",
            f"{median(bare_away):.2f} s",
            f"{ratio:.2f}",
            f">= {PROMISED}",
            ratio >= PROMISED,
        ),
        Figure(
            "… reactivate them",
            f"{median(back):.2f} s",
            f"{median(bare_back):.2f} s",
            f"{median(b / a for a, b in zip(back, bare_back, strict=True)):.2f}",
        ),
        Figure("… undo of deactivating", f"{undone:.2f} s"),
    ]
