"""An event in the making: a row of what was done comes in, an event goes out. Everything here, and in what uses it, is pure.

A row is an effect with what stands beside it (expanding.py): obj, before, after, verb, undone, email, first_name, last_name, display_name, license, group_name, to_group,
part, app, at_once.
The effects of an undo have their before and after exchanged, so most of it needs no words of its own here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """One event. `subject` is what its order holds for, `name` what the log calls it, `more` what stands in the payload beside the object, if there is one."""

    event: str
    subject: UUID
    name: str
    object: Mapping[str, Any] | None
    old: Mapping[str, Any] | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    operator: bool = True


Tell = Callable[[Row], Iterator[Told]]


def of_person(row: Row, event: str, told: Mapping[str, Any], **more: Any) -> Told:
    return Told(event, row["obj"], row["email"] or "", told, **more)
