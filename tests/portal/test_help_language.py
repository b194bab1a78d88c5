"""The guide in the language of whoever reads it: every page there, built like the English one, its links and pictures leading somewhere."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from django.test import Client
from django.utils import translation

from tests.messages import LANGUAGES
from tests.people_of import Company
from tests.signed_in import signed_in
from usher.portal.help import guide

ENGLISH = {file.name: file for file in guide.GUIDE.glob("*.md")}


def shape(file: Path) -> dict[str, int]:
    """How many headings of each depth, pictures, tables and blocks of code a page has."""
    text = file.read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return {
        **{f"h{n}": len(re.findall(rf"^{'#' * n} ", prose, re.M)) for n in (1, 2, 3)},
        "pictures": len(re.findall(r"!\[", prose)),
        "tables": len(re.findall(r"^\|[ :|-]+\|$", prose, re.M)),
        "code": text.count("\n```") // 2,
    }


@pytest.mark.parametrize("name", ENGLISH)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_has_its_like(language: str, name: str) -> None:
    """As many headings, pictures, tables and examples; another title, unless it is a name."""
    theirs = guide.GUIDE / language / name
    assert theirs.is_file(), f"docs/guide/{language}/{name} is missing"
    assert shape(theirs) == shape(ENGLISH[name])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_too_many_and_no_dead_link(language: str) -> None:
    with translation.override(language):
        pages = {name: guide.page_of(name) for name in guide.names()}
        anchors = {name: set(re.findall(r' id="([^"]+)"', str(page and page.body))) for name, page in pages.items()}
        dead = [
            f"{name}: {address}"
            for name, page in pages.items()
            for address in re.findall(r'(?:href|src)="([^"]+)"', str(page and page.body))
            if not leads_somewhere(address, name, anchors)
        ]
    assert not dead
    assert {file.name for file in (guide.GUIDE / language).glob("*")} <= set(ENGLISH)


def leads_somewhere(address: str, here: str, anchors: dict[str, set[str]]) -> bool:
    parts = urlsplit(unquote(address))
    target = parts.path.removeprefix("/help/") or here
    if parts.scheme or target.startswith("pictures/"):  # made by `make shots`
        return True
    return target in anchors and (not parts.fragment or parts.fragment in anchors[target])


def test_the_reader_gets_their_own(db: None, northlake: Company) -> None:
    """S1-26: page, titles and search in the person's language; a page that language lacks is English and says so."""
    reader = signed_in(northlake.member.user_id)
    assert ">Users</h1>" in reader.get("/help/users").content.decode()
    reader.post("/me/settings", {"language": "de"})
    text = reader.get("/help/users").content.decode()
    assert '<article class="u-prose" lang="de">' in text and ">Benutzer</h1>" in text and 'src="/help/pictures/users-light.png"' in text
    assert "Zweiter Faktor" in reader.get("/help/sign-in").content.decode() and 'lang="de"><a' in reader.get("/help").content.decode()


def test_a_page_that_is_missing_is_english(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "de").mkdir()
    (tmp_path / "x.md").write_text("# X\n")
    (tmp_path / "y.md").write_text("# Y\n")
    (tmp_path / "de/x.md").write_text("# Das X\n")
    monkeypatch.setattr(guide, "GUIDE", tmp_path)
    with translation.override("de"):
        assert guide.titles() == [("x", "Das X", "de"), ("y", "Y", "en")]
        assert guide.page_of("../x") is None
