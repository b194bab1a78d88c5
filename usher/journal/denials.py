"""Refused attempts, grouped: a flood of them is one row with a number (AUDIT-02)."""

from usher.core import sql
from usher.core.actor import Actor


def record(actor: Actor, what: str, code: str) -> None:
    """Write down that this actor was refused `what` (a verb or a privilege) for `code`, today."""
    sql.execute(
        """INSERT INTO journal_denial (account_id, day, actor_id, actor_name, door, verb, code, times, first_at, last_at, ip)
           VALUES (%(account)s, (now() AT TIME ZONE 'UTC')::date, %(actor)s, %(name)s, %(door)s, %(what)s, %(code)s, 1, now(), now(), %(ip)s)
           ON CONFLICT ON CONSTRAINT denial_group DO UPDATE SET times = journal_denial.times + 1, last_at = now(), ip = excluded.ip""",
        {
            "account": actor.account_id,
            "actor": actor.user_id,
            "name": actor.name,
            "door": actor.door,
            "what": what,
            "code": code,
            "ip": actor.ip,
        },
    )
