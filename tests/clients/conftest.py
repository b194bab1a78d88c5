"""A real server with a company in it, for clients nobody here wrote."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.harness import Usher

COMPANY = "northlake.test"
# What accepting an invitation does, without the page.
ACTIVATE = """
import sys
import django; django.setup()
from usher.access.actors import operator
from usher.core import sql
from usher.journal import engine
from usher.journal.verb import plan
ids = [r["id"] for r in sql.rows("SELECT id::text AS id FROM people_user WHERE email LIKE %(l)s", {"l": sys.argv[1]})]
engine.start(plan(operator(None), "lifecycle.activate", {"subjects": {"ids": ids}}), "activate-" + sys.argv[1])
"""


def accept(usher: Usher, like: str) -> None:
    """Everybody whose address is like this accepts their invitation."""
    subprocess.run([sys.executable, "-c", ACTIVATE, like], env=usher.env, check=True)


@pytest.fixture(scope="module")
def usher(server: str) -> Iterator[Usher]:
    """A web process with an account and four people who are asked in."""
    running = Usher.on(server, {})
    running.start(web=1, workers=0)
    running.run("account", "open", "--name", "Northlake", "--plan", "business", "--owner", f"owner@{COMPANY}", check=True)
    running.run("seats", "set", "meetings:licensed", "5", check=True)
    running.run("people", "add", *(f"p{n}@{COMPANY}" for n in range(4)), check=True)
    running.sql("UPDATE people_standing SET status = 'active' WHERE role = 'owner'")  # as if the setup link had been followed
    yield running
    running.close()


@pytest.fixture(scope="module")
def app(usher: Usher) -> dict[str, Any]:
    """account_id, client_id, client_secret of a new app with every scope."""
    made: dict[str, Any] = json.loads(usher.run("app", "create", "--name", "Client", "--scopes", "all", "--json", check=True).stdout)
    return made
