"""The file of a recording, opened for who may see it."""

from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from usher.core.actor import Actor
from usher.core.keyset import Row
from usher.core.refusals import not_found

from . import reads


def opened(actor: Actor, id: UUID) -> tuple[Row, File]:
    """A recording and its file. Refused (missing) for what has none, and for one that is not in the storage any more."""
    found = reads.item(actor, id)
    if not found["has_file"] or not default_storage.exists(found["file"]):
        raise not_found(_("This file"))
    return found, default_storage.open(found["file"])
