"""PostgreSQL's own cache grows with the machine, or with what its container may use (docs/decisions/0127)."""

import os
from pathlib import Path

import pytest

from usher.core.postgres import memory

GB = 2**30


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """In place of the kernel's: a machine of 64 GB, and we are in the group of a unit."""
    (tmp_path / "ours").write_text("0::/system.slice/usher.service\n")
    monkeypatch.setattr(memory, "OURS", tmp_path / "ours")
    monkeypatch.setattr(memory, "GROUPS", tmp_path)
    monkeypatch.setattr(os, "sysconf", {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 64 * GB // 4096}.__getitem__)
    (tmp_path / "system.slice" / "usher.service").mkdir(parents=True)
    (tmp_path / "memory" / "docker").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize(
    ("machine", "limit", "expected"),
    [
        (GB // 2, None, "128MB"),
        (8 * GB, None, "1024MB"),
        (64 * GB, None, "2048MB"),
        (64 * GB, f"{4 * GB}\n", "512MB"),
        (8 * GB, "max\n", "1024MB"),
        (8 * GB, "9223372036854771712\n", "1024MB"),
        (8 * GB, "", "1024MB"),
    ],
)
def test_it_is_an_eighth(monkeypatch: pytest.MonkeyPatch, groups: Path, machine: int, limit: str | None, expected: str) -> None:
    """Never less than 128 MB nor more than 2 GB; a container without a limit says so in a word, or by a number beyond all machines."""
    (groups / "ours").write_text("0::/\n")
    if limit is not None:
        (groups / "memory.max").write_text(limit)
    monkeypatch.setattr(os, "sysconf", {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": machine // 4096}.__getitem__)
    assert memory.shared_buffers() == expected


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("system.slice/usher.service/memory.max", "256MB"),
        ("system.slice/memory.max", "256MB"),
        ("memory.max", "256MB"),
        ("another.slice/memory.max", "2048MB"),
    ],
)
def test_the_limit_of_a_unit_counts_and_of_what_it_stands_in(groups: Path, where: str, expected: str) -> None:
    """`MemoryMax=` of a service; a container that sees the groups of its machine."""
    (groups / where).parent.mkdir(exist_ok=True)
    (groups / where).write_text(f"{2 * GB}\n")
    assert memory.shared_buffers() == expected


@pytest.mark.parametrize("where", ["memory/docker/memory.limit_in_bytes", "memory/memory.limit_in_bytes"])
def test_memory_may_have_a_hierarchy_of_its_own(groups: Path, where: str) -> None:
    """cgroup v1, where other hierarchies say nothing of it. A container sees its own group as the root, and is told the path outside."""
    (groups / "ours").write_text("12:cpu,cpuacct:/\n4:memory:/docker\n1:name=systemd:/docker:a\n0::/\n")
    (groups / where).write_text(f"{2 * GB}\n")
    assert memory.shared_buffers() == "256MB"


def test_what_cannot_be_read_says_nothing(groups: Path) -> None:
    """A hardened unit may hide the groups: the first start does not end with that."""
    (groups / "system.slice" / "usher.service" / "memory.max").mkdir()
    (groups / "system.slice" / "memory.max").write_text(f"{2 * GB}\n")
    assert memory.shared_buffers() == "256MB"
    (groups / "ours").unlink()
    (groups / "ours").mkdir()
    assert memory.shared_buffers() == "2048MB"
