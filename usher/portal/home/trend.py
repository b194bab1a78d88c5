"""The chart of one product's seats over a year: the numbers stand in a table, and the script draws from it (portal.md section 10)."""

from typing import Any

from django.utils.translation import gettext as _

from usher.core.actor import Actor
from usher.journal.names import long_day
from usher.licenses import history
from usher.licenses.catalog import LICENSED
from usher.portal.templatetags.usher import number


def trend(actor: Actor, seats: list[dict[str, Any]], asked: str) -> dict[str, Any] | None:
    """The chart of the product asked for, else of Licensed or the first one; None when nothing was bought."""
    by_code = {s["product"]: s for s in seats if s["bought"]}
    seat = by_code.get(asked) or by_code.get(LICENSED) or next(iter(by_code.values()), None)
    if seat is None:
        return None
    weeks = with_today(history.weeks(actor, seat["product"]), seat)
    return {
        "seat": seat,
        "weeks": weeks,
        "title": title(seat, weeks),
        "sentence": sentence(weeks),
        "others": [{"words": s["name"], "code": s["product"], "now": s is seat} for s in by_code.values()],
    }


def with_today(weeks: list[dict[str, Any]], seat: dict[str, Any]) -> list[dict[str, Any]]:
    """The last line tells the ledger as it stands, not as the clock last wrote it."""
    now = {"bought": seat["bought"], "used": seat["used"], "pending": seat["pending"] + seat["held"]}
    return [*weeks[:-1], {**weeks[-1], **now}] if weeks else []


def title(seat: dict[str, Any], weeks: list[dict[str, Any]]) -> str:
    if len(weeks) >= history.WEEKS - 2:
        return _("%(name)s, last 12 months") % {"name": seat["name"]}
    return _("%(name)s, since %(day)s") % {"name": seat["name"], "day": long_day(weeks[0]["day"])} if weeks else str(seat["name"])


def sentence(weeks: list[dict[str, Any]]) -> str:
    """What the line shows, for whoever does not see it."""
    if len(weeks) < 2:
        return ""
    first, last = weeks[0], weeks[-1]
    told = {"day": long_day(first["day"]), "from": number(first["used"]), "to": number(last["used"])}
    used = _("Line chart. Seats used went from %(from)s on %(day)s to %(to)s now.") % told
    if first["bought"] == last["bought"]:
        return used + " " + _("Seats bought are %(n)s.") % {"n": number(last["bought"])}
    return used + " " + _("Seats bought went from %(from)s to %(to)s.") % {"from": number(first["bought"]), "to": number(last["bought"])}
