"""What is installed is what was pinned: every package of the lock files has its hashes, and every way in asks for them."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")
PINNED = re.compile(r"^([A-Za-z0-9._\[\],-]+)==(\S+)( ; [^\\]+)? \\$")


def test_every_package_is_pinned_with_its_hashes() -> None:
    """SUPPLY-01, ASVS 15.2.4: a package of the same name from elsewhere has another hash and is not installed."""
    for lock in LOCKS:
        text = (ROOT / lock).read_text()
        blocks = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"(?m)^#.*\n", "", text).strip())
        assert len(blocks) > 15, lock
        for block in blocks:
            first = block.splitlines()[0]
            assert PINNED.match(first), (lock, first)
            assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), (lock, first)
        assert "://" not in re.sub(r"(?m)^\s*#.*$", "", text), f"{lock} names a place packages come from"


def test_the_ways_to_install_ask_for_the_hashes() -> None:
    """SUPPLY-01: nothing is installed beside the lock files but Usher itself, without its dependencies."""
    makefile = (ROOT / "Makefile").read_text()
    installs = re.findall(r"\$\(PIP\) (.+)", makefile)
    assert installs == [
        "--require-hashes -r requirements.lock",
        "--no-deps --no-build-isolation --editable .",
        "--require-hashes -r requirements-dev.lock",
    ]


def test_the_assets_of_the_portal_are_pinned_too() -> None:
    """SUPPLY-01: by their integrity, and without a host to fetch them from."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assets = {name: p for name, p in packages.items() if name}
    assert assets and all(p["integrity"].startswith("sha512-") for p in assets.values())
    assert not any("resolved" in p for p in assets.values())


@pytest.mark.parametrize(
    ("python", "says"),
    [
        ("case $2 in *ensurepip*) exit 1;; esac", "Python cannot make virtual environments here: apt install python3-venv"),
        ("exit 1", "Usher needs Python 3.11 or newer. Name one: make PYTHON=/path/to/python3.11"),
        (None, "Usher needs Python 3.11 or newer. Name one: make PYTHON=/path/to/python3.11"),
    ],
)
def test_what_the_machine_lacks_is_one_line(tmp_path: Path, python: str | None, says: str) -> None:
    """A Debian without python3-venv, one with an old Python, one with none: what to do, and nothing is begun."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    make = shutil.which("make")
    assert make
    words = [make, "--silent", ".venv/bin/pip"]
    if python:
        (tmp_path / "python").write_text(f"#!/bin/sh\n{python}\n")
        (tmp_path / "python").chmod(0o755)
        words.append("PYTHON=./python")
    done = subprocess.run(words, cwd=tmp_path, env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert (done.returncode, done.stdout.splitlines()) == (2, [says])
    assert not (tmp_path / ".venv").exists()
