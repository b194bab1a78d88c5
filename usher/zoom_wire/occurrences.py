"""The dates of a series as the contract writes them: worked out from its first time and how it recurs, with what was said of single ones.

Nothing is stored for a date that is as the series says. One that was changed or deleted stands among the further fields of its series, under the number that
clients know it by: its time as the series has it, in milliseconds. A series that is moved has other dates, and they are as the series says, except
where one falls on a time of which something was said before.
"""

import calendar
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import islice, takewhile
from typing import Any

from .meetings import WITH_TIME, minutes, moment, settings_of, type_of
from .people import time

MOST = 60  # the contract's end_times
DAILY, WEEKLY, MONTHLY = 1, 2, 3
AVAILABLE, DELETED = "available", "deleted"
OF_ONE = ("start_time", "duration", "agenda", "settings")  # what can be otherwise on a single date
KEPT_AS = "occurrences"  # among the further fields


def of(row: Mapping[str, Any], zone: tzinfo) -> list[dict[str, Any]]:
    """Every date of a series at fixed times; none of anything else. `zone` is whose clock it goes by."""
    recurrence = row["details"].get("recurrence")
    if type_of(row) not in WITH_TIME or not recurrence or row["starts_at"] is None:
        return []
    said = row["details"].get(KEPT_AS, {})
    return [_told(row, at, said.get(number_of(at), {})) for at in starts(row["starts_at"], recurrence, zone)]


def _told(row: Mapping[str, Any], at: datetime, said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "occurrence_id": number_of(at),
        "start_time": said.get("start_time") or time(at),
        "duration": said.get("duration") or minutes(row["seconds"]),
        "status": said.get("status", AVAILABLE),
    }


def otherwise(row: Mapping[str, Any], date: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of an item on one date, where it differs from the others."""
    said = row["details"].get(KEPT_AS, {}).get(date["occurrence_id"], {})
    told = {name: date[name] for name in ("start_time", "duration")}
    told |= {"agenda": said["agenda"]} if "agenda" in said else {}
    return {**told, "settings": {**settings_of(row), **said.get("settings", {})}}


def number_of(at: datetime) -> str:
    return str(int(at.timestamp()) * 1000)


def coming(dates: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Those that are not over."""
    return [d for d in dates if (begins := moment(d["start_time"], UTC)) and begins + timedelta(minutes=d["duration"]) > now]


def starts(first: datetime, recurrence: Mapping[str, Any], zone: tzinfo) -> list[datetime]:
    """When a series takes place: by the same clock on every date, whatever becomes of summer time. At most 60 times; once when nothing says until when."""
    local = first.astimezone(zone)
    until = moment(recurrence.get("end_date_time") or "", UTC)
    most = min(recurrence.get("end_times") or (MOST if until else 1), MOST)
    at = (datetime.combine(day, local.timetz()).astimezone(UTC) for day in _days(local.date(), recurrence))
    return list(islice(takewhile(lambda moment: until is None or moment <= until, at), most))


def _days(first: date, recurrence: Mapping[str, Any]) -> Iterator[date]:
    """The days from the first one on, without end."""
    every = recurrence.get("repeat_interval") or 1
    if recurrence["type"] == DAILY:
        return (first + timedelta(days=every * n) for n in range(MOST))
    days = _weekly(first, every, recurrence) if recurrence["type"] == WEEKLY else _monthly(first, every, recurrence)
    return (day for day in days if day >= first)


def _weekly(first: date, every: int, recurrence: Mapping[str, Any]) -> Iterator[date]:
    """The named days (1 is Sunday) of every so many weeks; without any named the day of the first."""
    sunday = first - timedelta(days=_weekday(first) - 1)
    named = weekdays(recurrence.get("weekly_days", "")) or [_weekday(first)]
    return (sunday + timedelta(weeks=every * week, days=day - 1) for week in range(MOST + 1) for day in named)


def _monthly(first: date, every: int, recurrence: Mapping[str, Any]) -> Iterator[date]:
    """One day of every so many months: by its number, the last one where the month is shorter, or as the first … fourth or last weekday."""
    for n in range(0, every * (MOST + 1), every):
        year, month = first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1
        last = calendar.monthrange(year, month)[1]
        if week := recurrence.get("monthly_week"):
            of_kind = [
                d for d in range(1, last + 1) if _weekday(date(year, month, d)) == (recurrence.get("monthly_week_day") or _weekday(first))
            ]
            yield date(year, month, of_kind[week - 1 if week > 0 else week])
        else:
            yield date(year, month, min(recurrence.get("monthly_day") or first.day, last))


def _weekday(day: date) -> int:
    """1 for Sunday to 7 for Saturday."""
    return day.isoweekday() % 7 + 1


def weekdays(text: str) -> list[int]:
    """The days a list with commas names, in order."""
    return sorted({int(part) for part in text.replace(" ", "").split(",") if part in {"1", "2", "3", "4", "5", "6", "7"}})
