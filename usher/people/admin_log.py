"""The journal as a log for programs: what was done between two moments, newest first, each line with who did it and a sentence."""

from datetime import datetime
from typing import Any

from usher.core import sql
from usher.core.actor import Actor
from usher.journal import reads
from usher.journal.spans import FIRST, LAST

COLUMNS = "c.id, c.number, c.verb, c.params, c.undoes, c.at, coalesce(u.email, c.actor_name) AS operator, r.state, r.counts, r.totals"
JOINED = "LEFT JOIN journal_run r ON r.change_id = c.id LEFT JOIN people_user u ON u.id = c.actor_id AND u.account_id = c.account_id"
NEWEST = """(SELECT c.number FROM journal_change c WHERE c.account_id = %(account)s AND c.number BETWEEN %(first)s AND %(last)s
  AND c.at >= %(f_from)s AND c.at < %(f_to)s{verb}{seen} ORDER BY c.number DESC LIMIT %(limit)s)"""


def page(
    actor: Actor, since: datetime, until: datetime, *, verbs: list[str] | None = None, before: int | None = None, limit: int
) -> list[dict[str, Any]]:
    """At most `limit` changes below a number, of these verbs or of any: at, verb, undoes, operator (an address where there is one), words.

    Each verb is asked for by itself, as a constant, so that the database takes its own index for one that is rare among a million changes (docs/decisions/0069).
    """
    actor.require("journal:change:view")
    asked: dict[str, Any] = {"account": actor.account_id, "f_from": since, "f_to": until, "limit": limit}
    ends = sql.row(f"SELECT {FIRST} AS first, {LAST} AS last", asked) or {}
    if ends["first"] is None or ends["last"] is None or verbs == []:
        return []
    asked |= {"first": ends["first"], "last": min(ends["last"], (before or 2**62) - 1)}
    asked |= {f"v{n}": verb for n, verb in enumerate(verbs or ())}
    each = [f" AND c.verb = %(v{n})s" for n in range(len(verbs))] if verbs else [""]
    numbers = " UNION ALL ".join(NEWEST.format(verb=verb, seen=reads.seen_by(actor)) for verb in each)
    found = sql.rows(
        f"""SELECT {COLUMNS} FROM journal_change c {JOINED}
            WHERE c.number = ANY (ARRAY(SELECT n.number FROM ({numbers}) n ORDER BY n.number DESC LIMIT %(limit)s)) ORDER BY c.number DESC""",
        asked,
    )
    return [{**row, "words": reads.sentence(row, reads.in_short(row).done)} for row in found]
