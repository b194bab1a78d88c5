"""What must be typed before a plan is done (portal.md 5.8), whether it was, and whether anybody is left to do it to."""

from usher.journal.plan import Preview
from usher.journal.rows import sample
from usher.journal.verb import Plan
from usher.portal.effects import in_words
from usher.portal.templatetags.usher import number

TYPE_FROM = 100  # more people than this, or anything for good, and the number is typed


def to_type(planned: Plan, will: int, only: str = "", *, for_good: bool) -> str:
    """What must be typed (portal.md 5.8): nothing up to 100 people of whom all can be undone; else their number, or the name of the `only` one."""
    if will > TYPE_FROM or (for_good and will > 1):
        return number(will)
    if not for_good or not will:
        return ""
    return only or str(in_words(planned.actor, sample(planned, limit=1))[0]["name"])


def is_typed(needed: str, typed: str) -> bool:
    """A name as it is, but for spaces around it and its case; a number whatever stands between its digits."""
    if any(c.isalpha() for c in needed):
        return " ".join(typed.split()).casefold() == " ".join(needed.split()).casefold()
    return "".join(c for c in typed if c.isdigit()) == "".join(c for c in needed if c.isdigit())


def nobody_left(planned: Plan, seen: Preview, short: str) -> bool:
    """Everybody would be left alone, for a reason or for want of a seat. The page has no button then; what is so already is told by the start."""
    if seen.missing:
        return short == "first" and not seen.fits
    return not seen.items and bool(seen.skipped(unchanged=planned.verb.unchanged))
