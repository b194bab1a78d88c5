"""Which processes belong to a cluster: every process of PostgreSQL works in its data folder."""

import os
from pathlib import Path


def works_in(pid: int, folder: Path) -> bool:
    """Whether the process lives and its working folder is the cluster, as of every process of PostgreSQL."""
    if not Path("/proc/self").exists():
        try:
            os.kill(pid, 0)
        except OSError:
            return False
        return True
    try:
        return os.readlink(f"/proc/{pid}/cwd") == str(folder.resolve())
    except OSError:  # gone, a zombie, or a stranger's
        return False


def processes_in(folder: Path) -> list[int]:
    """All living processes whose working folder is the cluster."""
    if not Path("/proc/self").exists():
        return []
    return [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and works_in(int(p.name), folder)]
