"""How much memory this machine, or the container we are in, has for PostgreSQL's own cache."""

import os
from pathlib import Path

MB = 2**20
SHARE = 8  # web, worker, the backends themselves and the operating system's cache want theirs too
LEAST, MOST = 128 * MB, 2048 * MB  # what a million people are read from fits into the most
LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))  # cgroup v2 and v1


def shared_buffers() -> str:
    """An eighth of the memory, between 128 MB and 2 GB, in whole MB. It is taken only as it is filled (docs/decisions/0127)."""
    return f"{min(max(_memory() // SHARE, LEAST), MOST) // MB}MB"


def _memory() -> int:
    """Bytes: those of the machine, or fewer where a container may use fewer. A container without a limit says "max" or a number beyond all machines."""
    limits = [int(text) for file in LIMITS if file.exists() and (text := file.read_text().strip()).isdecimal()]
    return min([os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), *limits])
