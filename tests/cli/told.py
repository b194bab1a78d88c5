"""What a command told: exit code, the one object, and what it said on stderr."""

import json
import secrets
import subprocess
from dataclasses import dataclass
from typing import Any

from click.testing import CliRunner

from tests.harness import Usher

HEADER = "email,first name,last name,department,user group,IM group"
KEYS = {"change_id", "state", "counts", "seats", "refusals", "refusals_file"}


@dataclass(frozen=True)
class Told:
    code: int
    answer: dict[str, Any]
    stderr: str

    @property
    def counts(self) -> dict[str, int]:
        """Without the zeros."""
        return {k: n for k, n in self.answer["counts"].items() if n}


def asked(*arguments: str, data: bytes = b"") -> Told:
    """A command in this process; stdout must be one object and nothing else."""
    from usher.cli import main

    result = CliRunner().invoke(main, list(arguments), input=data)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return Told(result.exit_code, json.loads(result.stdout), result.stderr)


def told(ended: subprocess.CompletedProcess[str]) -> Told:
    """What a real process told."""
    assert "Traceback" not in ended.stderr, ended.stderr
    return Told(ended.returncode, json.loads(ended.stdout), ended.stderr)


def opened(machine: Usher, **seats: int) -> "Account":
    """A new account on a machine, opened by the command."""
    domain = f"{secrets.token_hex(4)}.test"
    named = ("--name", "Northlake", "--plan", "business", "--owner", f"olga@{domain}")
    new = told(machine.python("usher", "account", "open", *named, "--json", check=True))
    account = Account(machine, new.answer["account_id"], domain)
    for product, quantity in seats.items():
        machine.python("usher", "seats", "set", f"meetings:{product}", str(quantity), "--account", account.id, check=True)
    return account


@dataclass(frozen=True)
class Account:
    """One account on a machine."""

    machine: Usher
    id: str
    domain: str

    def run(self, *arguments: str, seconds: float = 60) -> Told:
        """A command for this account, with --json, to its end."""
        return told(self.machine.run(*arguments, "--account", self.id, "--json", seconds=seconds))

    def lines(self, size: int, *, prefix: str = "p") -> list[str]:
        """A file of that many people, without a header."""
        return [f"{prefix}{i:05}@{self.domain},First{i},Last{i},Dept {i % 7},," for i in range(size)]

    def value(self, query: str) -> Any:
        """The first column of the first row; %s is the account."""
        return self.machine.sql(query, self.id)[0][0]

    def people(self) -> int:
        return int(self.value("SELECT count(*) FROM people_user WHERE account_id = %s AND left_at IS NULL"))

    def breaches(self) -> list[str]:
        """What `usher verify` complains of, on the whole machine."""
        answer = told(self.machine.python("usher", "verify", "--json")).answer
        return [i["id"] for i in answer["invariants"] if not i["ok"]]
