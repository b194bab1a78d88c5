"""Days of a query, `from` and `to`: both are included, and begin at midnight UTC."""

from datetime import UTC, date, datetime, time, timedelta

from usher.core.clock import now
from usher.zoom_wire.codes import invalid
from usher.zoom_wire.fields import Field

from .operations import Call

DAY = Field("string", most=10)
DAYS = {"from": DAY, "to": DAY}
NEEDED = {name: Field("string", required=True, most=10) for name in DAYS}
# Between the first and the last: the contract's month, also where a client counts from the first of one to the first of the next.
MOST_DAYS = 31


def span_of(call: Call) -> tuple[datetime | None, datetime | None]:
    """The beginning of the first day, and of the day after the last; None for an end that is not named."""
    return day_of(call, "from"), _after(day_of(call, "to"))


def month_of(call: Call) -> tuple[datetime, datetime]:
    """The same for what is asked a month at a time: until today and since a month before unless it is said. Longer is refused with code 300."""
    last = day_of(call, "to") or datetime.combine(now().astimezone(UTC), time(), UTC)
    first = day_of(call, "from") or max(last, datetime.min.replace(tzinfo=UTC) + timedelta(days=MOST_DAYS)) - timedelta(days=MOST_DAYS - 1)
    if not timedelta() <= last - first <= timedelta(days=MOST_DAYS):
        raise invalid({"field": "from", "message": f"from and to must be in this order and at most {MOST_DAYS} days apart."})
    return first, _after(last) or last


def day_of(call: Call, name: str) -> datetime | None:
    """The beginning of a day of the query; None when it is not asked for."""
    if name not in call.query:
        return None
    try:
        return datetime.combine(date.fromisoformat(call.query[name]), time(), UTC)
    except ValueError:
        raise invalid({"field": name, "message": f"{name} must be a day, yyyy-MM-dd."}) from None


def _after(day: datetime | None) -> datetime | None:
    """The day after; the last of all calendars is its own."""
    return None if day is None else day + timedelta(days=1) if day.date() < date.max else day
