"""docs/guide/command-line.md says everything there is, and what it shows works."""

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from tests.harness import Usher

pytestmark = pytest.mark.fault  # starts real servers and processes

GUIDE = (Path(__file__).parents[2] / "docs" / "guide" / "command-line.md").read_text()


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command)
    for part in command.list_commands(context):
        below = command.get_command(context, part)
        assert below is not None
        yield from commands(below, f"{name} {part}")


def test_the_guide_names_every_command_and_every_option() -> None:
    from usher.cli import main

    found = dict(commands(main, "usher"))
    assert {"usher people import", "usher undo", "usher verify", "usher doctor"} <= set(found)
    for name, command in found.items():
        assert f"`{name}" in GUIDE, name
        for option in command.params:
            for long in option.opts if isinstance(option, click.Option) else ():
                assert long in GUIDE, f"{name} {long}"


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
