"""The port through which the engine counts seats. The licenses area fits the real ledger in at start; the journal knows no product."""

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

Moves = Mapping[str, tuple[int, int]]  # seat -> (taken, given); a seat is "product" or "product@pending"


class Ledger(Protocol):
    """Every method locks license rows in product order and is the LAST lock of its transaction (architecture.md, lock order)."""

    def hold(self, account: UUID, wants: Mapping[str, int], gives: frozenset[str], *, all_or_nothing: bool) -> dict[str, int]:
        """Hold what a run needs; product -> number held. Refuses (conflict, no_seat) when all are needed and some are missing."""
        ...

    def settle(self, account: UUID, moves: Moves, *, held: Mapping[str, int]) -> None:
        """Turn seats into used or pending, and give others back; `held`, product -> how many of those taken were held. Refuses (conflict, no_seat)
        when another is needed and none is free."""
        ...

    def queue(self, account: UUID, change: UUID, actor: UUID | None) -> None:
        """Put whoever found no seat in a Change that begins (its plan rows with no_seat) on the waiting list, in their order."""
        ...

    def unqueue(self, account: UUID, change: UUID) -> int:
        """Take off the waiting list whom a Change put there: it is undone. How many."""
        ...

    def release(self, account: UUID, held: Mapping[str, int]) -> None:
        """Give back what a run held and did not need."""
        ...

    def standing(self, account: UUID, products: frozenset[str]) -> dict[str, dict[str, int]]:
        """product -> bought, used, pending, held, free; no lock."""
        ...


_ledger: list[Ledger] = []


def fit(ledger: Ledger) -> None:
    """Called once at start by the area that owns seats."""
    _ledger[:] = [ledger]


def ledger() -> Ledger:
    return _ledger[0]


def product_of(seat: str) -> str:
    """The product a seat key names."""
    return seat.partition("@")[0]


def seats_of(row: str | None) -> list[str]:
    """The seats that `takes` or `gives` of a row names: none, one, or several with a blank between."""
    return row.split() if row else []


def turns(takes: str | None, gives: str | None) -> frozenset[str]:
    """The products of a row whose seat only turns from pending into used: it is the person's already, so no other has to be free for it."""
    given = seats_of(gives)
    return frozenset(seat for seat in seats_of(takes) if f"{seat}@pending" in given)
