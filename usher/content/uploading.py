"""A recording's file on its way into the storage. The file comes first and is loose until the item is there; a crash leaves nothing but a loose file."""

import contextlib
import re
import unicodedata
from typing import Any, BinaryIO
from uuid import UUID, uuid5

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.failpoints import failpoint
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.names import figure
from usher.journal.verb import plan

LONGEST_NAME = 200
UNSAFE = re.compile(r'[\\/:*?"<>|]')


def upload(actor: Actor, file: BinaryIO, filename: str, size: int, about: dict[str, Any], key: str) -> engine.Started:
    """Store a file and make the recording it belongs to; `about` are owner, title, starts_at and seconds, `size` is in bytes.

    The same key is the same recording. Refuses (invalid, file) an empty file and one larger than USHER_UPLOAD_MAX, and what content.upload refuses.
    """
    if not 0 < size <= settings.UPLOAD_MAX:
        words = _("The file is empty or larger than %(n)s MB. Choose another.") % {"n": figure(settings.UPLOAD_MAX // 2**20)}
        raise Refused("invalid", "file", words, field="file")
    name = f"recordings/{actor.account_id}/{uuid5(actor.account_id, key)}"
    planned = plan(actor, "content.upload", {**about, "file": name, "filename": clean_name(filename), "size": size})
    if not _is_stored(actor.account_id, name):
        _store(name, file)
        failpoint("content.stored")
    return engine.start(planned, key)


def clean_name(text: str) -> str:
    """What a download is called: no path, no control or direction characters, none that a file system minds (WEB-08)."""
    last = text.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C")
    kept = UNSAFE.sub("_", kept).strip(". ")
    stem, dot, end = kept.rpartition(".")
    return (f"{stem[: LONGEST_NAME - len(end) - 1]}.{end}" if dot and len(end) < 20 else kept[:LONGEST_NAME]) or "recording"


def _is_stored(account: UUID, name: str) -> bool:
    return bool(sql.value("SELECT 1 FROM content_item WHERE account_id = %(a)s AND file = %(f)s", {"a": account, "f": name}))


def _store(name: str, file: BinaryIO) -> None:
    """In place of what a try before left under this name. Loose first, so that the clock removes it when nothing comes of it."""
    sql.execute(
        "INSERT INTO content_loosefile (name, since) VALUES (%(n)s, %(now)s) ON CONFLICT (name) DO UPDATE SET since = excluded.since",
        {"n": name, "now": clock.now()},
    )
    default_storage.delete(name)
    try:
        kept = default_storage.save(name, File(file))
    except OSError:  # half a file would wait for the clock on a disk that is full (F12)
        with contextlib.suppress(OSError):
            default_storage.delete(name)
        raise
    if kept != name:  # two tries at once with one key: the other one has it
        default_storage.delete(kept)


def remove_loose_files(hours: int = 24, most: int = 1_000) -> int:
    """Remove files that belong to no item for so long; how many. One that an item has is only forgotten here."""
    names = [
        r["name"]
        for r in sql.rows(
            "SELECT name FROM content_loosefile WHERE since < %(now)s::timestamptz - make_interval(hours => %(h)s) ORDER BY since LIMIT %(m)s",
            {"now": clock.now(), "h": hours, "m": most},
        )
    ]
    kept = {r["file"] for r in sql.rows("SELECT file FROM content_item WHERE file = ANY(%(n)s)", {"n": names})}
    for name in names:
        if name not in kept:
            default_storage.delete(name)
    sql.execute("DELETE FROM content_loosefile WHERE name = ANY(%(n)s)", {"n": names})
    return len(names)
