"""What a list of people shows, read from the page."""

import re
from typing import Any

ROW = re.compile(r'<tr[^>]*>.*?<td class="main">.*?<a href="/people/([\w-]{22})">([^<]*)</a>', re.S)


def names(answer: Any) -> list[str]:
    return [name for _, name in ROW.findall(answer.content.decode())]


def ids(answer: Any) -> list[str]:
    return [i for i, _ in ROW.findall(answer.content.decode())]


def link(answer: Any, rel: str) -> str | None:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', answer.content.decode())
    return found.group(1).replace("&amp;", "&") if found else None
