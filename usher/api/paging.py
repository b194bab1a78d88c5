"""Pages of a list on the wire: a signed token that knows its account, its query and its time, or the number of the page (README 1, Pagination)."""

import base64
import hmac
import json
from dataclasses import replace
from typing import Any

from usher.core import clock
from usher.core.server_keys import derived
from usher.zoom_wire.codes import WireRefused, invalid
from usher.zoom_wire.fields import Field

from .operations import Call

LIFE_SECONDS = 15 * 60
MAC = 16  # bytes
BAD = {"field": "next_page_token", "message": "The next page token is invalid or expired."}


def parameters(most: int, least_default: int = 30) -> dict[str, Field]:
    """The parameters of a list whose pages have at most so many rows; whoever asks for more gets the most, and is told so in page_size."""
    return {
        "page_size": Field("integer", least=1, most=most, default=least_default, capped=True),
        "page_number": Field("integer", least=1, most=1_000_000),
        "next_page_token": Field("string", most=512),
    }


def by_token(most: int, least_default: int = 30) -> dict[str, Field]:
    """The same of a list that is walked by its token only."""
    return {name: field for name, field in parameters(most, least_default).items() if name != "page_number"}


def start_of(call: Call, *, code: int = 300) -> Any:
    """Where the page begins: what the token of the page before holds, None on the first. A token of another query, account or time is refused with `code`."""
    try:
        return _start_of(call)
    except WireRefused as refused:
        raise WireRefused(replace(refused.fault, code=code)) from None


def _start_of(call: Call) -> Any:
    text = call.query.get("next_page_token")
    if not text:
        return None
    try:
        whole = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
        sent, payload = whole[:MAC], whole[MAC:]
        ends, place = json.loads(payload)
    except ValueError:
        raise invalid(BAD) from None
    if not any(hmac.compare_digest(sent, _mac(key, call, payload)) for key in derived("next_page_token")):
        raise invalid(BAD)
    if ends <= clock.here().timestamp():
        raise invalid(BAD)
    return place


def skipped(call: Call) -> int:
    """How many rows stand before the page of this number; a token says better where the page begins, and then the number is ignored."""
    return 0 if call.query.get("next_page_token") else (call.query.get("page_number", 1) - 1) * int(call.query["page_size"])


def token(call: Call, place: Any) -> str:
    """The token of the page that begins behind a place; empty when there is none."""
    if place is None:
        return ""
    payload = json.dumps([int(clock.here().timestamp()) + LIFE_SECONDS, place]).encode()
    mac = _mac(derived("next_page_token")[0], call, payload)
    return base64.urlsafe_b64encode(mac + payload).decode().rstrip("=")


def frame(call: Call, total: int, place: Any) -> dict[str, Any]:
    """What stands around the rows of a list."""
    size = call.query["page_size"]
    return {
        "page_count": -(-total // size),
        "page_number": call.query.get("page_number", 1),
        "page_size": size,
        "total_records": total,
        "next_page_token": token(call, place),
    }


def _mac(key: bytes, call: Call, payload: bytes) -> bytes:
    return hmac.digest(key, call.cursor_scope.encode() + b"\n" + payload, "sha256")[:MAC]
