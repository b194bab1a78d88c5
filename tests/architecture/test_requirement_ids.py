"""What is built is shown: every requirement, hostile case and fault of this release stands in the docstring of a test that shows it."""

import ast
import re
from functools import cache

from tests.architecture.source import ROOT

# Ranges are inclusive. What a later release builds is added here with it, and this test names what is not shown yet.
BUILT = """
S0-1 S0-3..S0-14 S0-16..S0-34 S0-37..S0-52
S1-1 S1-4 S1-8..S1-12 S1-15..S1-20 S1-22 S1-23
CSV-01..CSV-03 CSV-05..CSV-09 CSV-11
MAIL-01..MAIL-06 MAIL-08..MAIL-10 MAIL-12 MAIL-14
INVITE-01 INVITE-02 INVITE-04..INVITE-07 INVITE-09 INVITE-10 INVITE-12 INVITE-13 INVITE-15 INVITE-17..INVITE-19
MASS-01 MASS-08
LIC-02 LIC-03 LIC-05 LIC-07 LIC-08 LIC-11
SESSION-01 SESSION-05 SESSION-06 SESSION-08..SESSION-11 SESSION-14
WEB-01 WEB-03..WEB-05 WEB-07 WEB-09
SECRET-01..SECRET-03 SECRET-05 SECRET-07
AUDIT-01..AUDIT-04 AUDIT-07
AUTHZ-01 AUTHZ-02 AUTHZ-10 AUTHZ-19 AUTHZ-20
TENANT-03 TENANT-07..TENANT-10 TENANT-12
F01 F03 F06..F10 F15 F20 F27 F29..F31 F33 F35
"""
ID = re.compile(r"\b(?:S\d-\d+|[A-Z]{3,6}-\d\d|F\d\d)\b")
RANGE = re.compile(r"\b((?:S\d|[A-Z]{3,6})-|F)(\d+)(?:\.\.| … )(?:(?:S\d|[A-Z]{3,6})-|F)(\d+)\b")


def spelled_out(text: str) -> set[str]:
    """Every id of a text, with the ids inside a range."""

    def all_of(found: re.Match[str]) -> str:
        width = len(found[2])
        return " ".join(f"{found[1]}{n:0{width}}" for n in range(int(found[2]), int(found[3]) + 1))

    return set(ID.findall(RANGE.sub(all_of, text)))


@cache
def shown() -> set[str]:
    """Every id in the docstring of a test, or of a file of tests."""
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.Module | ast.ClassDef):
                found |= spelled_out(ast.get_docstring(node) or "")
    return found


def test_every_built_id_is_shown() -> None:
    assert sorted(spelled_out(BUILT) - shown()) == []


def test_ranges_are_spelled_out() -> None:
    assert spelled_out("S0-9..S0-11, F06 … F08 and CSV-02") == {"S0-9", "S0-10", "S0-11", "F06", "F07", "F08", "CSV-02"}
