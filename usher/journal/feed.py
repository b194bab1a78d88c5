"""Who hears of what was done. The journal knows no listener: areas above register theirs at start and are called in the transaction that did it.

Whether anybody listens is asked in the statement that writes what was done, when its rows are locked: who is switched on by then hears of it. A listener that
is called writes down that something is to be told, and defers a job; it never does more, because whoever changes something waits for it.
"""

from collections.abc import Callable, Sequence
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


@dataclass(frozen=True)
class Listener:
    """`listens` is SQL: whether anybody of an account wants to hear, for {account}, the id as an expression. Where nobody does, `heard` is not called."""

    listens: str
    heard: Callable[[Done], None]


listeners: list[Listener] = []


def listening(account: str) -> str:
    """SQL: of each listener in turn whether anybody of an account, given as an expression, wants to hear, as an array of booleans."""
    return f"ARRAY[{', '.join(one.listens.format(account=account) for one in listeners)}]::boolean[]"


def tell(done: Done, listening: Sequence[bool]) -> None:
    """Hand what was done to everybody who listens; `listening` is what the database said of them."""
    for listener, listens in zip(listeners, listening, strict=True):
        if listens:
            listener.heard(done)
