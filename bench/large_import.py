"""Importing a large file by the command line, as a whole process, against COPY and INSERT … SELECT; and how much memory it takes."""

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from django.db import connection

from .figure import Figure, seconds
from .importing import BARE_STAGE, bare
from .people import HEADER, lines
from .server import open_account

MOST_MEGABYTES = 400


def run(rows: int = 1_000_000) -> list[Figure]:
    """Ours first, then bare, on accounts of their own; once each, because it takes minutes."""
    ours, theirs = open_account("ours"), open_account("bare")
    with connection.cursor() as cursor:
        cursor.execute(BARE_STAGE)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "people.csv"
        with file.open("w", encoding="utf-8") as out:
            out.write(HEADER)
            out.writelines(lines(rows, "large.test"))
        command = [
            sys.executable,
            "-m",
            "usher",
            "people",
            "import",
            str(file),
            "--license",
            "meetings:basic",
            "--account",
            str(ours),
            "--json",
        ]
        said: list[str] = []
        mine = seconds(lambda: said.append(subprocess.run(command, env=os.environ, stdout=subprocess.PIPE, check=True, text=True).stdout))
        answer = json.loads(said[0])
        if answer["counts"]["new"] != rows:
            raise AssertionError(answer)
        megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        data = file.read_bytes()
    theirs_took = seconds(lambda: bare(theirs, data))
    ratio = theirs_took / mine
    return [
        Figure(f"usher people import, {rows:,} rows", f"{mine:.0f} s", f"{theirs_took:.0f} s", f"{ratio:.2f}", ">= 0.4", ratio >= 0.4),
        Figure("… memory of the process", f"{megabytes:.0f} MB", "", "", f"< {MOST_MEGABYTES} MB", megabytes < MOST_MEGABYTES),
    ]
