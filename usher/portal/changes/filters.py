"""What Activity can be searched and filtered by: every clause is served by an index of its own (docs/decisions/0030)."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from usher.core import sql
from usher.core.actor import Actor
from usher.core.ids import is_uuid
from usher.journal.spans import SINCE, UNTIL
from usher.people.filters import contains

NUMBER = re.compile(r"^[Cc]-?([0-9]{1,18})$|^([0-9]{1,18})$")
MOST_PEOPLE = 100
STATES = {
    "running": "c.id = ANY (ARRAY(SELECT x.change_id FROM journal_run x WHERE x.account_id = %(account)s AND x.state = 'running'))",
    "undone": "c.id = ANY (ARRAY(SELECT x.undoes FROM journal_change x WHERE x.account_id = %(account)s AND x.undoes IS NOT NULL))",
}


def where(query: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The clauses of a query over journal_change c, with their parameters. A value that makes no sense finds nothing."""
    clauses, params = ["true"], dict[str, Any]()
    for told, values in (
        touching(query.get("q", "")),
        by(query.get("actor", ())),
        one_of("verb", query.get("verb", ())),
        one_of("door", query.get("door", ())),
        when(query.get("from", ()), query.get("to", ())),
    ):
        clauses += [told] if told else []
        params |= values
    states = [STATES.get(s, "false") for s in query.get("state", ())]
    clauses += [f"({' OR '.join(states)})"] if states else []
    return " AND ".join(clauses), params


def touching(text: str) -> tuple[str, dict[str, Any]]:
    """A change by its number, or the changes that did something to the people with this name or address."""
    if found := NUMBER.match(text.strip()):
        return "c.number = %(f_number)s", {"f_number": int(found[1] or found[2])}
    if not text.split():
        return "", {}
    people, params = people_named(text)
    return f"c.id = ANY (ARRAY(SELECT e.change_id FROM journal_effect e WHERE e.obj = ANY (ARRAY({people}))))", params


def people_named(text: str) -> tuple[str, dict[str, Any]]:
    """A SELECT of the ids of up to MOST_PEOPLE people, here or gone, who have every word in name or address; each half by a trigram index of its own."""
    words = [contains(f"f_q{n}", word) for n, word in enumerate(text.split()[:8])]
    every = " AND ".join(clause for clause, _values in words)
    halves = [
        f"(SELECT u.id FROM people_user u WHERE u.account_id = %(account)s AND u.left_at IS {gone} AND {every} LIMIT {MOST_PEOPLE})"
        for gone in ("NULL", "NOT NULL")
    ]
    return f"SELECT id FROM ({' UNION ALL '.join(halves)}) named LIMIT {MOST_PEOPLE}", {
        key: value for _clause, values in words for key, value in values.items()
    }


def too_many_people(actor: Actor, text: str) -> bool:
    """Whether more people match than are looked for: the page says so, or somebody would miss a change."""
    if not text.split() or NUMBER.match(text.strip()):
        return False
    people, params = people_named(text)
    return int(sql.value(f"SELECT count(*) FROM ({people}) p", {"account": actor.account_id, **params})) == MOST_PEOPLE


def by(actors: tuple[str, ...] | list[str]) -> tuple[str, dict[str, Any]]:
    """People by id; the operator and the clock, who are nobody, by kind."""
    people = [a for a in actors if is_uuid(a)]
    kinds = [a for a in actors if a in ("operator", "system")]
    if not actors:
        return "", {}
    clauses = ["c.actor_id = ANY (%(f_actor)s::uuid[])"] if people else []
    clauses += ["c.actor_id IS NULL AND c.actor_kind = ANY (%(f_kind)s)"] if kinds else []
    return f"({' OR '.join(clauses) or 'false'})", {"f_actor": people, "f_kind": kinds}


def one_of(column: str, values: tuple[str, ...] | list[str]) -> tuple[str, dict[str, Any]]:
    """One value as an equation, so that its index also gives the order."""
    if len(values) == 1:
        return f"c.{column} = %(f_{column})s", {f"f_{column}": values[0]}
    return (f"c.{column} = ANY (%(f_{column})s)", {f"f_{column}": list(values)}) if values else ("", {})


def when(since: tuple[str, ...] | list[str], until: tuple[str, ...] | list[str]) -> tuple[str, dict[str, Any]]:
    """From the first day to the last, both included, by the clock of whoever asks."""
    try:
        first, last = [date.fromisoformat(v[0]) if v else None for v in (since, until)]
    except ValueError:
        return "false", {}
    clauses = [SINCE] if first else []
    clauses += [UNTIL] if last else []
    return " AND ".join(clauses), {
        "f_from": _begin(first) if first else None,
        "f_to": _begin(last + timedelta(days=1)) if last and last < date.max else "infinity",
    }


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_current_timezone())
