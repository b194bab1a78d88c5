"""docs/guide/command-line.md says everything there is, and what it shows works."""

import re
import shlex
from collections.abc import Callable, Iterator

import click
import pytest

from tests.architecture.source import ROOT, files
from tests.harness import Usher

pytestmark = pytest.mark.fault  # starts real servers and processes

GUIDES = ROOT / "docs" / "guide"
GUIDE = (GUIDES / "command-line.md").read_text()


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command)
    for part in command.list_commands(context):
        below = command.get_command(context, part)
        assert below is not None
        yield from commands(below, f"{name} {part}")


@pytest.mark.parametrize("guide", [GUIDE, (GUIDES / "de" / "command-line.md").read_text()], ids=["en", "de"])
def test_the_guide_names_every_command_and_every_option(guide: str) -> None:
    """Each option where its command is told, unless many commands have it: then once, where that is told."""
    from usher.cli import main

    found, sections = dict(commands(main, "usher")), re.split(r"\n(?=##)", guide)
    assert {"usher people import", "usher undo", "usher verify", "usher doctor"} <= set(found)
    for name, command in found.items():
        told = "".join(section for section in sections if f"`{name}" in section)
        assert told, name
        for option in command.params:
            for long in option.opts if isinstance(option, click.Option) else ():
                assert long in (guide if long in SHARED or name == "usher people import" else told), f"{name} {long}"


# Of a command that writes, and how people are named; `people import` has the options of `people add`.
SHARED = {"--data", "--json", "--account", "--dry-run", "--key", "--refusals", "--yes", "--file"}
SHARED |= {"--search", "--status", "--license", "--add-on", "--role", "--department"}


def test_the_guide_names_every_variable() -> None:
    """In English and in German; those apart that only tests and Usher itself set."""
    ours = {"USHER_TEST", "USHER_SUPERVISED", "USHER_DEBUG"}
    read = {name for file in files() for name in re.findall(r"""["'](USHER_[A-Z_]+)["']""", file.read_text())} - ours
    assert {"USHER_DATA", "USHER_POOL", "USHER_SMTP_URL"} <= read
    for folder in (GUIDES, GUIDES / "de"):
        told = "".join(page.read_text() for page in folder.glob("*.md"))
        assert [name for name in sorted(read) if f"`{name}" not in told] == [], folder


def test_the_guide_names_every_key_of_the_public_object() -> None:
    from usher.cli.options import COUNTS, nothing

    for key in (*nothing("done"), *(f"counts.{name}" for name in COUNTS)):
        assert f"`{key}`" in GUIDE, key


def test_the_first_example_works(running_usher: Callable[..., Usher]) -> None:
    """Line by line on an empty database, with the numbers it names."""
    block = re.search(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    assert block
    machine = running_usher(web=0, workers=0)
    lines = [shlex.split(line, comments=True) for line in block[1].splitlines()]
    said = {line: machine.run(*line[1:], check=True).stdout for line in map(tuple, lines) if line[0] == "usher"}
    assert len(said) == 7
    assert "C-3" in said[("usher", "people", "add", "ann@northlake.test", "ben@northlake.test", "--license", "meetings:licensed")]
    assert "Undone: 2\u00a0people invited" in said[("usher", "undo", "C-3")]
