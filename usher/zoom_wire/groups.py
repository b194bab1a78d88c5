"""Groups and their members as the contract writes them."""

from collections.abc import Mapping
from typing import Any

from usher.core.ids import short

from .people import TYPES


def listed(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": short(row["id"]), "name": row["name"], "total_members": row["members"]}


def im_listed(row: Mapping[str, Any]) -> dict[str, Any]:
    """An IM group; what it shows to whom is not kept here, so it is the normal kind."""
    return {**listed(row), "search_by_account": False, "search_by_domain": False, "search_by_ma_account": False, "type": "normal"}


def member(row: Mapping[str, Any]) -> dict[str, Any]:
    told = {"id": short(row["id"]), "email": row["email"], "first_name": row["first_name"], "last_name": row["last_name"]}
    return {**told, "type": TYPES.get(row["license"] or "", 1)}
