"""One process doing one thing in the fault tests, killed at a failpoint or not."""

import json
from typing import Any

from tests.harness import Usher


def asked(machine: Usher, module: str, what: str, kill_at: str, params: dict[str, Any]) -> tuple[int, Any]:
    """How it ended, and what it said it did."""
    ended = machine.python(module, what, json.dumps(params), seconds=120, failpoints=kill_at.replace("@", "=kill@"))
    assert ended.returncode in (0, -9), ended.stderr
    return ended.returncode, json.loads(ended.stdout)["did"] if ended.stdout else None
