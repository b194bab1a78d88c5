"""The calls of the sample: what its telephone system wrote down, taken in by the import that everybody uses."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from random import Random
from typing import TYPE_CHECKING, Any

from usher.core import clock, sql
from usher.phone.call_files import stage_calls

if TYPE_CHECKING:
    from .company import Company

DAYS = 40
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


def take_calls_in(company: "Company") -> None:
    """A file each for the last weeks, as the night of the telephone system sends them. In a company that has no phones yet there is nothing to do."""
    for days in (12, 10):
        with company.at(days):
            if lines := list(calls_of(holders(), clock.now(), str(days))):
                file = stage_calls(company.admin, BytesIO("\n".join(json.dumps(line) for line in lines).encode()), f"calls-{days}.jsonl")
                company.do(company.admin, "phone.import_calls", {"file": str(file.id)})


def holders() -> list[dict[str, Any]]:
    """Phones of people with their addresses and numbers, by extension."""
    return sql.rows(
        """SELECT u.email, h.extension, (SELECT min(n.number) FROM phone_number n WHERE n.holder_id = h.id) AS number,
             EXISTS (SELECT 1 FROM licenses_seat a WHERE a.user_id = h.user_id AND starts_with(a.product, 'calling:')) AS calls_out
           FROM phone_user h JOIN people_user u ON u.id = h.user_id WHERE h.state = 'active' ORDER BY h.extension LIMIT 400"""
    )


def calls_of(phones: list[dict[str, Any]], until: datetime, salt: str) -> Iterator[dict[str, Any]]:
    """Some people call much, some little, and every fifth not at all."""
    dice = Random(f"calls {salt}")  # noqa: S311 - a sample, not a secret
    for nth, phone in enumerate(phones):
        for call in range(0 if nth % 5 == 4 else dice.randrange(1, 9)):
            inside = dice.choice(phones)["extension"]
            yield call_of(dice, phone, dice.choice(OUTSIDE) if phone["calls_out"] else inside, until, f"{salt}-{nth}-{call}")


def call_of(dice: Random, phone: dict[str, Any], other: str, until: datetime, call_id: str) -> dict[str, Any]:
    """Who has no calling plan calls inside the company only."""
    inbound, own = dice.random() < 0.6, phone["number"] or phone["extension"]
    result = dice.choice(RESULTS)
    begins = until - timedelta(days=dice.randrange(DAYS), minutes=dice.randrange(60, 600))
    seconds = dice.randrange(20, 900) if result == "answered" else 0
    call = {
        "call_id": f"nl-{call_id}",
        "direction": "inbound" if inbound else "outbound",
        "from": other if inbound else own,
        "to": own if inbound else other,
        "user": phone["email"],
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
