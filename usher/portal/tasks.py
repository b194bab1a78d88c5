"""The portal's background work: files of long lists."""

import logging
import time
from uuid import UUID

from django.utils import translation
from procrastinate.contrib.django import app

from usher.access.actors import person
from usher.core import jobs
from usher.core.refusals import Refused
from usher.people import exports
from usher.portal.listing import LISTINGS
from usher.portal.listing_export import TASK, write_piece
from usher.portal.lists.rights import may_see
from usher.portal.page import routes

log = logging.getLogger(__name__)
SLICE_SECONDS = 5.0


@app.task(name=TASK, queue="exports", lock=TASK)
def export(export: str) -> None:
    """Pieces of one file for a few seconds, then the next job. All files share one lock: any number of them takes one worker's time (DOS-16)."""
    list(routes())  # the lists register where their pages are
    until = time.monotonic() + SLICE_SECONDS
    while time.monotonic() < until:
        if not next_piece(UUID(export)):
            return
    jobs.defer(TASK, export=export)


def next_piece(id: UUID) -> bool:
    """One piece in the language it was asked for, as long as who asked may still see the list; whether there are more.

    A file that makes trouble has failed: nobody waits for it, and it does not count among those that are being written (F29).
    """
    wanted = exports.waiting(id)
    if wanted is None:
        return False
    try:
        actor, listing = person(wanted["user_id"], "portal"), LISTINGS.get(wanted["listing"])
    except Refused:
        listing = None
    if listing is None or not may_see(actor, listing):
        exports.fail(id)
        return False
    try:
        with translation.override(wanted["language"]):
            return write_piece(actor, listing, wanted)
    except Exception:
        log.exception("The file %s could not be written", id)
        exports.fail(id)
        return False
