"""The guide: the pages of docs/guide, read where they stand, and which of them belongs to which place of the portal (S0-16, S1-26).

A built wheel carries them as usher/portal/guide; an editable install reads them from the repository. Another language stands in a folder of its
own beside the English pages (docs/guide/de); a page that is not there is read in English.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import get_language
from markdown_it import MarkdownIt
from markdown_it.token import Token

CARRIED = Path(__file__).parent.parent / "guide"
GUIDE = CARRIED if CARRIED.is_dir() else Path(__file__).parents[3] / "docs" / "guide"
FIRST = (
    "getting-started",
    "home",
    "users",
    "person",
    "joining",
    "leaving",
    "advanced",
    "groups",
    "domains",
    "import",
    "phone",
    "content",
    "activity",
    "account",
    "outbox",
    "sign-in",
    "api",
    "api-compatibility",
    "webhooks",
    "command-line",
)

# The beginning of an address -> its page of the guide. The longest that fits counts; "/" is Home alone.
PLACES = {
    "/people": "users",
    "/people/<person>": "person",
    "/people/imports": "import",
    "/people/updates": "import",
    "/people/address-changes": "import",
    "/people/marks": "account",
    "/people/mark-removals": "account",
    "/people/advanced": "advanced",
    "/account/places": "advanced",
    "/people/new": "users",
    "/people/<person>/content": "content",
    **dict.fromkeys(
        (f"/people/{place}" for place in ("trash", "dates", "deactivations", "unlinkings", "deletions", "reactivations")),
        "leaving",
    ),
    **dict.fromkeys((f"/people/<person>/{place}" for place in ("deactivation", "unlinking", "deletion", "reactivation")), "leaving"),
    "/groups": "groups",
    "/im-groups": "groups",
    "/content": "content",
    "/phone": "phone",
    "/people/<person>/phone": "phone",
    "/me/phone": "phone",
    "/activity": "activity",
    "/changes": "activity",
    "/account": "account",
    "/account/outbox": "outbox",
    "/account/apps": "api",
    "/oauth": "api",
    "/account/webhooks": "webhooks",
    "/me": "account",
    "/me/apps": "api",
    "/me/own-account": "leaving",
    "/me/security": "sign-in",
    "/me/confirm": "sign-in",
    "/account/sign-in": "sign-in",
    "/domains": "domains",
    "/me/consolidation": "domains",
    "/roles": "roles",
    "/people/role-changes": "roles",
    "/search": "home",
    "/exports": "users",
}
_markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


@dataclass(frozen=True)
class GuidePage:
    """One page: its title, and its body as HTML made by us from Markdown; raw HTML in the source is shown as text. `language` is the one it is in."""

    name: str
    language: str
    title: str
    body: SafeString
    parts: tuple[tuple[str, str], ...]  # (anchor, words) of its sections


def names() -> list[str]:
    """The pages there are, in reading order: what FIRST names, then the others by name."""
    found = {file.stem for file in GUIDE.glob("*.md")}
    return [n for n in FIRST if n in found] + sorted(found.difference(FIRST))


def titles() -> list[tuple[str, str, str]]:
    """(name, title, language) of every page, from its first line."""
    found = [(name, *file_of(name)) for name in names()]
    return [(name, _first_line(file), language) for name, file, language in found]


def file_of(name: str) -> tuple[Path, str]:
    """A page in the language of whoever reads it, in English where it has none; and which of the two."""
    language = get_language() or "en"
    theirs = GUIDE / language / f"{name}.md"
    return (theirs, language) if theirs.is_file() else (GUIDE / f"{name}.md", "en")


def _first_line(file: Path) -> str:
    with file.open(encoding="utf-8") as lines:
        return lines.readline().lstrip("# ").strip()


def page_of(name: str) -> GuidePage | None:
    """One page; None when there is none of this name."""
    if name not in names():
        return None
    file, language = file_of(name)
    tokens = _markdown.parse(file.read_text(encoding="utf-8"))
    parts = _anchored(tokens)
    _each_address(tokens, address_of)
    _without_empty_heads(tokens)
    title, rest = tokens[1].content, tokens[3:]  # every page opens with its h1
    body = _markdown.renderer.render(rest, _markdown.options, {})
    return GuidePage(name, language, title, mark_safe(body), tuple(parts))  # noqa: S308 - the renderer escapes everything, html=False


def _anchored(tokens: list[Token]) -> list[tuple[str, str]]:
    """Give every h2 and h3 an id; the h2s as (anchor, words)."""
    parts = []
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.tag in ("h2", "h3"):
            anchor = slugify(inline.content, allow_unicode=True)
            token.attrSet("id", anchor)
            if token.tag == "h2":
                parts.append((anchor, inline.content))
    return parts


def _without_empty_heads(tokens: list[Token]) -> None:
    """A corner without words heads nothing: an empty th becomes a td."""
    for opened, inline, closed in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opened.type == "th_open" and not inline.content:
            opened.tag = closed.tag = "td"


def _fence(_renderer: Any, tokens: list[Token], at: int, *_more: Any) -> str:
    """A block of code, which may be wider than the page: it can be reached by Tab, to be scrolled by keys."""
    return f'<pre tabindex="0"><code>{escape(tokens[at].content)}</code></pre>\n'


_markdown.add_render_rule("fence", _fence)


def _each_address(tokens: list[Token], change: Callable[[str], str]) -> None:
    for token in tokens:
        for name in ("href", "src"):
            if address := token.attrGet(name):
                token.attrSet(name, change(str(address)))
        if token.type == "image":
            token.attrSet("loading", "lazy")
        _each_address(token.children or [], change)


def address_of(target: str) -> str:
    """Where a link or picture of the guide stands in the portal: import.md#the-plan -> /help/import#the-plan, ../pictures/a.png -> /help/pictures/a.png."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not parts.path:
        return target
    path = parts.path.removeprefix("../").removesuffix(".md")
    return f"/help/{path}" + (f"#{parts.fragment}" if parts.fragment else "")


def picture(name: str) -> Path | None:
    """The file of a picture of the guide; None when there is none of this name."""
    return {file.name: file for file in (GUIDE / "pictures").glob("*.png")}.get(name)


def place_of(path: str) -> str:
    """The guide page of a portal address, "" where none belongs to it."""
    if path == "/":
        return "home"
    here = path.removesuffix("/").split("/")
    if here[1:2] == ["people"] and len(here) > 2 and len(here[2]) == 22:  # an id
        here[2] = "<person>"
    for length in range(len(here), 1, -1):
        if found := PLACES.get("/".join(here[:length])):
            return found
    return ""
