"""Every write is a verb: the faces call one, and no line of theirs writes a row by itself."""

import ast
import re

from tests.architecture.source import FACES, calls, files, name_of, texts

WRITES = {"save", "asave", "create", "acreate", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete", "adelete"}
STATEMENT = re.compile(
    r"^\s*(WITH\b.*\b)?(INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|TRUNCATE|COPY\s+\w+.*FROM\s+STDIN)", re.IGNORECASE | re.DOTALL
)
ALLOWED: dict[str, str] = {}


def writes_a_model(call: ast.Call, method: str) -> bool:
    """`.update` is a dict's or a hash's as well; on a manager or a query set it is a write."""
    if method in WRITES:
        return True
    return method in {"update", "aupdate"} and bool(re.search(r"\.objects\b|\.(filter|exclude|all|get_queryset)\(", ast.unparse(call.func)))


def test_faces_write_no_model() -> None:
    found = {f"{name_of(p)}:{call.lineno} .{method}()" for p in files(*FACES) for call, method in calls(p) if writes_a_model(call, method)}
    assert {f for f in found if f.split(":")[0] not in ALLOWED} == set()


def test_faces_hold_no_statement_that_writes() -> None:
    found = {f"{name_of(p)}:{line}" for p in files(*FACES) for line, text in texts(p) if STATEMENT.match(text)}
    assert {f for f in found if f.split(":")[0] not in ALLOWED} == set()


def test_the_rule_would_find_one() -> None:
    """The check itself: what it looks for is recognized."""
    lines = "User(x=1).save()\nUser.objects.filter(id=1).update(a=1)\nUser.objects.create()\n{}.update(a=1)\nh.update(b'')"
    found = [
        writes_a_model(n, n.func.attr) for n in ast.walk(ast.parse(lines)) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)
    ]
    assert sum(found) == 3
    assert (
        STATEMENT.match("\n  UPDATE people_user SET x = 1")
        and STATEMENT.match("WITH a AS (SELECT 1) INSERT INTO b")
        and not STATEMENT.match("SELECT 1 FOR UPDATE")
    )
