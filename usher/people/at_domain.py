"""How many people stand at a domain, and who came in by it (S0-60, S0-61, S0-65)."""

from collections.abc import Iterable
from dataclasses import dataclass

from usher.core import sql
from usher.core.actor import Actor
from usher.core.keyset import COUNT_TO

from .scope import within


@dataclass(frozen=True)
class AtDomain:
    """Living people of the account with an address at it, and those of them who came in by it; both counted up to COUNT_TO + 1."""

    people: int = 0
    came_in: int = 0


def at_domains(actor: Actor, names: Iterable[str]) -> dict[str, AtDomain]:
    """Each of these domains with its numbers, of whom the actor's role covers; no index is walked further than is counted."""
    mine = within(actor)
    found = sql.rows(
        f"""SELECT d.name, (SELECT count(*)::int FROM (SELECT 1 FROM people_user u WHERE u.account_id = %(a)s AND split_part(u.canonical, '@', 2) = d.name
               AND u.left_at IS NULL{mine} LIMIT %(most)s) x) AS people,
             (SELECT count(*)::int FROM (SELECT 1 FROM people_user u WHERE u.account_id = %(a)s AND split_part(u.canonical, '@', 2) = d.name
               AND u.left_at IS NULL AND u.came_in = 'domain'{mine} LIMIT %(most)s) x) AS came_in FROM unnest(%(names)s::text[]) AS d(name)""",
        {"a": actor.account_id, "names": sorted(set(names)), "most": COUNT_TO + 1},
    )
    return {f["name"]: AtDomain(f["people"], f["came_in"]) for f in found}
