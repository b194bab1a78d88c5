"""PostgreSQL's own cache grows with the machine, or with what its container may use (docs/decisions/0127)."""

import os
from pathlib import Path

import pytest

from usher.core.postgres import memory

GB = 2**30


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
def test_it_is_an_eighth(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, machine: int, limit: str | None, expected: str) -> None:
    """Never less than 128 MB nor more than 2 GB; a container without a limit says so in a word, or by a number beyond all machines."""
    file = tmp_path / "memory.max"
    if limit is not None:
        file.write_text(limit)
    monkeypatch.setattr(memory, "LIMITS", (file, tmp_path / "none"))
    pages = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": machine // 4096}
    monkeypatch.setattr(os, "sysconf", pages.__getitem__)
    assert memory.shared_buffers() == expected
