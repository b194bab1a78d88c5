"""What a parameter or a field of a body may be: checked here, described in OpenAPI, both from the same table. Unknown fields are ignored by contract."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WORDS = {"string": "a string", "integer": "an integer", "boolean": "true or false", "array": "an array", "object": "an object"}
LARGEST = 2**53 - 1  # of the whole numbers every JSON reader can tell apart; a column takes more
TYPES: dict[str, type | tuple[type, ...]] = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}


@dataclass(frozen=True)
class Field:
    """`most` is the longest text, the largest number or how many items there may be; `least` the smallest number. With `capped` a larger number counts as
    the largest, as the contract's service does with the size of a page.
    """

    kind: str
    required: bool = False
    most: int | None = None
    least: int | None = None
    one_of: tuple[Any, ...] = ()
    fields: Mapping[str, "Field"] | None = None
    items: "Field | None" = None
    default: Any = None
    capped: bool = False

    def schema(self) -> dict[str, Any]:
        """The same as JSON Schema, as OpenAPI 3.1 has it."""
        limits = {"string": ("maxLength", "minLength"), "integer": ("maximum", "minimum"), "array": ("maxItems", "minItems")}
        told: dict[str, Any] = {"type": self.kind}
        for name, value in zip(limits.get(self.kind, ()), (LARGEST if self.capped else self.most, self.shortest), strict=False):
            told |= {name: value} if value is not None else {}
        told |= {"enum": list(self.one_of)} if self.one_of else {}
        told |= {"default": self.default} if self.default is not None else {}
        told |= {"items": self.items.schema()} if self.items else {}
        return {**told, **object_schema(self.fields)} if self.fields else told

    @property
    def shortest(self) -> int | None:
        """A text that is required is not empty."""
        return 1 if self.kind == "string" and self.required and self.least is None else self.least


Fields = Mapping[str, Field]
Errors = list[dict[str, str]]


def object_schema(fields: Fields) -> dict[str, Any]:
    """An object of these fields. One that may be left out may also be null, which is the same."""
    required = [name for name, field in fields.items() if field.required]
    return {
        "type": "object",
        "properties": {name: field.schema() if field.required else nullable(field.schema()) for name, field in fields.items()},
        **({"required": required} if required else {}),
    }


def nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "type": [schema["type"], "null"], **({"enum": [*schema["enum"], None]} if "enum" in schema else {})}


def read(fields: Fields, given: Mapping[str, Any], *, within: str = "") -> tuple[dict[str, Any], Errors]:
    """The known fields that were given, defaults filled in, and what is wrong with the others (MASS-01, MASS-08). Nothing is converted."""
    values: dict[str, Any] = {}
    errors: Errors = []
    for name, field in fields.items():
        place = f"{within}{name}"
        if name not in given or given[name] is None:
            if field.required:
                errors.append({"field": place, "message": f"{place} is required."})
            elif field.default is not None:
                values[name] = field.default
            continue
        value, wrong = _value(field, given[name], place)
        errors += wrong
        values[name] = value
    return values, errors


def read_texts(fields: Fields, given: Mapping[str, str]) -> tuple[dict[str, Any], Errors]:
    """The same for a query string, where everything is text: numbers, booleans and lists with commas between are read from it, and an empty value is none."""
    typed: dict[str, Any] = {}
    for name, text in given.items():
        field = fields.get(name)
        if field is None or text == "":
            continue
        if field.kind == "array":
            typed[name] = [part.strip() for part in text.split(",")]
        elif field.kind == "integer" and text.isascii() and text.lstrip("-").isdigit() and len(text) < 12:
            typed[name] = int(text)
        elif field.kind == "boolean" and text.lower() in ("true", "false"):  # .NET and Python write them with a capital
            typed[name] = text.lower() == "true"
        else:
            typed[name] = text
    return read(fields, typed)


def _value(field: Field, value: Any, place: str) -> tuple[Any, Errors]:
    wrong: str | None = None
    if not isinstance(value, TYPES[field.kind]) or (field.kind == "integer" and isinstance(value, bool)):
        wrong = f"{place} must be {WORDS[field.kind]}."
    elif value == "" and field.shortest:
        wrong = f"{place} is required."
    elif field.one_of and value not in field.one_of:
        wrong = f"{place} must be one of {', '.join(map(str, field.one_of))}."
    elif isinstance(value, str) and ("\x00" in value or any(0xD800 <= ord(c) < 0xE000 for c in value)):
        wrong = f"{place} has a character that is no text."
    elif isinstance(value, str | list) and field.most is not None and len(value) > field.most:
        wrong = f"{place} has {'more than' if isinstance(value, list) else 'a length of more than'} {field.most}{' items' if isinstance(value, list) else ' characters'}."
    elif isinstance(value, list) and field.least is not None and len(value) < field.least:
        wrong = f"{place} has fewer than {field.least} items."
    elif isinstance(value, int) and abs(value) > LARGEST:
        wrong = f"{place} is too large a number."
    elif field.capped and isinstance(value, int) and field.most is not None and value > field.most:
        return field.most, []
    elif isinstance(value, int) and ((field.most is not None and value > field.most) or (field.least is not None and value < field.least)):
        wrong = f"{place} must be between {field.least if field.least is not None else 'any'} and {field.most}."
    if wrong:
        return None, [{"field": place, "message": wrong}]
    if field.fields is not None:
        return read(field.fields, value, within=f"{place}.")
    if field.items is not None:
        read_items = [_value(field.items, item, f"{place}[{n}]") for n, item in enumerate(value)]
        return [item for item, _errors in read_items], [e for _item, errors in read_items for e in errors]
    return value, []
