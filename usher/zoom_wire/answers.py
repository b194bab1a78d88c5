"""What an answer tells, of what the contract documents: answers.tsv beside this file, field by field. Tests compare it with the contract and with real answers."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def told() -> Mapping[str, Mapping[str, str]]:
    """Call -> place -> kind. In a place `[]` stands for the items of a list."""
    found: dict[str, dict[str, str]] = {}
    for line in files("usher.zoom_wire").joinpath("answers.tsv").read_text().splitlines()[1:]:
        call, place, kind = line.split("\t")
        found.setdefault(call, {})[place] = kind
    return found


def schema(call: str) -> dict[str, Any] | None:
    """The same of one call as JSON Schema; None for one that answers nothing, or anything. A field may be absent where nothing is known."""
    if not (places := told().get(call)):
        return None
    root: dict[str, Any] = {"type": "array" if next(iter(places)).startswith("[]") else "object"}
    for place, kind in places.items():
        node = root
        for step in place.replace("[]", ".[]").removeprefix(".").split("."):
            node = node.setdefault("items", {"type": "object"}) if step == "[]" else node.setdefault("properties", {}).setdefault(step, {})
        type, _blank, form = kind.partition(" ")
        node |= {"type": type, **({"format": form} if form else {})}
    return root
