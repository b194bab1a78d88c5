"""The rows of a plan as its table shows them: in the plan's order, with who finds no seat, and what was changed since somebody looked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from usher.core import sql
from usher.core.clock import now

from .plan import params_of
from .shortage import fated, free_of
from .verb import COLUMNS, Plan

# What was done in the account since a moment, also by runs that had begun before. Everything that changes somebody stands in the journal.
SINCE = """
recent AS MATERIALIZED (SELECT e.obj, coalesce(e.after->>'user', e.before->>'user') AS person, e.after->>'email' AS email
  FROM (SELECT id FROM journal_change WHERE account_id = %(account)s AND at >= %(since)s
        UNION SELECT change_id FROM journal_run WHERE account_id = %(account)s AND started_at >= %(since)s::timestamptz - interval '7 days'
              AND (state = 'running' OR ended_at >= %(since)s)) c JOIN journal_effect e ON e.change_id = c.id WHERE e.result = 'done')"""
# Somebody yet to be made is the same person as one who came in meanwhile by the address.
CHANGED = """(obj IN (SELECT obj FROM recent) OR obj::text IN (SELECT person FROM recent WHERE person IS NOT NULL)
              OR version IS NULL AND after->>'email' IN (SELECT email FROM recent WHERE email IS NOT NULL))"""


def sample(
    plan: Plan,
    *,
    skip: list[str] | None = None,
    skipped: bool = False,
    search: str = "",
    after: int = 0,
    limit: int = 50,
    free: Mapping[str, int] | None = None,
    since: datetime | None = None,
    only_changed: bool = False,
    at: datetime | None = None,
) -> list[dict[str, Any]]:
    """Rows of the main phase by ord: those that will be done, or with `skipped` those left alone (for these reasons, or for any).

    `free` tells the seats of products that lack some: who finds none is left alone (no_seat). With `since` each row says whether it was `changed`
    from that moment on; `only_changed` gives those alone, whatever becomes of them. `at` is the time of the plan when it was asked for already.
    """
    _, part, index = plan.phases()[plan.main]
    where = CHANGED if only_changed else "skip IS NULL" if not skipped else "skip = ANY(%(page_skip)s)" if skip else "skip IS NOT NULL"
    rows = fated(f"SELECT row_number() OVER ()::int AS ord, {COLUMNS} FROM ({plan.select(part)}) r", free or {})
    # The rows come numbered in their order. Where most of them are wanted the first fifty are read, not all of them sorted for fifty.
    stop = "" if skipped or only_changed or search or free else "LIMIT %(page_limit)s"
    return sql.rows(
        f"""WITH {SINCE if since else "recent AS (SELECT 1)"}
            SELECT * FROM (SELECT *, {CHANGED if since else "false"} AS changed FROM ({rows}) o
              WHERE {where} AND ord > %(page_after)s
                AND (%(page_search)s = '' OR position(usher_fold(%(page_search)s) IN usher_fold(coalesce(after::text, '') || coalesce(before::text, ''))) > 0)
              {stop}) x ORDER BY ord LIMIT %(page_limit)s""",
        params_of(
            plan,
            index,
            now=at or now(),
            change=None,
            page_skip=skip,
            page_after=after,
            page_limit=limit,
            page_search=search,
            since=since,
            **free_of(free or {}),
        ),
    )


def changed_since(plan: Plan, since: datetime, at: datetime) -> int:
    """How many people (or things) of a plan were changed from that moment on."""
    _, part, index = plan.phases()[plan.main]
    found: int = sql.value(
        f"WITH {SINCE} SELECT count(DISTINCT obj)::int FROM ({plan.select(part)}) r WHERE {CHANGED}",
        params_of(plan, index, now=at, change=None, since=since),
    )
    return found


def beside(plan: Plan, people: list[UUID], at: datetime | None = None) -> list[dict[str, Any]]:
    """What the other phases would do to these people: the same columns, with the person as `obj`. Few people: every phase is read whole."""
    found: list[dict[str, Any]] = []
    for phase, part, index in plan.phases() if people else []:
        if phase != plan.main and part.beside:
            found += sql.rows(
                f"""SELECT * FROM (SELECT coalesce(after->>'user', before->>'user', obj::text)::uuid AS obj, before, after FROM ({plan.select(part)}) r
                    WHERE skip IS NULL) o WHERE obj = ANY(%(people)s)""",
                params_of(plan, index, now=at or now(), change=None, people=people),
            )
    return found
