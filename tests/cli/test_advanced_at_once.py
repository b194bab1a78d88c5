"""Ten thousand members and six thousand seats, by two processes at once (LIC-03)."""

from pathlib import Path

import pytest

from tests.cli.test_killed import begun, ended
from tests.cli.told import opened
from tests.harness import Usher

pytestmark = pytest.mark.fault  # starts real processes
BASIC, LICENSED, UNASSIGNED = "meetings:basic", "meetings:licensed", "meetings:unassigned"


def test_6000_seats_for_10000_members(machine: Usher, tmp_path: Path) -> None:
    """S0-57, LIC-03: nothing by default; then two admins ask for the first ones at the same moment, and together they get exactly 6,000."""
    account = opened(machine, licensed=6_000, basic=20_000, unassigned=20_000)
    for license, size, prefix in ((BASIC, 10_000, "b"), (UNASSIGNED, 3_000, "u")):
        file = tmp_path / f"{prefix}.csv"
        file.write_text("\n".join(account.lines(size, prefix=prefix)))
        assert account.run("people", "import", str(file), "--license", license, seconds=120).code == 0
    no = account.run("advanced", "change-license", BASIC, LICENSED)
    assert (no.code, no.answer["details"]) == (3, {"product": LICENSED, "needed": 10_000, "free": 6_000})
    both = [begun(account, "advanced", "change-license", license, LICENSED, "--first") for license in (BASIC, UNASSIGNED)]
    told = [ended(process) for process in both]
    got = [t.counts.get("updated", 0) for t in told]
    assert sum(got) == 6_000, got
    assert sum(t.counts.get("skipped", 0) + t.counts.get("updated", 0) for t in told) == 13_001  # and the owner, who is left alone
    assert (
        account.value("SELECT used + pending + held FROM licenses_license WHERE account_id = %s AND product = 'meetings:licensed'") == 6_000
    )
    assert account.breaches() == []
