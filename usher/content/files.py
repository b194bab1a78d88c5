"""The file of a recording, opened for who may see it."""

from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection
from django.utils.translation import gettext as _

from usher.core.actor import Actor
from usher.core.keyset import Row
from usher.core.refusals import not_found

from . import reads

# How a file is sent: to be kept and never run (WEB-08). An encoding is told so that nobody compresses what is compressed already, and its length stays known.
SENT: dict[str, Any] = {"as_attachment": True, "content_type": "application/octet-stream", "headers": {"Content-Encoding": "identity"}}


def opened(actor: Actor, id: UUID) -> tuple[Row, File]:
    """A recording and its file. Refused (missing) for what has none, and for one that is not in the storage any more.

    The connection to the database goes back to its pool first: the bytes take as long as whoever fetches them likes, and ask nothing more.
    """
    found = reads.item(actor, id)
    if not found["has_file"] or not default_storage.exists(found["file"]):
        raise not_found(_("This file"))
    if not connection.in_atomic_block:
        connection.close()
    return found, default_storage.open(found["file"])
