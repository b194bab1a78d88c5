"""The product's own source as syntax trees, read once for all tests of its shape."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
AREAS = ("core", "journal", "mail", "accounts", "people", "access", "licenses", "content", "phone", "lifecycle", "connections")
FACES = ("portal", "cli", "api", "config")


@cache
def files(*rooms: str) -> list[Path]:
    """The Python files of some rooms, migrations apart; of all rooms without an argument."""
    found = [p for room in rooms or ("",) for p in (ROOT / "usher" / room).rglob("*.py")]
    return sorted(p for p in found if "migrations" not in p.parts)


@cache
def files_of_tests() -> list[Path]:
    """The files with tests in them."""
    return sorted((ROOT / "tests").rglob("test_*.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


@cache
def nodes(path: Path) -> list[ast.AST]:
    """Everything in a file."""
    return list(ast.walk(tree(path)))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """Every call of a method, with the method's name."""
    for node in nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, node.func.attr


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Every string in a file that is no docstring, the parts of f-strings too, with its line."""
    docs = {id(n.body[0].value) for n in nodes(path) if _documented(n)}  # type: ignore[attr-defined]
    for node in nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, node.value


def _documented(node: ast.AST) -> bool:
    body = getattr(node, "body", None)
    return isinstance(body, list) and bool(body) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)


@cache
def imported(path: Path) -> set[str]:
    """Every module a file imports, by its full name."""
    found: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
    return found
