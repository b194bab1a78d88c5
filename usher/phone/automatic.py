"""Automatic phone assignment: who gets a Licensed seat gets Phone with it, as long as seats of Phone are free (S1-24, S1-25; docs/decisions/0094).

1. heard     a verb that gives licenses did something, and the account has the switch on: its Change is written down, in its transaction
2. follow    on time and in a hurry: each Change that is over is followed by phone.assign_automatically, whose cause it is, once
"""

from collections.abc import Mapping
from uuid import UUID

from usher.access.actors import system
from usher.core import jobs, sql
from usher.journal import engine
from usher.journal.feed import Done
from usher.journal.plan import preview
from usher.journal.verb import plan

from .verbs.automatic import AssignAutomatically

GIVING = frozenset(
    {
        "licenses.change_license",
        "licenses.change_members_license",
        "lifecycle.invite",
        "lifecycle.update_people",
        "lifecycle.sign_up",
    }
)
SWITCHED_ON = "EXISTS (SELECT 1 FROM phone_settings o WHERE o.account_id = {account} AND o.automatic)"
OVER = """SELECT f.change_id, f.account_id FROM phone_following f WHERE NOT EXISTS (SELECT 1 FROM journal_run r WHERE r.change_id = f.change_id AND r.state = 'running')
  ORDER BY f.change_id"""


def heard(done: Done) -> None:
    """Write a Change down that may have given licenses, once; called while the account's switch is on. An undo gives back what was there before, and no Phone."""
    if done.undoes or done.verb.name not in GIVING:
        return
    written = sql.prepared(
        "INSERT INTO phone_following (change_id, account_id) VALUES (%(c)s, %(a)s) ON CONFLICT DO NOTHING RETURNING change_id",
        {"a": done.account, "c": done.change},
    )
    if written:
        jobs.defer("phone.hurry")


def follow() -> int:
    """Give Phone to whoever the Changes that are over gave a Licensed seat; how many Changes had somebody. Twice is once, by the key."""
    return sum(jobs.each(sql.rows(OVER), _follow))


def _follow(over: Mapping[str, UUID]) -> bool:
    account, change = over["account_id"], over["change_id"]
    wish = plan(system(account), AssignAutomatically.name, {"of": str(change)}, cause=change)
    some = bool(preview(wish).will)
    if some:
        engine.start(wish, f"{wish.verb.name}:{change}", short="first")
    sql.execute("DELETE FROM phone_following WHERE change_id = %(c)s", {"c": change})
    return some
