"""What the API can do as OpenAPI 3.1, made from its operations; and the page that shows it."""

import json
from functools import cache
from typing import Any, get_origin, get_type_hints

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.core.policy import Policy
from usher.zoom_wire import answers
from usher.zoom_wire.fields import Field, Fields, object_schema

from .door import WRITES, answer
from .operations import OPERATIONS, Operation

ERROR = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {
        "code": {"type": "integer"},
        "message": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {"type": "object", "properties": {"field": {"type": "string"}, "message": {"type": "string"}}},
        },
    },
}
PLAIN: dict[str, Any] = {"string": "…", "integer": 1, "boolean": True, "array": [], "object": {}, "number": 1}
DENIED = {
    "400": "A field or parameter is wrong, or a rule says no.",
    "401": "No token, or one that is not good.",
    "403": "A scope or right is missing.",
    "429": "Too many calls; Retry-After says when to come again.",
}
OF_WRITES = {
    "404": "Nothing of the account is meant.",
    "409": "It is there already, or somebody else changed it first, or the key was used for something else.",
    "413": "The body is too large.",
    "415": "The body is no JSON.",
}


@cache
def document() -> dict[str, Any]:
    """The whole file."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Usher",
            "version": "2",
            "description": "Users, groups and roles of an account, as clients of Zoom's API know them.",
        },
        "servers": [{"url": f"{settings.BASE_URL}/v2"}],
        "security": [{"app": []}],
        "paths": paths,
        "components": {
            "schemas": {"Error": ERROR},
            "securitySchemes": {
                "app": {
                    "type": "oauth2",
                    "flows": {
                        "clientCredentials": {"tokenUrl": f"{settings.BASE_URL}/oauth/token", "scopes": scopes()},
                        "authorizationCode": {
                            "authorizationUrl": f"{settings.BASE_URL}/oauth/authorize",
                            "tokenUrl": f"{settings.BASE_URL}/oauth/token",
                            "refreshUrl": f"{settings.BASE_URL}/oauth/token",
                            "scopes": scopes(),
                        },
                    },
                }
            },
        },
    }


def scopes() -> dict[str, str]:
    """Every scope with the operations it opens."""
    found: dict[str, list[str]] = {}
    for operation in OPERATIONS:
        for scope in (*operation.scopes.all, *operation.scopes.own):
            found.setdefault(scope, []).append(f"{operation.method} {operation.path}")
    return {scope: ", ".join(calls) for scope, calls in sorted(found.items())}


def described(operation: Operation) -> dict[str, Any]:
    """One operation: its parameters, its body, what it answers."""
    told: dict[str, Any] = {
        "operationId": f"{operation.area}_{operation.name}",
        "summary": operation.summary,
        "tags": [operation.area],
        "x-rate-limit-label": operation.label,
        "security": [{"app": [scope]} for scope in (*operation.scopes.granular, *operation.scopes.classic, *operation.scopes.own)],
        "parameters": [*in_path(operation.path), *(parameter(name, field) for name, field in operation.query.items())],
        "responses": responses(operation),
    }
    if fields := {**operation.body, **operation.kept}:
        required = any(field.required for field in fields.values())
        told["requestBody"] = {"required": required, "content": {"application/json": {"schema": object_schema(fields)}}}
    return told


def in_path(path: str) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def parameter(name: str, field: Field) -> dict[str, Any]:
    """One of the query. Whoever sends an empty one that may be left out means none."""
    empty = {} if field.required else {"allowEmptyValue": True}
    return {"name": name, "in": "query", "required": field.required, "schema": field.schema(), **empty}


def responses(operation: Operation) -> dict[str, Any]:
    """What it answers: a body as the contract documents it, else as the function's return type says, and the errors."""
    error = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}
    good: dict[str, Any] = {"description": "Done."}
    made = get_type_hints(operation.run)["return"]
    if made is not type(None):
        kind = {"type": "array" if get_origin(made) is list else "object"}
        good["content"] = {"application/json": {"schema": answers.schema(f"{operation.method} {operation.path}") or kind}}
    more = OF_WRITES if operation.method in WRITES else {"404": OF_WRITES["404"]} if "{" in operation.path or operation.query else {}
    own = {str(status): "It cannot be as things stand; the code says why." for status, _code in operation.codes.values()}
    return {
        str(operation.success): good,
        **{status: {"description": words, **error} for status, words in {**own, **DENIED, **more}.items()},
    }


def file(request: HttpRequest) -> HttpResponse:
    """The file, for anybody: it says what there is to call, and nothing of any account."""
    return answer(200, document())


def page(request: HttpRequest) -> HttpResponse:
    """The same to read: operations by area with scopes, parameters, fields, codes and a line for a shell."""
    areas: dict[str, list[dict[str, Any]]] = {}
    for operation in sorted(OPERATIONS, key=lambda o: (o.path, o.method)):
        areas.setdefault(operation.area.replace("_", " "), []).append(to_read(operation))
    return render(request, "api/docs.html", {"areas": areas, "base": settings.BASE_URL})


def to_read(operation: Operation) -> dict[str, Any]:
    """One operation for the page."""
    parts = [(_("Parameters"), operation.query), (_("Body"), operation.body)]
    return {
        "id": f"{operation.area}-{operation.name}",
        "method": operation.method,
        "path": operation.path,
        "summary": operation.summary,
        "success": operation.success,
        "label": operation.label.lower().replace("_", "-"),
        "scopes": [*operation.scopes.granular, *operation.scopes.classic],
        "own": operation.scopes.own,
        "parts": [{"title": title, "fields": rows_of(fields)} for title, fields in parts if fields],
        "codes": sorted({f"{http} {code}" for http, code in operation.codes.values()}),
        "curl": curl(operation),
    }


def rows_of(fields: Fields, within: str = "") -> list[dict[str, Any]]:
    """The fields of a table, those of an object below it with its name before theirs."""
    found = []
    for name, field in fields.items():
        found.append({"name": within + name, "required": field.required, "kind": field.kind, "takes": takes(field)})
        inner, mark = (
            (field.fields, ".") if field.fields else (field.items.fields, "[].") if field.items and field.items.fields else ({}, "")
        )
        found += rows_of(inner or {}, f"{within}{name}{mark}")
    return found


def takes(field: Field) -> str:
    """The limits of a field in a few words."""
    if field.one_of:
        return ", ".join(map(str, field.one_of))
    if field.kind == "integer" and (field.least is not None or field.most is not None):
        return f"{'' if field.least is None else field.least} … {'' if field.most is None else field.most}"
    return f"≤ {field.most}" if field.most is not None else ""


def curl(operation: Operation) -> str:
    """A line for a shell, with what must be in the body."""
    must = {name: field.one_of[0] if field.one_of else PLAIN[field.kind] for name, field in operation.body.items() if field.required}
    method = "" if operation.method == "GET" else f"-X {operation.method} "
    body = f"-H 'Content-Type: application/json' -d '{json.dumps(must)}' " if operation.body else ""
    return f"curl {method}-H \"Authorization: Bearer $TOKEN\" {body}'{settings.BASE_URL}/v2{operation.path}'"


for view in (file, page):
    view.policy = Policy("client")  # type: ignore[attr-defined]
