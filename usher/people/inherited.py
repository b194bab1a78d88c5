"""Which stored setting holds for somebody: their own, else that of their primary group, else the account's; a lock ends the question above them (behaviour.md G).

A lock of the account comes first, then a lock in any group of theirs. It covers a name and everything below it. What lies below a lock is kept and counts
again when the lock is gone. Passwords and keys are never inherited: they are sealed for whom they belong to.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usher.accounts.stored import LOCKS, SETTINGS, above
from usher.core import sql
from usher.core.refusals import Refused

ACCOUNT = """SELECT 'account' AS kind, NULL::uuid AS id, '' AS name, true AS leads, k.part, k.values FROM accounts_storedsettings k
  WHERE k.account_id = %(a)s AND k.part IN ('settings', 'locks')"""
GROUPS = """SELECT 'group', g.id, g.name, {leads}, k.part, k.values FROM people_group g JOIN people_groupsettings k ON k.group_id = g.id
  AND k.part IN ('settings', 'locks') {which} WHERE g.account_id = %(a)s AND g.kind = 'user'"""
PERSON = """SELECT 'person', k.user_id, '', true, k.part, k.values FROM people_usersettings k WHERE k.account_id = %(a)s AND k.user_id = %(id)s AND k.part = 'settings'"""
OF_PERSON = f"""{ACCOUNT} UNION ALL {GROUPS.format(leads='m."primary"', which="JOIN people_membership m ON m.group_id = g.id AND m.user_id = %(id)s")} UNION ALL {PERSON}
  ORDER BY leads DESC, name"""
OF_GROUP = f"{ACCOUNT} UNION ALL {GROUPS.format(leads='true', which='AND g.id = %(id)s')}"


@dataclass(frozen=True)
class Level:
    """The account, a group (`name`) or a person with what they say, by dotted names, and what they lock. Only the primary group `leads`: others only lock."""

    kind: str
    name: str
    leads: bool
    values: Mapping[str, Any]
    locks: frozenset[str]


@dataclass(frozen=True)
class Holds:
    """The value that holds, null where nobody said one; who said it, and who locked it."""

    value: Any
    of: Level | None
    locked: Level | None


def of_account(account: UUID) -> list[Level]:
    """What is said for everybody."""
    return _levels(sql.rows(ACCOUNT, {"a": account}))


def of_group(account: UUID, group: UUID) -> list[Level]:
    """The account, then the group."""
    return _levels(sql.rows(OF_GROUP, {"a": account, "id": group}))


def of_person(account: UUID, user: UUID) -> list[Level]:
    """The account, the person's groups with the primary one first, then the person. Levels that say nothing are not there."""
    return _levels(sql.rows(OF_PERSON, {"a": account, "id": user}))


def _levels(rows: list[dict[str, Any]]) -> list[Level]:
    parts: dict[tuple[str, Any], dict[str, Any]] = {}
    for row in rows:
        parts.setdefault((row["kind"], row["id"]), {**row})[row["part"]] = row["values"]
    found = [
        Level(p["kind"], p["name"], p["leads"], p.get(SETTINGS, {}), frozenset(n for n, on in p.get(LOCKS, {}).items() if on))
        for p in parts.values()
    ]
    return sorted(found, key=lambda level: ("account", "group", "person").index(level.kind))


def holding(levels: Iterable[Level], name: str) -> Holds:
    """What holds of one setting."""
    said: Level | None = None
    for level in levels:
        has = level.leads and name in level.values
        if _locks(level, name):
            said = level if name in level.values else said
            return Holds(said.values[name] if said else None, said, level)
        said = level if has else said
    return Holds(said.values[name] if said else None, said, None)


def _locks(level: Level, name: str) -> bool:
    return name in level.locks or not level.locks.isdisjoint(above([name]))


def whole(levels: list[Level]) -> dict[str, Any]:
    """Every setting somebody says, by dotted name, as it holds: null where it is locked and nobody above says one. Nothing that is sealed."""
    names = {name for level in levels for name, value in level.values.items() if not isinstance(value, Mapping)}
    held = {name: holding(levels, name).value for name in names}
    return {name: value for name, value in held.items() if not isinstance(value, Mapping)}


def unlocked(above_them: list[Level], wish: Mapping[str, Any]) -> dict[str, Any]:
    """What may be changed of a wish (dotted name -> value) below these levels. What is locked and wished as it holds is left out: programs write back what they read.

    Refused (invalid, locked) for another value of what is locked, with the field and who locked it.
    """
    free: dict[str, Any] = {}
    for name, value in wish.items():
        holds = holding(above_them, name)
        if holds.locked is None:
            free[name] = value
        elif value not in (None, holds.value):
            raise Refused("invalid", "locked", locked_words(holds.locked) % {"setting": name}, field=name)
    return free


def locked_words(level: Level) -> str:
    """Who locked a setting, with a place for its name."""
    if level.kind == "account":
        return _("%(setting)s is locked by the account.")
    return _("%(setting)s is locked by the group %(group)s.").replace("%(group)s", level.name.replace("%", "%%"))
