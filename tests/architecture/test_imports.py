"""Which parts of Django an area may use. What rooms may import of each other stands in .importlinter, for `make check`."""

import re

from tests.architecture.source import AREAS, files, imported, name_of

OF_A_FACE = re.compile(r"django\.(http|forms|shortcuts|template|urls|views|middleware|contrib\.messages)\b")
ALLOWED = {
    "usher/access/actors.py": "a session belongs to a request: the type is named, nothing is answered",
    "usher/access/backend.py": "Django asks an authentication backend with a request",
    "usher/mail/letter.py": "a letter is a template",
}


def test_areas_know_nothing_of_pages() -> None:
    found = {name_of(p): {m for m in imported(p) if OF_A_FACE.match(m)} for p in files(*AREAS)}
    assert {n for n, modules in found.items() if modules} - set(ALLOWED) == set()


def test_every_exception_is_still_one() -> None:
    found = {name_of(p) for p in files(*AREAS) if any(OF_A_FACE.match(m) for m in imported(p))}
    assert set(ALLOWED) <= found


def test_core_and_the_journal_know_no_product() -> None:
    """The engine runs SQL it is given; which table a person or a seat stands in is the areas' business."""
    from tests.architecture.source import texts

    words = re.compile(r"\b(people_|licenses_|lifecycle_|access_|mail_)[a-z]+\b")
    # core.tables names tables in examples only; the account is the tenant every Change belongs to.
    found = {f"{name_of(p)}:{line} {m.group()}" for p in files("core", "journal") for line, text in texts(p) for m in words.finditer(text)}
    assert found == set()


def test_core_has_no_tables() -> None:
    assert not [name_of(p) for p in files("core") if "django.db.models" in imported(p) and p.name == "models.py"]
