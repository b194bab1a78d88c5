"""Every text of the product that is marked for translation, found without gettext's own programs; `python -m tests.messages` brings the catalogs up to date.

Templates become Python-like text by Django's own templatize, whose gettext calls are then read like those of any module.
"""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "usher" / "locale"
LANGUAGES = ("de",)
FUNCTIONS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
HEADER: dict[str, Any] = {  # nothing in it changes from day to day
    "project": "Usher",
    "version": "1",
    "copyright_holder": "the maintainers of Usher",
    "msgid_bugs_address": "",
    "last_translator": "",
    "language_team": "",
    "creation_date": datetime(2026, 11, 21, tzinfo=UTC),
    "revision_date": datetime(2026, 11, 21, tzinfo=UTC),
}
CALL = re.compile(r"""\b(?:n?p?gettext|_)\((?:[^()"']|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')*\)""")


@cache
def marked() -> Catalog:
    """All marked texts with the places they stand in."""
    catalog = Catalog(charset="utf-8")
    for file in sorted((ROOT / "usher").rglob("*")):
        if file.suffix in (".py", ".html", ".txt") and "migrations" not in file.parts and "static" not in file.parts:
            for line, context, texts in texts_of(file):
                catalog.add(texts, locations=[(str(file.relative_to(ROOT)), line)], context=context)
    return catalog


def texts_of(file: Path) -> Iterator[tuple[int, str | None, str | tuple[str, ...]]]:
    """(line, context, text or (singular, plural)) of one module or template."""
    source = file.read_text(encoding="utf-8")
    if file.suffix == ".py" and "gettext" not in source:
        return
    if file.suffix != ".py":
        source = "\n".join(" ".join(call[0] for call in CALL.finditer(line)) for line in templatize(source).split("\n"))
    for line, function, texts, _comments in extract_python(BytesIO(source.encode()), list(FUNCTIONS), (), {"encoding": "utf-8"}):
        context, found = split(str(function), texts)
        if found:
            yield line, context, found


def split(function: str, texts: object) -> tuple[str | None, str | tuple[str, ...]]:
    """Context and text of one call; a text that is no literal is nobody's to translate."""
    given = list(texts) if isinstance(texts, list | tuple) else [texts]
    context = given.pop(0) if "p" in function.removesuffix("_lazy").split("gettext")[0] else None
    wanted = given[:2] if "n" in function.removesuffix("_lazy").split("gettext")[0] and function != "_" else given[:1]
    if not all(isinstance(t, str) and t for t in wanted):
        return None, ""
    return context, tuple(wanted) if len(wanted) > 1 else wanted[0]


def catalog_of(language: str) -> Catalog:
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


def missing(language: str) -> list[Message]:
    """What has no translation, an unfinished one, or places that do not fit."""
    known = catalog_of(language)
    return [text for text in marked() if text.id and not is_whole(known.get(singular(text), context=text.context), text)]


def singular(text: Message) -> str:
    return str(text.id[0] if isinstance(text.id, tuple | list) else text.id)


def is_whole(said: Message | None, text: Message) -> bool:
    if said is None or said.fuzzy:
        return False
    forms = list(said.string) if isinstance(said.string, tuple | list) else [said.string]
    originals = list(text.id) if isinstance(text.id, tuple | list) else [text.id]
    if len(forms) != len(originals) or not all(forms):
        return False
    return all(places(form) <= places(originals[-1]) for form in forms) and places(forms[-1]) == places(originals[-1])


def places(text: str) -> set[str]:
    """The named places of a text: %(n)s and the like."""
    return set(re.findall(r"%\(\w+\)[sd]", text))


def update(language: str) -> int:
    """Write the catalog with exactly the texts there are; how many wait for a translator."""
    known = catalog_of(language)
    fresh = Catalog(
        locale=language, charset="utf-8", fuzzy=False, header_comment=f"# The texts of Usher in {known.locale_identifier}.", **HEADER
    )
    for text in sorted(marked(), key=lambda t: (singular(t), t.context or "")):
        if text.id:
            said = known.get(singular(text), context=text.context)
            fits = said is not None and isinstance(said.id, tuple | list) == isinstance(text.id, tuple | list)  # one form, or one and many
            fresh.add(text.id, string=said.string if said and fits else None, context=text.context, flags=text.flags)
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("wb") as file:
        write_po(file, fresh, width=140, omit_header=False)
    return len(missing(language))


if __name__ == "__main__":
    for each in LANGUAGES:
        sys.stdout.write(f"{each}: {update(each)} texts wait for a translation\n")
