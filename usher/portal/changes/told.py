"""A change in words: its outcome and its sentence."""

from typing import Any

from usher.journal import reads

ONE = reads.Outcome(done=1, unchanged=0, skipped=0, failed=0, refused=0, left=0, reasons={}, state="done")


def described(found: dict[str, Any]) -> dict[str, Any]:
    """A change with its outcome and its sentence. One without a run was done to one object, or it would not be there: nothing to count."""
    outcome = reads.outcome(found) if found["state"] else ONE
    return {**found, "outcome": outcome, "words": reads.sentence(found, outcome.done)}
