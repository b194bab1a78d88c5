"""What the clocks of leaving would do, in numbers: who is deactivated for how long, and who waits in the trash."""

from datetime import timedelta

from usher.core import clock, sql
from usher.core.actor import Actor

STEPS = (30, 90, 365)  # days, for whoever chooses a number


def waiting(actor: Actor) -> dict[str, int]:
    """How many people are deactivated, how many of them for longer than each of STEPS (longer_30 …), and how many are in the trash."""
    now = clock.now()
    longer = ", ".join(f"count(*) FILTER (WHERE how = 'deactivated' AND at <= %(since_{n})s)::int AS longer_{n}" for n in STEPS)
    found = sql.row(
        f"""SELECT count(*) FILTER (WHERE how = 'deactivated')::int AS deactivated, count(*) FILTER (WHERE how = 'deleted')::int AS in_trash, {longer}
            FROM lifecycle_departure WHERE account_id = %(a)s""",
        {"a": actor.account_id, **{f"since_{n}": now - timedelta(days=n) for n in STEPS}},
    )
    return dict(found or {})
