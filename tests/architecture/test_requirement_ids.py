"""What is built is shown: every requirement, hostile case and fault of this release stands in the docstring of a test that shows it.

Hostile cases stand in docs/hostile-cases.csv, requirements of OWASP ASVS 5.0 in docs/asvs.csv: id, what it is about, and what answers it.
"""

import ast
import csv
import re
from functools import cache

from tests.architecture.source import ROOT, files_of_tests

# Ranges are inclusive. What a later release builds is added here with it, and this test names what is not shown yet.
BUILT = """
S0-1..S0-67
S1-1 S1-4 S1-8..S1-12 S1-15..S1-26
S2-3..S2-6 S2-8 S2-10 S2-11
S3-1..S3-61
S4-1..S4-24 S4-27 S4-32..S4-48 S4-50 S4-53..S4-55
F01..F03 F05..F10 F12 F14..F17 F19..F21 F24..F27 F29..F31 F33 F35 F37 F39 F46..F48 F50
"""
REQUIREMENTS = "S0-1..S0-67 S1-1..S1-26 S2-1..S2-29 S3-1..S3-61 S4-1..S4-55"  # all there are, built or not
ID = re.compile(r"\b(?:S\d-\d+|[A-Z]{3,8}-\d\d|F\d\d)\b")
RANGE = re.compile(r"\b((?:S\d|[A-Z]{3,8})-|F)(\d+)(?:\.\.| … )(?:(?:S\d|[A-Z]{3,8})-|F)(\d+)\b")
WORD = re.compile(r"(later|operator|not applicable): \S.{2,}")


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
    for path in files_of_tests():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.Module | ast.ClassDef):
                found |= spelled_out(ast.get_docstring(node) or "")
    return found


def test_every_built_id_is_shown() -> None:
    assert sorted(spelled_out(BUILT) - shown()) == []


def test_no_requirement_is_made_up() -> None:
    """A wrong number in a docstring shows nothing."""
    assert sorted(i for i in shown() - spelled_out(REQUIREMENTS) if re.fullmatch(r"S\d-\d+", i)) == []


def table(name: str) -> list[dict[str, str]]:
    """The rows of a table of promises."""
    with (ROOT / "docs" / name).open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_hostile_case_has_a_test_or_a_word() -> None:
    """`test`, or later, operator or not applicable with a word why, of which no test shows them; and no test names a case the table does not know."""
    cases = {row["id"]: row["answer"] for row in table("hostile-cases.csv")}
    assert [i for i, answer in cases.items() if answer != "test" and i in shown()] == []
    assert [i for i, answer in cases.items() if answer == "test" and i not in shown()] == []
    assert [i for i, answer in cases.items() if answer != "test" and not WORD.fullmatch(answer)] == []
    areas = {i.partition("-")[0] for i in cases}
    assert sorted(i for i in shown() - set(cases) if i.partition("-")[0] in areas) == []
    assert len(cases) > 150


def test_every_requirement_of_asvs_has_an_answer() -> None:
    """`test:` with a hostile case, a fault or the name of a test; `code:` with a file; or later, operator, not applicable with a word why."""
    answers = {row["id"]: row["answer"] for row in table("asvs.csv")}
    names = set(re.findall(r"def (test_\w+)", "".join(p.read_text() for p in files_of_tests())))

    def holds(part: str) -> bool:
        kind, _, what = part.partition(": ")
        known = shown() | names
        return what in known if kind == "test" else (ROOT / what).exists() if kind == "code" else bool(WORD.fullmatch(part))

    assert [(i, part) for i, answer in answers.items() for part in answer.split("; ") if not holds(part)] == []
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", i) for i in answers) and len(answers) > 180


def test_ranges_are_spelled_out() -> None:
    assert spelled_out("S0-9..S0-11, F06 … F08 and CSV-02") == {"S0-9", "S0-10", "S0-11", "F06", "F07", "F08", "CSV-02"}
