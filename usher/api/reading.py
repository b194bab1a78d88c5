"""What a request says: its token, its query, its body. Nothing here trusts it; whatever cannot be read is refused with the contract's codes."""

import json
from collections.abc import Mapping
from functools import lru_cache
from math import isfinite
from typing import Any

from django.http import HttpRequest
from django.http.request import QueryDict

from usher.zoom_wire.codes import Fault, WireRefused, invalid
from usher.zoom_wire.fields import Fields, read, read_texts

from .operations import Operation

JSON_SPACE = b" \t\r\n"  # RFC 8259, section 2; a form feed is none
MOST_BYTES = 1024 * 1024  # of one body; the largest of the contract are lists of 30 people
LONGEST_KEY = 200
LONGEST_KEPT = 200  # characters of a query that is remembered
TOO_LARGE = Fault(413, 300, "The body is larger than 1 MB.")
NO_JSON = Fault(400, 300, "Request Body should be a valid JSON object.")
DEEPEST = 100  # objects and lists in each other, of any body; the deepest of the contract has 8


class _Twice(ValueError):
    """A key stands twice in an object."""


def bearer(request: HttpRequest) -> str:
    """The token of the Authorization header, empty without one (S4-35). It is taken from nowhere else."""
    scheme, _blank, token = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def query_of(request: HttpRequest, operation: Operation) -> dict[str, Any]:
    """The known parameters; one that stands twice and is no list is refused (MASS-05), unknown ones are ignored. Programs ask in the same words again and
    again: what those say is known.
    """
    text = str(request.META.get("QUERY_STRING", ""))
    return dict(_said_often(text, operation) if len(text) <= LONGEST_KEPT else _said_in(request.GET, operation.query))


@lru_cache(maxsize=1000)
def _said_often(text: str, operation: Operation) -> Mapping[str, Any]:
    return _said_in(QueryDict(text.encode("iso-8859-1")), operation.query)


def _said_in(given: QueryDict, fields: Fields) -> Mapping[str, Any]:
    for name, told in given.lists():
        if len(told) > 1 and name in fields and fields[name].kind != "array":
            raise invalid({"field": name, "message": f"{name} stands more than once."})
    values, errors = read_texts(fields, {name: ",".join(map(str, given.getlist(name))) for name in given})
    if errors:
        raise invalid(*errors)
    return values


def body_of(request: HttpRequest, fields: Fields) -> tuple[dict[str, Any], dict[str, Any]]:
    """The known fields of a JSON body, and the whole of it. A body of another kind is refused with 415 (MASS-07)."""
    raw = _sent(request)
    if not raw.strip(JSON_SPACE):
        given: Any = {}
    elif (request.content_type or "").lower() != "application/json":
        raise WireRefused(Fault(415, 300, "The Content-Type must be application/json."))
    else:
        given = _parsed(raw)
    values, errors = read(fields, given)
    if errors:
        raise invalid(*errors)
    return values, given


def _sent(request: HttpRequest) -> bytes:
    """The body, of the length that is told, or in chunks, as programs send one they are still writing: the server has put these together, and of a length
    beside them it says nothing (DOS-11). 413 for more than 1 MB, 400 where chunks bring nothing: the server does not tell an end from a broken first one.
    """
    length, in_chunks = str(request.META.get("CONTENT_LENGTH") or ""), request.META.get("HTTP_TRANSFER_ENCODING")
    if length and (not length.isascii() or not length.isdigit() or int(length[:19]) > MOST_BYTES):
        raise WireRefused(TOO_LARGE)
    raw: bytes = request.META["wsgi.input"].read(MOST_BYTES + 1) if in_chunks else request.body
    if len(raw) > MOST_BYTES:
        raise WireRefused(TOO_LARGE)
    if in_chunks and not raw:
        raise WireRefused(NO_JSON)
    return raw


def key_of(request: HttpRequest) -> str:
    """The Idempotency-Key header."""
    key = str(request.META.get("HTTP_IDEMPOTENCY_KEY", ""))
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise invalid({"field": "Idempotency-Key", "message": f"Idempotency-Key has at most {LONGEST_KEY} printable characters."})
    return key


def _parsed(raw: bytes) -> dict[str, Any]:
    """A JSON object in UTF-8 whose keys are all different (MASS-05), and whose numbers are numbers that JSON can write again (DOS-06)."""

    def no_constant(text: str) -> None:
        raise ValueError(text)

    def finite(text: str) -> float:
        if not isfinite(number := float(text)):
            raise ValueError(text)
        return number

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise _Twice
        return found

    try:
        given = json.loads(raw.decode(), object_pairs_hook=once, parse_constant=no_constant, parse_float=finite)
    except _Twice:
        raise WireRefused(Fault(400, 300, "A key stands twice in the body.")) from None
    except (ValueError, RecursionError):
        raise WireRefused(NO_JSON) from None
    if not isinstance(given, dict) or _is_deep(given):
        raise WireRefused(NO_JSON)
    return given


def _is_deep(given: Any) -> bool:
    """Whether something lies deeper than any function that walks over it by calling itself may be asked to go."""
    level = [given]
    for _depth in range(DEEPEST):
        inner = [one for outer in level for one in (outer.values() if isinstance(outer, dict) else outer)]
        level = [one for one in inner if isinstance(one, dict | list)]
        if not level:
            return False
    return True
