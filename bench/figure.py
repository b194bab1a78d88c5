"""One measured line of the report, and how times are taken."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """What was measured, ours and the bare baseline, their ratio and the promise it is held against."""

    what: str
    ours: str
    bare: str = ""
    ratio: str = ""
    promise: str = ""
    kept: bool | None = None


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def percentile(times: list[float], share: float) -> float:
    """The time that `share` (0 to 1) of them do not exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


__all__ = ["Figure", "median", "percentile", "seconds"]
