"""The words of the journal: reasons become refusals, Changes become sentences. Templates stand with their verbs."""

from typing import Any

from usher.core.refusals import Refused

from .verb import REASONS, VERBS, Plan


def refusal(code: str, plan: Plan) -> Refused:
    """The refusal of a set of one whose only row was left alone."""
    words = REASONS[code].words if code in REASONS else code
    if code == "no_seat":
        return Refused("conflict", code, "No seat is free. Buy more or take one back first.")
    return Refused("conflict", code, f"Nothing was done: {words}.")


def sentence(verb: str, params: dict[str, Any], done: int, *, undoes: bool = False) -> str:
    """What a Change did, in the past tense."""
    if verb not in VERBS:
        return f"{verb} ({done})"
    told = VERBS[verb].sentence(params, done)
    return f"Undone: {told[0].lower()}{told[1:]}" if undoes else told


def amount(n: int, one: str, many: str) -> str:
    """ "1 person", "9,998 people", with a no-break space as portal.md section 14 asks."""
    return f"{n:,}\u00a0{one if n == 1 else many}"


def people(n: int) -> str:
    return amount(n, "person", "people")
