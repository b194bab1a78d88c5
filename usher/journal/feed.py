"""Who hears of what was done. The journal knows no listener: areas above register theirs at start and are called in the transaction that did it.

A listener writes down that something is to be told, and defers a job; it never does more, because whoever changes something waits for it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from .verb import Verb


@dataclass(frozen=True)
class Done:
    """Effects that were just written: those of one phase between two numbers, or all of a Change that was one object."""

    account: UUID
    change: UUID
    verb: Verb
    undoes: bool
    phase: int | None = None
    low: int = 0
    high: int = 0

    @property
    def part(self) -> int | None:
        """The index of the verb's part this phase does; an undo runs the parts backwards."""
        return part_of(self.verb, self.phase, undoes=self.undoes) if self.phase is not None else None


def part_of(verb: Verb, phase: int, *, undoes: bool) -> int:
    return len(verb.parts) - 1 - phase if undoes else phase


listeners: list[Callable[[Done], None]] = []


def tell(done: Done) -> None:
    """Hand what was done to everybody who listens."""
    for listener in listeners:
        listener(done)
