"""People as CSV: what import reads comes first, in its order, so that an export can be imported again (S0-13, CSV-01, CSV-02)."""

import csv
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.db import transaction

from usher.core.actor import Actor
from usher.core.csv_cells import neutral
from usher.core.refusals import Refused
from usher.lifecycle.reading import TITLES
from usher.people import reads

MORE = {
    "status": "Status",
    "license": "License",
    "add_ons": "Add-ons",
    "role": "Role",
    "job_title": "Job title",
    "location": "Location",
    "site": "Site",
    "created_at": "Created",
}
COLUMNS = (*TITLES, *MORE)


def to_stdout(actor: Actor, query: dict[str, Any]) -> int:
    """Write everybody who matches to standard output as UTF-8; how many."""
    text = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=True)
    try:
        return _write(actor, query, text)
    finally:
        text.detach()


def to_file(actor: Actor, query: dict[str, Any], target: str) -> tuple[int, str]:
    """The same to a file only its owner can read; it appears whole or not at all. Refused (invalid) where no file can be written."""
    path = Path(target).absolute()
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline="") as file:
            n = _write(actor, query, file)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Refused("invalid", "no_file", f"{path} cannot be written: {error.strerror}.", field="file") from None
    return n, str(path)


def _write(actor: Actor, query: dict[str, Any], file: IO[str]) -> int:
    out = csv.writer(file)
    out.writerow([*TITLES.values(), *MORE.values()])
    n = 0
    with transaction.atomic():  # the cursor lives as long as its transaction
        for cells in _lines(actor, query):
            out.writerow(cells)
            n += 1
    return n


def _lines(actor: Actor, query: dict[str, Any]) -> Iterator[list[str]]:
    for person in reads.export(actor, query):
        person["created_at"] = person["created_at"].isoformat(timespec="seconds")
        yield [neutral(person[column]) for column in COLUMNS]
