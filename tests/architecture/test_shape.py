"""The shape of the code: sizes, names, migrations, and what no file may say. Secrets: tests/access/test_secrets.py."""

import io
import re

import pytest
from django.core.management import call_command

from tests.architecture.source import ROOT, files, imported, name_of
from tests.conftest import LONG

LONGEST, LONGEST_OF_CASES = 300, 420  # a test file is a list of cases: it may be longer before it is two
VAGUE = re.compile(r"(^|_)(utils?|helpers?|common|managers?|misc|stuff)(_|$)")
OURS = [*files(), *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "bench").rglob("*.py"))]


def test_no_file_is_long_without_a_reason() -> None:
    """A file is split past 300 lines, or says in its first line why it is not."""
    lines = {p: len(p.read_text().splitlines()) for p in OURS}
    long = {name_of(p): n for p, n in lines.items() if n > (LONGEST_OF_CASES if p.name.startswith("test_") else LONGEST)}
    assert {n: size for n, size in long.items() if "one file because" not in (ROOT / n).read_text().splitlines()[0]} == {}


def test_what_begins_first_is_there() -> None:
    """A long file that got another name would begin last, and one process would go on with it alone."""
    assert [name for name in LONG if not (ROOT / "tests" / name).exists()] == []


def test_names_say_what_a_thing_does() -> None:
    assert [name_of(p) for p in OURS if any(VAGUE.search(part.removesuffix(".py")) for part in p.relative_to(ROOT).parts)] == []


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    told = io.StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=told, stderr=told)


def test_no_machine_and_no_registry_is_named() -> None:
    """What is committed runs anywhere: no path of one machine, no host of a package registry."""
    machine = re.compile("/" + r"(work|opt|root)/")
    host = re.compile(r"(pypi|npmjs|python[h]osted)\.(org|com)")
    kept = [p for p in OURS if "tests" not in p.parts[len(ROOT.parts) :][:1]]
    assert [f"{name_of(p)}:{n}" for p in kept for n, line in enumerate(p.read_text().splitlines(), 1) if machine.search(line)] == []
    assert [name_of(p) for p in kept if host.search(p.read_text())] == []


def test_the_clock_ticks_evenly() -> None:
    """F07, P7: seconds stand last in a cron line of six; first they would mean minutes, and nothing would happen for most of an hour."""
    from datetime import datetime
    from itertools import pairwise

    from procrastinate.contrib.django import app

    for periodic in app.periodic_registry.periodic_tasks.values():
        ticks = periodic.croniter
        ticks.set_current(datetime(2026, 1, 1, 12, 0, 0), force=True)
        gaps = {b - a for a, b in pairwise([ticks.get_next() for _ in range(30)])}
        assert len(gaps) == 1, f"{periodic.task.name}: {periodic.cron}"


def test_nothing_is_marked_safe_by_hand() -> None:
    """ASVS 1.3: templates escape; only our own guide, rendered with its markup escaped, is declared to be markup."""
    assert {name_of(p) for p in files() if any(m.endswith("mark_safe") for m in imported(p))} <= {"usher/portal/help/guide.py"}
    assert not [p for p in (ROOT / "usher").rglob("*.html") if re.search(r"\|\s*safe\b|autoescape off", p.read_text())]
