"""Our style sheet knows no left and right, only start and end, so that a language written the other way mirrors the page (portal.md section 16)."""

import re

from tests.architecture.source import ROOT

SIDES = re.compile(r"(margin|padding|border|inset)-(left|right)|(text-align|float|clear)\s*:\s*(left|right)|[;{\s](left|right)\s*:")


def test_no_left_and_no_right() -> None:
    css = (ROOT / "usher/portal/static/usher/usher.css").read_text()
    assert [m.group() for m in SIDES.finditer(css)] == []
    assert (
        SIDES.search("a { margin-left: 1px }")
        and SIDES.search("a{left:0}")
        and not SIDES.search("a { inset-inline-start: 0; text-align: end }")
    )
