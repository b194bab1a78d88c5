"""How much memory this machine, or the container or unit we are in, has for PostgreSQL's own cache."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

MB = 2**20
SHARE = 8  # web, worker, the backends themselves and the operating system's cache want theirs too
LEAST, MOST = 128 * MB, 2048 * MB  # what a million people are read from fits into the most
OURS = Path("/proc/self/cgroup")  # the groups we are in, a line for each hierarchy
GROUPS = Path("/sys/fs/cgroup")


def shared_buffers() -> str:
    """An eighth of the memory, between 128 MB and 2 GB, in whole MB. It is taken only as it is filled (docs/decisions/0127)."""
    return f"{min(max(_memory() // SHARE, LEAST), MOST) // MB}MB"


def _memory() -> int:
    """Bytes: those of the machine, or fewer where our group may use fewer. A group without a limit says "max" or a number beyond all machines."""
    limits = [int(text) for text in map(_told, _limits()) if text.isdecimal()]
    return min([os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), *limits])


def _limits() -> Iterator[Path]:
    """The limit of our group, and of each that it stands in: cgroup v2, and v1, where memory has a hierarchy of its own."""
    for line in _told(OURS).splitlines():
        _number, kinds, group = line.split(":", 2)
        if kinds in ("", "memory"):
            root, name = (GROUPS / "memory", "memory.limit_in_bytes") if kinds else (GROUPS, "memory.max")
            ours = root / group.lstrip("/")
            yield from (folder / name for folder in (ours, *ours.parents) if folder.is_relative_to(root))


def _told(file: Path) -> str:
    """What stands in it; nothing where it is not there or may not be read: it is only a hint of a size."""
    with contextlib.suppress(OSError):
        return file.read_text().strip()
    return ""
