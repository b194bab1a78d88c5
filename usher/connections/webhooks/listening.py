"""Writing down that something was done, in its own transaction: one statement, and none while nobody in the account listens."""

from uuid import UUID

from usher.core import clock, jobs, sql
from usher.journal.feed import Done

from .telling import TELLS

LISTENED = "EXISTS (SELECT 1 FROM webhooks_subscription s WHERE s.account_id = {account} AND s.state = 'on')"


def heard(done: Done) -> None:
    """A Change, or one chunk of it, when its verb tells something. Its row comes after those of everybody who changed the same person before."""
    parts = TELLS.get(done.verb.name, {})
    if not parts or (done.part is not None and done.part not in parts):
        return
    sql.prepared(
        """INSERT INTO webhooks_notice (account_id, change_id, phase, low, high, event, at)
           VALUES (%(a)s, %(c)s, %(p)s, %(l)s, %(h)s, '', now())""",
        {"a": done.account, "c": done.change, "p": done.phase, "l": done.low, "h": done.high},
    )
    jobs.defer("webhooks.tell", account=str(done.account))


def came_or_went(user: UUID, event: str) -> None:
    """Somebody signed in (user.signed_in) or out (user.signed_out)."""
    found = sql.value(
        f"""INSERT INTO webhooks_notice (account_id, user_id, event, low, high, at)
            SELECT u.account_id, u.id, %(e)s, 0, 0, %(now)s FROM people_user u WHERE u.id = %(u)s AND {LISTENED.format(account="u.account_id")} RETURNING account_id""",
        {"u": user, "e": event, "now": clock.now()},
    )
    if found:
        jobs.defer("webhooks.tell", account=str(found))
