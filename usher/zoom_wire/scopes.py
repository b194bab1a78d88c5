"""Scopes of operations: the granular one of each, and the classic ones that include it (README of the contract, S4-34).

Without `:admin` at its end a scope is about the person themselves: it opens what is asked of `me`, where an operation says so.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scopes:
    """Any one of these opens an operation; a refusal names the granular ones. `own` open it for `me` alone, whatever role somebody has."""

    granular: tuple[str, ...]
    classic: tuple[str, ...]
    own: tuple[str, ...] = ()

    @property
    def all(self) -> frozenset[str]:
        return frozenset(self.granular + self.classic)


def reading(area: str, *granular: str) -> Scopes:
    """An operation that reads: whoever may write may read."""
    return Scopes(granular, (f"{area}:read:admin", f"{area}:write:admin"))


def writing(area: str, *granular: str) -> Scopes:
    return Scopes(granular, (f"{area}:write:admin",))


def reading_oneself(area: str, *granular: str, older: tuple[str, ...] = ()) -> Scopes:
    """An operation that reads somebody, and by scopes of their own themselves; `older` names of those are known to clients too."""
    return Scopes(granular, reading(area).classic, (*_own(granular), f"{area}:read", f"{area}:write", *older))


def writing_oneself(area: str, *granular: str) -> Scopes:
    """An operation that changes somebody, and by scopes of their own what everybody may change of themselves."""
    return Scopes(granular, writing(area).classic, (*_own(granular), f"{area}:write"))


def _own(granular: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.removesuffix(":admin") for name in granular)
