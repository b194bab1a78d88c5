"""The `usher` command: exit codes, one line for expected trouble, JSON, and the pieces for several machines."""

import gc
import json
import os
import secrets
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import django
import psycopg
import pytest
from click.testing import CliRunner
from django.db import connection

from tests.harness import COMMAND, Usher, get, usher, wait_until
from usher.cli import COMMANDS, Table, doctor, main
from usher.cli.door import IN_PART, beside_server, emit, enter, progress
from usher.core.data_dir import DataDir
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
    if what == "ask":
        click.confirm("Go on?", err=True)
    if what == "break":
        sql.value("SELECT 1 FROM no_such_table")
    emit({"one": sql.value("SELECT 1")}, text="one is 1")
    return IN_PART if what == "part" else None


class Asked(Table):
    """`usher` with that one command."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return asked


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(Asked("usher"), ["asked", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.django_db
def test_done_is_0_and_in_part_is_4() -> None:
    assert run("do") == (0, "one is 1\n", "half way\n")
    assert run("part")[0] == 4


def test_who_cannot_start_is_left_with_a_collector(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is loaded is not looked through for garbage; whatever goes on after a start that broke off is again."""

    def broken() -> None:
        raise Refused("invalid", "broken", "An app cannot be loaded.")

    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.setattr(django, "setup", broken)
    with pytest.raises(Refused, match="cannot be loaded"):
        enter(DataDir(data_folder), os.environ["DATABASE_URL"])
    assert gc.isenabled()


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


@pytest.mark.django_db
def test_a_question_that_is_not_answered_is_130() -> None:
    """As Ctrl-C and Ctrl-D at it are: 1 would say that an invariant is breached."""
    assert run("ask")[0] == 130


@pytest.mark.django_db
def test_a_mistake_of_ours_is_70_with_its_trace() -> None:
    code, out, err = run("break", "--json")
    assert (code, json.loads(out)["state"]) == (70, "mistake")
    assert "Traceback" in err and "no_such_table" in err


def test_usage_is_2() -> None:
    assert CliRunner().invoke(main, ["fly"]).exit_code == 2
    assert CliRunner().invoke(main, ["up", "--port", "70000"]).exit_code == 2
    early = CliRunner().invoke(main, ["--json", "people", "list"])
    assert (early.exit_code, json.loads(early.stdout)["state"]) == (2, "usage")


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


def test_what_a_database_url_asks_for_is_kept(running_usher: Callable[..., Usher]) -> None:
    """Options of the connection, such as a search path: where it leads nowhere there is nothing of this version."""
    running = running_usher(web=0, workers=0)
    assert running.run("account", "list").returncode == 0
    elsewhere = {**running.env, "DATABASE_URL": running.env["DATABASE_URL"] + "&options=-csearch_path%3Delsewhere"}
    assert usher("account", "list", env=elsewhere).returncode == 5
    no = usher("migrate", "--json", env=elsewhere)
    assert (no.returncode, json.loads(no.stdout)["code"]) == (3, "not_migrated")
    assert no.stderr.startswith("The database cannot be brought to this version: no schema has been selected to create in")


def test_a_role_that_may_not_make_tables_is_told(server: str) -> None:
    """Since PostgreSQL 15 nobody but its owner may, in a database as it comes."""
    empty, guest = Usher.on_nothing(server, {}), f"guest_{secrets.token_hex(4)}"
    with psycopg.connect(server.replace("//usher@", "//postgres@"), autocommit=True) as chief:
        chief.execute(f"CREATE ROLE {guest} LOGIN")
        try:
            theirs = {**empty.env, "DATABASE_URL": empty.env["DATABASE_URL"].replace("//usher@", f"//{guest}@")}
            no = usher("migrate", env=theirs)
        finally:
            empty.close()
            chief.execute(f"DROP ROLE {guest}")
    assert no.returncode == 3
    assert no.stderr == "The database cannot be brought to this version: permission denied for schema public. Its role must own it.\n"


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


