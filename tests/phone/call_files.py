"""Files of calls as a telephone system writes them, and what came of them."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.people_of import Company, do
from usher.core import sql
from usher.core.actor import Actor
from usher.journal import engine
from usher.phone.call_files import stage_calls

HEADER = "call_id,direction,from,to,user,started_at,seconds,result"


def started(ago: timedelta = timedelta()) -> str:
    """A moment in the life of a phone that was given a moment ago, or so long before."""
    return (datetime.now(UTC) + timedelta(minutes=5) - ago).isoformat()


def call(call_id: str, user: str, **more: Any) -> dict[str, Any]:
    """An answered call from outside."""
    usual = {
        "call_id": call_id,
        "direction": "inbound",
        "from": "+442071838750",
        "to": "1000",
        "user": user,
        "started_at": started(),
        "seconds": 61,
    }
    return {**usual, "result": "answered", "path": "pstn", **more}


def as_json(*calls: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(c) for c in calls).encode()


def take_in(actor: Actor, data: bytes, **how: Any) -> engine.Started:
    """A file of calls, taken in to its end."""
    return do(actor, "phone.import_calls", {"file": str(stage_calls(actor, io.BytesIO(data), "calls.csv").id)}, **how)


def log(company: Company) -> list[dict[str, Any]]:
    """The account log as its table has it."""
    return sql.rows("SELECT * FROM phone_call WHERE account_id = %(a)s ORDER BY started_at, call_id", {"a": company.account})


def usage(company: Company) -> list[tuple[Any, str, str]]:
    found = sql.rows("SELECT user_id, product, source FROM licenses_usage WHERE account_id = %(a)s ORDER BY day, 1", {"a": company.account})
    return [(u["user_id"], u["product"], u["source"]) for u in found]
