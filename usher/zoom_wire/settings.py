"""Settings as the contract names them: type and limits of every field (settings.tsv beside this file, phone_settings.tsv for Phone), and what a query picks of an answer."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from .codes import invalid
from .fields import Field, Fields

Lines = Mapping[str, tuple[str, str]]  # dotted name -> type and limits
# level -> the table it stands in, and its letter there
LEVELS = {
    **{name: ("settings", name[0]) for name in ("user", "group", "account")},
    **{
        f"phone {name}": ("phone_settings", letter)
        for name, letter in zip(("phone", "extension", "site", "template", "room", "account"), "pestra", strict=True)
    },
}
AUTHENTICATION = ("meeting_authentication", "recording_authentication")
APART = (*AUTHENTICATION, "authentication_option")  # at the top of a body, and no section of it
OPTIONS = (*AUTHENTICATION, "meeting_security")
# Of the contract's features: what a license or an add-on of ours stands for. True: with a capacity beside it.
FEATURES = {
    "large_meeting": ("large_meeting", True),
    "webinar": ("webinar", True),
    "zoom_events": ("events", True),
    "zoom_whiteboard": ("whiteboard", False),
    "zoom_scheduler": ("scheduler", False),
    "zoom_phone": ("phone", False),
}


@cache
def shape(level: str) -> Fields:
    """The fields a body of a level may have, by name. A field the contract does not know is kept as it is."""
    lines = _lines(level)
    below: defaultdict[str, list[str]] = defaultdict(list)
    for name in lines:
        below[name.rpartition(".")[0]].append(name)
    return _fields(lines, below, "")


@cache
def names(level: str) -> frozenset[str]:
    """The dotted names of all of them that are a value: what a level can inherit."""
    return frozenset(name for name, (kind, _limits) in _lines(level).items() if kind != "object" and "[]" not in name)


def _lines(level: str) -> Lines:
    table, letter = LEVELS[level]
    lines = [line.split("\t") for line in files("usher.zoom_wire").joinpath(f"{table}.tsv").read_text().splitlines()[1:]]
    return {name: (kind, limits) for name, kind, levels, limits in ((*line, "")[:4] for line in lines) if letter in levels}


def _fields(lines: Lines, below: Mapping[str, list[str]], above: str) -> dict[str, Field]:
    """What stands right below a name; `[]` stands for the items of a list."""
    return {name.rpartition(".")[2]: _field(lines, below, name) for name in below.get(above, ()) if not name.endswith("[]")}


def _field(lines: Lines, below: Mapping[str, list[str]], name: str) -> Field:
    kind, told = lines[name]
    limits = dict(limit.split("=", 1) for limit in told.split(";") if limit)
    number = int if kind == "integer" else str
    return Field(
        kind,
        most=int(limits["most"]) if "most" in limits else None,
        least=int(limits["least"]) if "least" in limits else None,
        one_of=tuple(number(value) for value in limits["one_of"].split("|")) if "one_of" in limits else (),
        fields=_fields(lines, below, name) or None,
        items=_field(lines, below, f"{name}[]") if f"{name}[]" in lines else None,
    )


def picked(whole: Mapping[str, Any], wanted: str | None) -> dict[str, Any]:
    """What `custom_query_fields` names of an answer, by dotted names with commas between; all of it without. What is not there is left out."""
    if not wanted:
        return dict(whole)
    found: dict[str, Any] = {}
    for name in filter(None, (text.strip() for text in wanted.split(","))):
        value: Any = whole
        steps = name.split(".")
        for step in steps:
            value = value.get(step) if isinstance(value, Mapping) else None
        if value is not None:
            place = found
            for step in steps[:-1]:
                place = place.setdefault(step, {})
            place[steps[-1]] = value
    return found


def authentication(option: str, own: Mapping[str, Any], of_account: Mapping[str, Any]) -> dict[str, Any]:
    """How people have to sign in to a meeting or a recording: the options of the account, each with what this level says otherwise."""
    options = {id: {**told, **own.get("options", {}).get(id, {})} for id, told in of_account.get("options", {}).items()}
    told = {name: value for name, value in own.items() if name != "options"}
    return {
        option: False,
        **told,
        "authentication_options": [{"id": id, "visible": True, "default_option": False, **one} for id, one in options.items()],
    }


def changed_authentication(option: str, body: Mapping[str, Any], known: Mapping[str, Any], new_id: str) -> tuple[dict[str, Any], list[str]]:
    """What a body changes of it, as settings to keep and names that go. An option is added and deleted by the account alone; 300 for one there is not."""
    wish = {name: body[name] for name in (option, "allow_authentication_exception") if body.get(name) is not None}
    told = body.get("authentication_option")
    if not told:
        return wish, []
    action, id = told.get("action", "update"), told.get("id") or ""
    fields = {name: told[name] for name in ("name", "type", "domains", "default_option") if told.get(name) is not None}
    if action == "add":
        return {**wish, "options": {new_id: {"visible": True, **fields}}}, []
    if id not in known.get("options", {}):
        raise invalid({"field": "authentication_option.id", "message": "There is no such authentication option in the account."})
    if action == "delete":
        return wish, [f"options.{id}.{name}" for name in known["options"][id]]
    if action in ("show", "hide"):
        fields = {"visible": action == "show"}
    return {**wish, "options": {id: fields}}, []
