"""Words that people read go through gettext where they are written: in verbs, refusals, reasons, rights, products and mails alike."""

import ast
from collections.abc import Iterable, Iterator

from tests.architecture.source import AREAS, files, name_of, nodes

# A call -> which of its arguments is read by people.
READ = {"Refused": 2, "not_found": 0, "NotAnAddress": 1, "reason": 1, "register": 1, "register_pair": 1, "Kind": 1, "Product": 1}
TOLD = {"headline", "sentence", "undo_words", "why_not"}
KEPT = {"lost", "words", "told", "WORDS"}


def is_plain(node: ast.expr | None) -> bool:
    """A text, or one put together, that no translator sees."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and any(c.isalpha() for c in node.value)
    if isinstance(node, ast.JoinedStr):
        return any(is_plain(part) for part in node.values if isinstance(part, ast.Constant))
    if isinstance(node, ast.BinOp):
        return is_plain(node.left) or (isinstance(node.op, ast.Add) and is_plain(node.right))
    return isinstance(node, ast.IfExp) and (is_plain(node.body) or is_plain(node.orelse))


def plain_texts(module: Iterable[ast.AST]) -> Iterator[tuple[int, str]]:
    for node in module:
        found: list[ast.expr | None] = []
        if isinstance(node, ast.Call):
            at = READ.get(getattr(node.func, "id", getattr(node.func, "attr", "")))
            found = node.args[at : at + 1] if at is not None else []
        elif isinstance(node, ast.FunctionDef) and node.name in TOLD:
            found = [n.value for n in ast.walk(node) if isinstance(n, ast.Return)]
        elif isinstance(node, ast.Assign) and any(getattr(t, "id", "") in KEPT for t in node.targets):
            found = [node.value]
        yield from ((text.lineno, ast.unparse(text)) for text in found if text is not None and is_plain(text))


def test_nothing_people_read_is_written_past_the_translators() -> None:
    """The command line and what stops a start (Unsafe) are for whoever runs the machine, and English."""
    found = {f"{name_of(p)}:{line} {text}" for p in files(*AREAS, "portal") for line, text in plain_texts(nodes(p))}
    assert found == set()


def test_they_would_be_seen() -> None:
    forgotten = """
raise Refused("invalid", "x", f"There is no {x}.")
GONE = reason("gone", "not here any more")
lost = "It does not come back."
def sentence(self, params, done):
    return "One" if done == 1 else _("Many")
"""
    marked = 'raise Refused("invalid", "x", _("There is no %(x)s.") % {"x": x})\nGONE = reason("gone", gettext_lazy("not here any more"))\nlost = ""'
    assert len(list(plain_texts(ast.walk(ast.parse(forgotten))))) == 4 and not list(plain_texts(ast.walk(ast.parse(marked))))
