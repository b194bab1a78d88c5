"""Addresses of the API, made from its operations; each with and without a slash at its end, as clients write them."""

import re
from collections import defaultdict

from django.urls import URLPattern, path

from . import downloads, oauth, openapi, v2
from .door import unknown_view, view_of
from .operations import OPERATIONS, Operation

AREAS = v2.AREAS  # importing them has registered their operations
PARAMETER = re.compile(r"\{(\w+)\}")


def addresses() -> list[URLPattern]:
    by_path: dict[str, dict[str, Operation]] = defaultdict(dict)
    for operation in OPERATIONS:
        by_path[operation.path][operation.method] = operation
    # What is written out comes before what is a parameter: /users/summary is nobody's id.
    ordered = sorted(by_path, key=lambda p: [part.startswith("{") for part in p.split("/")])
    routes = [("v2" + PARAMETER.sub(r"<\1>", address), view_of(by_path[address])) for address in ordered]
    return [path(route + slash, view) for route, view in routes for slash in ("", "/")]


urlpatterns = [
    path("docs", openapi.page),
    path("docs/openapi.json", openapi.file),
    path("oauth/token", oauth.token),
    path("oauth/revoke", oauth.revoke),
    path("rec/download/<id:item_id>", downloads.file_view),
    *addresses(),
    path("v2", unknown_view),
    path("v2/", unknown_view),
    path("v2/<path:rest>", unknown_view),
]
