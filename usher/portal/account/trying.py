"""A call of the API from a page, with the rights an app of one's own has: chosen from what the API says of itself, sent as any program would, shown as it was answered."""

import json
import shlex
from io import BytesIO
from typing import Any
from urllib.parse import quote, unquote, urlencode
from uuid import UUID, uuid4

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import resolve
from django.utils.translation import gettext as _

from usher.access import api_apps, tokens
from usher.core.refusals import not_found
from usher.portal.account.apps import crumbs, described
from usher.portal.page import SignedIn, page
from usher.portal.sign_in.fresh import fresh_sign_in

FIRST = "GET /users"
LONGEST_SHOWN = 100_000  # characters of an answer
Call = dict[str, Any]


@page("access:app:manage", ("GET", "POST"))
@fresh_sign_in()
def try_it(request: SignedIn, app_id: UUID) -> HttpResponse:
    """Choose a call, fill it in, send it. What changes something is shown first, and sent on a second press."""
    app, client = api_apps.app(request.actor, app_id), tokens.own(request.actor, app_id)
    if client is None:
        raise not_found(_("This app"))
    operations = told_by_the_api(request)
    chosen = operations.get(request.GET.get("call", ""), operations[FIRST])
    call = filled(chosen, request.POST)
    context = {**crumbs(app, _("Try a call")), "app": described(app), "operations": operations, "call": call}
    if request.method == "GET":
        return render(request, "account/app_try.html", context)
    key = request.POST.get("key") or uuid4().hex
    if chosen["method"] != "GET" and request.POST.get("sure") != "yes":
        return render(request, "account/app_try.html", {**context, "asked": request.POST, "key": key})
    token, _ends = tokens.issue(client)
    try:
        answered = sent(request, call, token, key)
    finally:
        tokens.revoke(token, client)
    return render(request, "account/app_try.html", {**context, "answer": shown(answered)})


def told_by_the_api(request: SignedIn) -> dict[str, Call]:
    """Every operation by `METHOD /path`, from the file the API gives to everybody."""
    document = json.loads(resolve("/docs/openapi.json").func(request).content)
    found = [(path, method, told) for path, methods in document["paths"].items() for method, told in methods.items()]
    return {
        f"{method.upper()} {path}": {**told, "name": f"{method.upper()} {path}", "method": method.upper(), "path": path}
        for path, method, told in sorted(found, key=lambda f: (f[2]["tags"], f[0], f[1]))
    }


def filled(operation: Call, given: Any) -> Call:
    """The call with what was typed: its fields, its address, its body, and the same for a shell. A body nobody has typed yet is an example."""
    fields = [
        {**p, "value": given.get(f"{p['in']}.{p['name']}", ""), "id": f"{p['in']}.{p['name']}", "choices": p["schema"].get("enum", ())}
        for p in operation["parameters"]
    ]
    path = operation["path"]
    for field in fields:
        if field["in"] == "path":
            path = path.replace("{" + field["name"] + "}", quote(field["value"].strip(), safe="@"))
    query = urlencode([(f["name"], f["value"]) for f in fields if f["in"] == "query" and f["value"]])
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    body = given.get("body", json.dumps(example(schema), indent=2) if schema else "")
    address = f"/v2{path}{'?' + query if query else ''}"
    return {
        **operation,
        "fields": fields,
        "address": address,
        "body": body,
        "takes_body": bool(schema),
        "curl": curl(operation["method"], address, body),
    }


def example(schema: Call) -> Any:
    """A body with what must be in it; without such fields, all of them by their kind, so that one sees what there is."""
    plain = {"string": "", "integer": 0, "boolean": False, "array": [], "number": 0}
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    if "properties" in schema:
        names = schema.get("required") or list(schema["properties"])[:6]
        return {name: example(schema["properties"][name]) for name in names}
    if kind == "array" and "items" in schema:
        return [example(schema["items"])] if schema["items"].get("properties") else []
    return schema["enum"][0] if schema.get("enum") else plain.get(kind, {})


def curl(method: str, address: str, body: str) -> str:
    """The same call for a shell; the token stays out of it."""
    parts = ["curl", *(["-X", method] if method != "GET" else []), "-H", '"Authorization: Bearer $TOKEN"']
    if body and method != "GET":
        parts += ["-H", '"Content-Type: application/json"', "-d", shlex.quote(body.replace("\r\n", "\n"))]
    return " ".join([*parts, shlex.quote(settings.BASE_URL + address)])


def sent(request: SignedIn, call: Call, token: str, key: str) -> HttpResponse:
    """The call, as the web server would hand it on: nothing of the session goes along."""
    path, _mark, query = call["address"].partition("?")
    body = call["body"].encode() if call["takes_body"] else b""
    mine = ("SERVER_NAME", "SERVER_PORT", "HTTP_HOST", "REMOTE_ADDR", "HTTP_X_FORWARDED_FOR", "wsgi.url_scheme", "wsgi.errors")
    inner = WSGIRequest(
        {
            **{name: request.META[name] for name in mine if name in request.META},
            "REQUEST_METHOD": call["method"],
            "PATH_INFO": unquote(path).encode().decode("latin-1"),
            "QUERY_STRING": query,
            "HTTP_AUTHORIZATION": f"Bearer {token}",
            "HTTP_IDEMPOTENCY_KEY": key,
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
        }
    )
    inner.request_id = request.request_id  # type: ignore[attr-defined]
    match = resolve(inner.path_info)
    answer: HttpResponse = match.func(inner, *match.args, **match.kwargs)
    return answer


def shown(answer: HttpResponse) -> dict[str, Any]:
    """Status, headers and body, laid out to be read."""
    text = answer.content.decode(errors="replace")
    if answer.get("Content-Type") == "application/json":
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    return {"status": answer.status_code, "reason": answer.reason_phrase, "headers": list(answer.items()), "body": text[:LONGEST_SHOWN]}
