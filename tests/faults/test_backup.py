"""A backup made by pg_dump is a whole Usher again."""

import subprocess
from pathlib import Path

import pytest

from tests.cli.told import opened
from tests.harness import Usher
from usher.core.postgres import binaries

pytestmark = pytest.mark.fault


def test_a_dump_is_restored_whole(server: str, data_folder: Path) -> None:
    """P8: into an empty database, where nothing is on the search path yet; everybody is found by name, and every invariant holds."""
    before, after = Usher.on(server, {}), Usher.on_nothing(server, {})
    try:
        before.start(web=0, workers=0)
        account = opened(before, licensed=5)
        assert account.run("people", "add", f"zoe@{account.domain}", "--license", "meetings:licensed").code == 0
        programs, dump = binaries.resolve().bin, data_folder / "dump"
        subprocess.run([programs / "pg_dump", "--format=custom", f"--file={dump}", before.env["DATABASE_URL"]], check=True)
        restore = [programs / "pg_restore", "--exit-on-error", "--no-owner", f"--dbname={after.env['DATABASE_URL']}", dump]
        told = subprocess.run(restore, capture_output=True, text=True)
        assert told.returncode == 0, told.stderr
        assert after.run("people", "list", "--search", "zoe").stdout.startswith(f"zoe@{account.domain}\t")
        assert after.run("verify").returncode == 0
        assert after.run("migrate").stdout == "Nothing to do: the database is of this version.\n"
    finally:
        before.close()
        after.close()
