"""The calls of the sample: what its telephone system wrote down, taken in by the import that everybody uses."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from random import Random
from typing import TYPE_CHECKING, Any

from usher.core import clock, sql
from usher.phone.call_files import stage_calls

if TYPE_CHECKING:
    from .company import Company

# Customers of the company: numbers of the kind that regulators keep free for fiction where there is one.
OUTSIDE = (
    [f"+4755510{n}" for n in range(200, 240)]
    + [f"+3346571{n:04}" for n in range(500, 520)]
    + ["+442079460" + f"{n}" for n in range(100, 140)]
)
RESULTS = ("answered",) * 12 + ("missed",) * 4 + ("voicemail",) * 2 + ("busy", "cancelled")
SAID = (
    "Hello, this is about the delivery on Thursday. Could you call me back?",
    "The calibration certificate has not arrived yet. Thank you.",
    "It is about pump line two again. It is not urgent.",
)
MORNING, HOURS = time(7), 10  # when the company telephones
OFTEN, USUAL, WEEKEND = 0.9, 0.24, 0.02  # the chance of a call on a day: the first phone, the others, on a Saturday or a Sunday


def take_calls_in(company: "Company", first: int, last: int, *, file: tuple[float, float]) -> None:
    """The calls from the first to the last of these days ago, in a file of the telephone system that came so many days and hours ago.

    In a company that has no phones yet there is nothing to do.
    """
    with company.at(*file):
        days = [company.today.date() - timedelta(days=back) for back in range(first, last - 1, -1)]
        if lines := list(calls_of(holders(company), days, clock.now() - timedelta(hours=1))):
            staged = stage_calls(company.admin, BytesIO("\n".join(map(json.dumps, lines)).encode()), f"calls-{clock.now():%Y-%m-%d}.jsonl")
            company.do(company.admin, "phone.import_calls", {"file": str(staged.id)})


def holders(company: "Company") -> list[dict[str, Any]]:
    """Phones with the addresses of their people, the owner's first, then by extension; rooms have none."""
    return sql.rows(
        """SELECT u.email, h.extension, (SELECT min(n.number) FROM phone_number n WHERE n.holder_id = h.id) AS number,
             EXISTS (SELECT 1 FROM licenses_seat a WHERE a.user_id = h.user_id AND starts_with(a.product, 'calling:')
               UNION ALL SELECT 1 FROM licenses_roomseat a WHERE a.room_id = h.room_id AND starts_with(a.product, 'calling:')) AS calls_out
           FROM phone_user h LEFT JOIN people_user u ON u.id = h.user_id WHERE h.state = 'active'
           ORDER BY h.id <> %(o)s, h.extension LIMIT 400""",
        {"o": company.owner.user_id},
    )


def calls_of(phones: list[dict[str, Any]], days: list[date], until: datetime) -> Iterator[dict[str, Any]]:
    """The calls of some days, in their order. The first phone is used almost daily, most now and then, and every fifth not at all."""
    dice = Random(f"calls {len(days)}")  # noqa: S311 - a sample, not a secret
    for day in days:
        for nth, phone in enumerate(phones):
            chance = WEEKEND if day.weekday() > 4 else USUAL if nth else OFTEN
            begins = datetime.combine(day, MORNING, UTC) + timedelta(seconds=dice.randrange(HOURS * 3600))
            if dice.random() < chance and nth % 5 != 4 and begins < until:
                other = dice.choice(OUTSIDE) if phone["calls_out"] else dice.choice(phones)["extension"]
                yield call_of(dice, phone, other, begins)


def call_of(dice: Random, phone: dict[str, Any], other: str, begins: datetime) -> dict[str, Any]:
    """Who has no calling plan calls inside the company only."""
    inbound, own = dice.random() < 0.6, phone["number"] or phone["extension"]
    result = dice.choice(RESULTS)
    seconds = dice.randrange(20, 900) if result == "answered" else 0
    call = {
        "call_id": f"nl-{begins:%Y%m%d}-{phone['extension']}",
        "direction": "inbound" if inbound else "outbound",
        "from": other if inbound else own,
        "to": own if inbound else other,
        "user": phone["email"] or phone["extension"],
        "started_at": begins.isoformat(),
        "seconds": seconds,
        "result": result if inbound or result != "voicemail" else "missed",
        "path": "pstn" if phone["calls_out"] else "internal",
    }
    if result == "answered" and dice.random() < 0.15:
        call |= {"recording_seconds": seconds, "recording_size": seconds * 8_000}
    if call["result"] == "voicemail":
        length = dice.randrange(8, 60)
        call |= {"voicemail_seconds": length, "voicemail_size": length * 8_000, "voicemail_transcript": dice.choice(SAID)}
    return call
