"""Scopes of operations: the granular one of each, and the classic ones that include it (README of the contract, S4-34)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scopes:
    """Any one of these opens an operation; a refusal names the granular ones."""

    granular: tuple[str, ...]
    classic: tuple[str, ...]

    @property
    def all(self) -> frozenset[str]:
        return frozenset(self.granular + self.classic)


def reading(area: str, *granular: str) -> Scopes:
    """An operation that reads: whoever may write may read."""
    return Scopes(granular, (f"{area}:read:admin", f"{area}:write:admin"))


def writing(area: str, *granular: str) -> Scopes:
    return Scopes(granular, (f"{area}:write:admin",))
