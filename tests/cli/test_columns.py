"""Lists on a terminal, and for a program that reads them line by line."""

import sys

import pytest

from usher.cli.columns import lined_up


def test_a_terminal_gets_a_heading_over_lines_and_none_over_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is nothing the command says so instead."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert lined_up(["name", "add_ons"], [["Ann", None], ["\u5f20\u4f1f", "x" * 60]]) == (
        "name  add-ons\nAnn\n\u5f20\u4f1f  " + "x" * 47 + "\u2026"
    )
    assert lined_up(["name"], []) == ""


def test_a_program_gets_cells_between_tabs(monkeypatch: pytest.MonkeyPatch) -> None:
    """AUDIT-04: no control character of a name reaches whoever looks at it."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    assert lined_up(["name", "n"], [["A\tb\x1b[2J", 7]]) == "A\\tb\\x1b[2J\t7"
