"""What the API can do as OpenAPI 3.1, made from its operations; and the page that shows it."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from usher.core.policy import Policy
from usher.zoom_wire.fields import Field, object_schema

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
DENIED = {
    "400": "A field or parameter is wrong, or a rule says no.",
    "401": "No token, or one that is not good.",
    "403": "A scope or right is missing.",
    "429": "Too many calls; Retry-After says when to come again.",
}
OF_WRITES = {
    "404": "Nothing of the account is meant.",
    "409": "It is there already, or somebody else changed it first, or the key was used for something else.",
    "411": "The body came in chunks.",
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
    error = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}
    good: dict[str, Any] = {"description": "Done."}
    if operation.success != 204:
        good["content"] = {"application/json": {"schema": {"type": "object"}}}
    more = OF_WRITES if operation.method in WRITES else {"404": OF_WRITES["404"]} if "{" in operation.path else {}
    return {str(operation.success): good, **{status: {"description": words, **error} for status, words in {**DENIED, **more}.items()}}


def file(request: HttpRequest) -> HttpResponse:
    """The file, for anybody: it says what there is to call, and nothing of any account."""
    return answer(200, document())


def page(request: HttpRequest) -> HttpResponse:
    """The same to read: operations by area with scopes, parameters and fields."""
    areas: dict[str, list[Operation]] = {}
    for operation in sorted(OPERATIONS, key=lambda o: (o.path, o.method)):
        areas.setdefault(operation.area, []).append(operation)
    return render(request, "api/docs.html", {"areas": areas})


for view in (file, page):
    view.policy = Policy("client")  # type: ignore[attr-defined]
