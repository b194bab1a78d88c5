"""`python -m bench [ROOM …]`: each room in a process and on a server of its own; prints a table. What is worth keeping goes into results.md by hand."""

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime

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
HEAD = "| what | ours | bare | ratio | promise | kept |\n|---|---|---|---|---|---|"


def main() -> None:
    """With --json: one room, its figures as JSON. Otherwise the rooms named, or all."""
    asked = options()
    os.environ |= {f"BENCH_API_{name.upper()}": str(n) for name in ("people", "seconds") if (n := getattr(asked, name))}
    if asked.json:
        one_room(asked.rooms[0])
        return
    print(HEAD, flush=True)
    for room in asked.rooms or ROOMS:
        done = subprocess.run([sys.executable, "-m", "bench", "--json", room], stdout=subprocess.PIPE, text=True, check=True)
        for told in json.loads(done.stdout.splitlines()[-1]):
            print(line(Figure(**told)), flush=True)
    print(f"\n{where()}")


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=f"which to measure: {', '.join(ROOMS)}; all when none is named")
    parser.add_argument("--json", action="store_true", help="measure one room in this process, and print its figures as JSON")
    parser.add_argument("--people", type=int, help="of the room api: how many there are in each of its two accounts (100,000)")
    parser.add_argument("--seconds", type=int, help="of the room api: how long each round lasts (5)")
    return parser.parse_args()


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
