"""The address of a page with some of its keys changed: what its forms and links carry on."""

from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

PASSING = ("part", "after", "find", "why", "since", "as")  # keys of the address that only say what is looked at


def pairs_without(data: QueryDict, *keys: str) -> list[tuple[str, str]]:
    """The address without some of its keys: hidden fields of a form that sets them."""
    return [(k, v) for k in data for v in data.getlist(k) if k not in keys]


def with_query(request: HttpRequest, **changes: str | None) -> str:
    """This page's address with some keys set or, for None, taken out."""
    pairs = [*pairs_without(request.GET, *changes), *((k, v) for k, v in changes.items() if v is not None)]
    return f"{request.path}?{urlencode(pairs)}" if pairs else request.path


def moment(text: str) -> datetime | None:
    """A moment with its zone as an address or a form tells it; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
