"""`python -m bench [ROOM …]`: each room in a process and on a server of its own; prints a table and writes results.md."""

import importlib
import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from .figure import Figure
from .server import fresh

ROOMS = (
    "importing",
    "one_person",
    "last_seat",
    "mass_change",
    "crossing",
    "handover",
    "standing",
    "users_list",
    "pages",
    "leaving",
    "large_import",
    "api",
    "phone",
)
RESULTS = Path(__file__).parent / "results.md"
HEAD = "| what | ours | bare | ratio | promise | kept |\n|---|---|---|---|---|---|"


def main() -> None:
    """With --json ROOM: one room, its figures as JSON. Otherwise the rooms named, or all."""
    if sys.argv[1:2] == ["--json"]:
        one_room(sys.argv[2])
        return
    rows = []
    print(HEAD, flush=True)
    for room in sys.argv[1:] or ROOMS:
        done = subprocess.run([sys.executable, "-m", "bench", "--json", room], stdout=subprocess.PIPE, text=True, check=True)
        for told in json.loads(done.stdout.splitlines()[-1]):
            rows.append(line(Figure(**told)))
            print(rows[-1], flush=True)
        RESULTS.write_text(f"# Measured\n\n{where()}\n\n{HEAD}\n" + "\n".join(rows) + "\n")


def one_room(room: str) -> None:
    """Measure; what the room prints itself goes to stderr."""
    with fresh():
        figures = importlib.import_module(f"bench.{room}").run()
    print(json.dumps([asdict(f) for f in figures]))


def line(f: Figure) -> str:
    """One line of the table."""
    kept = {True: "yes", False: "**no**", None: ""}[f.kept]
    return f"| {f.what} | {f.ours} | {f.bare} | {f.ratio} | {f.promise} | {kept} |"


def where() -> str:
    """When and on what. The load before the start tells whether the machine was ours alone."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{n:.1f}" for n in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, embedded PostgreSQL with Usher's own configuration (fsync and synchronous_commit on). Load at the end: {load}.\n"
        "Ours and bare take turns in one process on one server, so that the ratios hold where the absolute figures do not."
    )


if __name__ == "__main__":
    main()
