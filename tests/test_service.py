"""The `usher` command: exit codes, one line for expected trouble, JSON, and the pieces for several machines."""

import json
import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from django.db import connection

from tests.harness import COMMAND, Usher, get, usher, wait_until
from usher.cli import COMMANDS, main
from usher.cli.door import IN_PART, beside_server, emit, progress
from usher.core.refusals import Refused

pytestmark = pytest.mark.fault  # starts real servers and processes

ENV = {name: value for name, value in os.environ.items() if not name.startswith("USHER_") and name != "DATABASE_URL"}


@click.command()
@click.argument("what")
@beside_server
def asked(what: str) -> int | None:
    """A command as any other."""
    from usher.core import sql

    progress("half way")
    if what == "refuse":
        raise Refused("conflict", "no_seat", "No seat is free. Buy more, or choose another.", field="license")
    if what == "database":
        sql.value("SELECT pg_terminate_backend(pg_backend_pid())")
    emit({"one": sql.value("SELECT 1")}, text="one is 1")
    return IN_PART if what == "part" else None


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(asked, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.django_db
def test_done_is_0_and_in_part_is_4() -> None:
    assert run("do") == (0, "one is 1\n", "half way\n")
    assert run("part")[0] == 4


@pytest.mark.django_db
def test_with_json_stdout_is_exactly_one_object() -> None:
    code, out, err = run("do", "--json")
    assert (code, json.loads(out), err) == (0, {"one": 1}, "half way\n")


@pytest.mark.django_db
def test_refused_is_3_and_says_why_in_one_line() -> None:
    code, out, err = run("refuse")
    assert (code, out) == (3, "")
    assert err == "half way\nNo seat is free. Buy more, or choose another.\n"
    code, out, err = run("refuse", "--json")
    assert code == 3
    assert json.loads(out)["code"] == "no_seat"
    assert json.loads(out)["field"] == "license"


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_is_5() -> None:
    code, _, err = run("database")
    assert code == 5
    assert "does not answer" in err
    assert "Traceback" not in err
    connection.close()


def test_usage_is_2() -> None:
    assert CliRunner().invoke(main, ["fly"]).exit_code == 2
    assert CliRunner().invoke(main, ["up", "--port", "70000"]).exit_code == 2


def test_no_server_is_5(data_folder: Path) -> None:
    done = usher("migrate", "--data", str(data_folder / "none"), "--json", env=ENV)
    assert done.returncode == 5
    assert json.loads(done.stdout)["state"] == "no_server"
    assert done.stderr.count("\n") == 1
    assert "usher up" in done.stderr


def test_help_names_every_command_without_loading_one() -> None:
    done = subprocess.run([COMMAND[0], "-X", "importtime", "-m", "usher", "--help"], capture_output=True, text=True, check=True)
    for name in COMMANDS:
        assert f"  {name} " in done.stdout
    assert "django" not in done.stderr
    assert "usher.cli.service" not in done.stderr


def test_every_command_exists_and_takes_data() -> None:
    """The public contract: every command takes --data."""

    def leaves(command: click.Command) -> list[click.Command]:
        if not isinstance(command, click.Group):
            return [command]
        context = click.Context(command)
        return [leaf for name in command.list_commands(context) for leaf in leaves(command.get_command(context, name) or command)]

    for leaf in leaves(main):
        assert any("--data" in parameter.opts for parameter in leaf.params), leaf.name


def test_other_machines_need_https(data_folder: Path) -> None:
    """SECRET-05, F47: nothing is started."""
    for command in ("up", "web"):
        done = usher(command, "--host", "0.0.0.0", "--data", str(data_folder), env=ENV)
        assert done.returncode == 3
        assert "USHER_BASE_URL" in done.stderr
    assert list(data_folder.iterdir()) == []


def test_https_without_secret_does_not_start(data_folder: Path) -> None:
    """F46."""
    done = usher("up", "--data", str(data_folder), env={**ENV, "USHER_BASE_URL": "https://usher.example.com"})
    assert done.returncode == 3
    assert "USHER_SECRET_KEY is missing" in done.stderr
    assert list(data_folder.iterdir()) == []


@pytest.mark.smoke
def test_two_migrations_at_once_apply_everything_once(server: str) -> None:
    with_database = Usher.on_nothing(server, {})
    answers: list[dict[str, list[str]]] = []

    def migrate() -> None:
        answers.append(json.loads(with_database.run("migrate", "--json", check=True).stdout))

    try:
        threads = [threading.Thread(target=migrate) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        applied = [name for answer in answers for name in answer["applied"]]
        assert len(answers) == 2
        assert len(applied) == len(set(applied)) > 20
        assert sorted(len(answer["applied"]) > 0 for answer in answers) == [False, True]
    finally:
        with_database.close()


def test_health_says_nothing_but_yes_or_no(running_usher: Callable[..., Usher]) -> None:
    """SECRET-07, WEB-04: alive without a database, ready only with one of this version."""
    running = running_usher(web=1, workers=0)
    for path in ("/livez", "/readyz"):
        status, headers, body = get(running.base_url + path)
        assert (status, body) == (200, "ok\n")
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert not any(c.isdigit() for c in headers.get("server", ""))
    running.sql("DELETE FROM django_migrations WHERE app = 'journal'")
    status, headers, body = wait_until(lambda: (a := get(running.base_url + "/readyz"))[0] == 503 and a, what="not ready")
    assert (headers["retry-after"], body) == ("2", "not ready\n")
    assert get(running.base_url + "/livez")[0] == 200


def test_doctor_reports_each_check(running_usher: Callable[..., Usher]) -> None:
    running = running_usher(web=0, workers=0)
    done = running.run("doctor", "--json")
    checks = {check["what"]: check for check in json.loads(done.stdout)["checks"]}
    assert done.returncode == 1, "no worker is alive"
    assert checks["workers"]["ok"] is False
    assert "usher worker" in checks["workers"]["next"]
    for name in ("Python", "mode", "database", "extensions", "migrations"):
        assert checks[name]["ok"], checks[name]
    running.start_worker()
    wait_until(lambda: running.sql("SELECT 1 FROM procrastinate_workers"), what="a worker")
    assert "ok      workers: 1 alive" in running.run("doctor").stdout
