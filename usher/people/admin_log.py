"""The journal as a log for programs: what was done between two moments, newest first, each line with who did it and a sentence."""

from datetime import datetime
from typing import Any

from usher.core import sql
from usher.core.actor import Actor
from usher.journal import reads
from usher.journal.spans import SINCE, UNTIL

COLUMNS = "c.id, c.number, c.verb, c.params, c.undoes, c.at, coalesce(u.email, c.actor_name) AS operator, r.state, r.counts, r.totals"
JOINED = "LEFT JOIN journal_run r ON r.change_id = c.id LEFT JOIN people_user u ON u.id = c.actor_id AND u.account_id = c.account_id"
WITHIN = f"c.account_id = %(account)s AND c.number < %(before)s AND {SINCE} AND {UNTIL}"


def page(
    actor: Actor, since: datetime, until: datetime, *, verbs: list[str] | None = None, before: int | None = None, limit: int
) -> list[dict[str, Any]]:
    """At most `limit` changes below a number, of these verbs or of any: at, verb, undoes, operator (an address where there is one), words.

    Each verb is walked along its own index, so what is rare among a million changes costs what it shows (docs/decisions/0030).
    """
    actor.require("journal:change:view")
    seen = reads.seen_by(actor)
    asked = {"account": actor.account_id, "f_from": since, "f_to": until, "verbs": verbs, "before": before or 2**62, "limit": limit}
    newest = f"SELECT c.number FROM journal_change c WHERE {WITHIN}{{verb}}{seen} ORDER BY c.number DESC LIMIT %(limit)s"
    if verbs is None:
        numbers = newest.format(verb="")
    else:
        each = newest.format(verb=" AND c.verb = v.verb")
        numbers = f"SELECT n.number FROM unnest(%(verbs)s::text[]) AS v(verb) CROSS JOIN LATERAL ({each}) n ORDER BY n.number DESC LIMIT %(limit)s"
    found = sql.rows(
        f"SELECT {COLUMNS} FROM journal_change c {JOINED} WHERE c.number = ANY (ARRAY({numbers})) ORDER BY c.number DESC", asked
    )
    return [{**row, "words": reads.sentence(row, reads.in_short(row).done)} for row in found]
