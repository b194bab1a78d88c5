"""The page about compatibility, made by comparing our OpenAPI with what the contract says of the same calls. `python -m tests.api.compatibility` writes it."""

import json
from pathlib import Path
from typing import Any

CONTRACT = Path(__file__).parent / "contract.json"
GUIDE = Path(__file__).parents[2] / "docs" / "guide"
PAGES = {"en": GUIDE / "api-compatibility.md", "de": GUIDE / "de" / "api-compatibility.md"}
HEAD = {
    "en": """# API compatibility

What of Zoom's contract each call takes. What is *kept* is checked, stored and returned as it was given, and nothing here acts on it. A parameter or field that is *accepted without effect* may be sent
and is ignored, as every unknown one is. This page is made from the code and compared with the contract by a test.

| call | acts on | kept | accepted without effect |
|---|---|---|---|
""",
    "de": """# Kompatibilität der API

Was jeder Aufruf vom Vertrag von Zoom nimmt. Was *aufbewahrt* wird, wird geprüft, gespeichert und zurückgegeben, wie es kam; hier wirkt es auf nichts. Ein Parameter oder Feld *ohne Wirkung* darf
geschickt werden und wird übergangen, wie jedes unbekannte. Diese Seite entsteht aus dem Code, und ein Test vergleicht sie mit dem Vertrag.

| Aufruf | wirkt auf | wird aufbewahrt | ohne Wirkung angenommen |
|---|---|---|---|
""",
}
TAIL = {
    "en": """
## Not served yet

""",
    "de": """
## Noch nicht da

""",
}
MORE = {
    "en": """
## What is different

- A token without the scope is answered with HTTP 403 and body code 4711; Zoom answers 400 with the same body.
- A role is given by the names of this service (`people:user:manage`), not by Zoom's (`User:Edit`). `GET /users/{userId}/permissions` tells them likewise.
- `type` may also be 3 (On-Prem). 99, `plan_united_type` and `zoom_one_type` cannot be given.
- `action` of `POST /users` is `create`; the other three need a single sign-on or a login nobody was asked about.
- `GET /groups` shows 300 on a page unless `page_size` says less.
""",
    "de": """
## Was anders ist

- Fehlt dem Token der Scope, ist die Antwort HTTP 403 mit dem Code 4711 im Text; Zoom antwortet 400 mit demselben Text.
- Rollen nennen ihre Rechte mit den Namen dieses Dienstes (`people:user:manage`), nicht mit denen von Zoom (`User:Edit`). `GET /users/{userId}/permissions` ebenso.
- `type` darf auch 3 (On-Prem) sein. 99, `plan_united_type` und `zoom_one_type` lassen sich nicht vergeben.
- `action` von `POST /users` ist `create`; die drei anderen brauchen Single Sign-on oder ein Login, nach dem niemand gefragt wurde.
- `GET /groups` zeigt 300 auf einer Seite, wenn `page_size` nicht weniger sagt.
""",
}


def contract() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(CONTRACT.read_text())
    return found


def page(language: str) -> str:
    """The whole text in a language."""
    from usher.api.operations import OPERATIONS

    ours = {(o.method, o.path): o for o in OPERATIONS}
    lines, missing = [], []
    for call in contract():
        operation = ours.get((call["method"], call["path"]))
        if operation is None:
            missing.append(f"- `{call['method']} {call['path']}`")
            continue
        taken = {*operation.query, *operation.body}
        theirs = {*call["query"], *call["body"]}
        kept = set(operation.kept)
        lines.append(f"| `{call['method']} {call['path']}` | {names(taken)} | {names(kept)} | {names(theirs - taken - kept)} |")
    return HEAD[language] + "\n".join(lines) + "\n" + TAIL[language] + "\n".join(missing) + "\n" + MORE[language]


def names(found: set[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(found)) or "—"


if __name__ == "__main__":
    import django

    django.setup()
    from usher.api import v2  # noqa: F401

    for language, file in PAGES.items():
        file.write_text(page(language))
