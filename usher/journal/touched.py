"""The Changes that touched an object, and what each did to it: the Activity of a person."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from usher.core import sql
from usher.core.actor import Actor

from .reads import CHANGE, seen_by

LAST = UUID(int=2**128 - 1)


def changes_of(actor: Actor, objs: Sequence[UUID], *, before: UUID | None = None, limit: int = 50) -> list[dict[str, Any]]:
    """Newest first, by keyset on the id; each row of reads.CHANGE with `effects` (result, before, after, reason). Walks the index effect_obj.

    The first object is the one asked about; the others belong to it, and tell only what else a Change that touched it did.
    Whose role covers a part of the account finds only what they did themselves. Refuses (forbidden) without the right to see changes.
    """
    actor.require("journal:change:view")
    keys = {"a": actor.account_id, "o": objs[0], "b": before or LAST, "l": limit}
    own = f" AND change_id IN (SELECT c.id FROM journal_change c WHERE c.account_id = %(a)s{seen_by(actor)})" if actor.scope else ""
    found = sql.rows(
        f"""WITH t AS MATERIALIZED (SELECT DISTINCT change_id FROM journal_effect WHERE obj = %(o)s AND change_id < %(b)s{own} ORDER BY change_id DESC LIMIT %(l)s)
            {CHANGE} WHERE c.account_id = %(a)s AND c.id IN (SELECT change_id FROM t) ORDER BY c.id DESC""",
        keys,
    )
    effects: dict[UUID, list[dict[str, Any]]] = {}
    for e in sql.rows(
        "SELECT change_id, result, before, after, reason FROM journal_effect WHERE obj = ANY(%(o)s) AND change_id = ANY(%(c)s) ORDER BY phase, ord",
        {"o": list(objs), "c": [f["id"] for f in found]},
    ):
        effects.setdefault(e["change_id"], []).append(e)
    return [{**f, "effects": effects[f["id"]]} for f in found]