def test_a_taken_port_is_one_clear_line(data_folder: Path) -> None:
    """The same as of `usher up`, before a database is asked for."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = usher("web", "--port", str(port), "--data", str(data_folder), env=ENV)
    assert done.returncode == 3
    assert done.stderr.startswith(f"Port {port} on localhost is taken") and done.stderr.count("\n") == 1


@pytest.mark.smoke
def test_two_migrations_at_once_apply_everything_once(server: str) -> None:
    """Before that a command says what is missing, and a worker that came too early waits for it and then works."""
    with_database = Usher.on_nothing(server, {})
    answers: list[dict[str, list[str]]] = []
    early = with_database.run("people", "list", "--json")
    assert (early.returncode, json.loads(early.stdout)["state"]) == (5, "no_server")
    assert early.stderr == "The database is not of this version. Bring it there with `usher migrate`.\n"
    worker = with_database.start_worker()
    wait_until(lambda: "The worker waits for `usher migrate`" in with_database.said(), what="a worker that waits")

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
        wait_until(lambda: with_database.sql("SELECT 1 FROM procrastinate_workers"), what="a worker at work")
        assert worker.poll() is None and with_database.said().count("lost its database") == 0
    finally:
        with_database.close()


def test_health_says_nothing_but_yes_or_no(running_usher: Callable[..., Usher], data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SECRET-07, WEB-04: alive without a database, ready only with one of this version; the doctor knows it by that on its port."""
    running = running_usher(web=1, workers=0)
    monkeypatch.setattr("usher.cli.service.PORT", port := int(running.base_url.rsplit(":", 1)[1]))
    assert vars(doctor._port(DataDir(data_folder)))["found"] == f"a web server of Usher answers at {port}"
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


@pytest.mark.parametrize(
    "answer", [b"x\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nok\n", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"]
)
def test_the_doctor_tells_who_else_has_the_port(answer: bytes, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database, something that breaks off, another web server: the port is taken, and not by Usher."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setattr("usher.cli.service.PORT", port)

        def serve() -> None:
            with other.accept()[0] as came:
                came.recv(4096)
                came.sendall(answer)

        serving = threading.Thread(target=serve)
        serving.start()
        found = doctor._port(DataDir(data_folder))
        serving.join()
    assert (found.ok, found.found) == (False, f"{port} is taken")


def test_the_doctor_looks_at_an_unsafe_machine_too(running_usher: Callable[..., Usher]) -> None:
    """What is wrong with the mode does not keep the rest from being looked at."""
    running = running_usher(web=0, workers=0)
    done = usher("doctor", "--json", env={**running.env, "USHER_BASE_URL": "http://usher.example.com"})
    checks = {check["what"]: check for check in json.loads(done.stdout)["checks"]}
    assert (done.returncode, checks["mode"]["ok"], checks["migrations"]["ok"]) == (1, False, False)
    assert "plain http" in checks["mode"]["next"] and checks["database"]["ok"] and "workers" in checks


def test_the_doctor_finds_an_extension_that_stands_elsewhere(server: str) -> None:
    """Some hosts have them in a schema of their own, where no function of ours finds them; who may moves them."""
    empty = Usher.on_nothing(server, {})
    try:
        with psycopg.connect(empty.env["DATABASE_URL"].replace("//usher@", "//postgres@"), autocommit=True) as chief:
            chief.execute("CREATE SCHEMA elsewhere")
            chief.execute("CREATE EXTENSION unaccent SCHEMA elsewhere")
            found = extensions_of(empty)
            assert (found["ok"], found["found"]) == (False, "not in the schema public: unaccent")
            chief.execute(found["next"])
        assert extensions_of(empty)["ok"]
        empty.run("migrate", check=True)
    finally:
        empty.close()


def extensions_of(there: Usher) -> dict[str, Any]:
    """What the doctor says of them."""
    checks = json.loads(there.run("doctor", "--json").stdout)["checks"]
    return next(check for check in checks if check["what"] == "extensions")


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
