"""The one door of the command line: every command that reads or writes the data goes through `beside_server`.

    @click.group()
    def people() -> None: ...

    @people.command("list")
    @click.option("--search", default="")
    @beside_server                                  # directly above the function; adds --data DIR and --json
    def list_people(search: str) -> int | None:
        from usher.people import reads              # Django is set up only inside, so import models and verbs here
        found = reads.…
        progress("12 of 40")                        # a line on stderr
        emit({"people": found}, text="…")           # with --json the one object on stdout, otherwise `text`
        return IN_PART                              # or nothing for DONE

What the door does: finds the data directory (--data, USHER_DATA, default) or takes DATABASE_URL, makes sure the database answers (starting
the embedded one for the time of the command when it is down), exports DATABASE_URL, USHER_SECRET_KEY and USHER_BASE_URL, sets Django up,
and turns `Refused` into exit 3, a missing server or one that is not of this version into exit 5. `workers_alive()` is in usher.core.jobs.
"""

import functools
import gc
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from usher.core.data_dir import DataDir, NoServer
from usher.core.mode import Unsafe, read_mode
from usher.core.refusals import Refused

from . import TOLD

UNDEFINED = ("42P01", "42703", "42883")  # a table, a column, a function
DONE, BREACHED, USAGE, REFUSED, IN_PART, NO_SERVER = range(6)
AS_JSON = "usher.json"

data_option = click.option("--data", metavar="DIR", help="The data directory. Default: USHER_DATA, else the usual place.")
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout; progress on stderr.")


def beside_server(function: Callable[..., int | None]) -> Callable[..., None]:
    """Give a command --data and --json, a database and Django; its return value is the exit code."""

    @data_option
    @json_option
    @functools.wraps(function)
    def command(data: str | None, as_json: bool, **options: Any) -> None:
        with answering(as_json), database(DataDir.chosen(data, os.environ)):
            raise SystemExit(function(**options) or DONE)

    return command


@contextmanager
def answering(as_json: bool) -> Iterator[None]:
    """Expected trouble becomes one line and an exit code; everything else stays a traceback, because it is a bug."""
    click.get_current_context().meta[AS_JSON] = as_json
    try:
        yield
    except Refused as no:
        fail(REFUSED, no.words, {"state": "refused", "code": no.code, "reason": no.words, "field": no.field, "details": no.details})
    except Unsafe as no:
        fail(REFUSED, str(no), {"state": "refused", "code": "unsafe", "reason": str(no), "field": "", "details": {}})
    except NoServer as no:
        fail(NO_SERVER, str(no), {"state": "no_server", "reason": str(no)})
    except BrokenPipeError:
        # The reader of a pipe (head, less) has seen enough; Python would complain once more while flushing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(DONE) from None


@contextmanager
def database(data: DataDir) -> Iterator[str]:
    """The database is up, the environment says where, Django is set up. Raises NoServer and Unsafe."""
    from usher.core.postgres import server

    with server(data, os.environ) as url:
        enter(data, url)
        from django.db import InterfaceError, OperationalError, ProgrammingError

        try:
            yield url
        except ProgrammingError as error:
            if getattr(error.__cause__, "sqlstate", None) not in UNDEFINED or is_of_this_version():
                raise
            raise NoServer("The database is not of this version. Bring it there with `usher migrate`.") from error
        except (OperationalError, InterfaceError) as error:
            if getattr(error.__cause__, "sqlstate", None) not in (None, "57P01", "57P02", "57P03", "53300"):
                raise
            raise NoServer(f"The database does not answer: {first_line(error)}. Start it with `usher up`.") from error


def is_of_this_version() -> bool:
    """Whether the database has every migration. Asked when a statement met something that is not there."""
    import psycopg
    from django.db import connection

    from usher.core.migrated import lacking

    with psycopg.connect(**connection.get_connection_params()) as own:
        return not lacking(own)


def enter(data: DataDir, url: str) -> None:
    """Export what settings.py reads and set Django up."""
    os.environ["DATABASE_URL"] = url
    os.environ.setdefault("USHER_BASE_URL", data.address())
    os.environ.setdefault("USHER_FILES", str(data.path / "files"))
    if not read_mode(os.environ).https and not os.environ.get("USHER_SECRET_KEY"):
        os.environ["USHER_SECRET_KEY"] = data.secret_key()
    os.environ["DJANGO_SETTINGS_MODULE"] = "usher.config.settings"
    import django

    gc.disable()  # what is loaded stays; to look for garbage in it would be a fifth of every start (docs/decisions/0126)
    try:
        django.setup()
        gc.freeze()
    finally:
        gc.enable()


def emit(answer: Mapping[str, Any], *, text: str = "") -> None:
    """The result of a command: with --json exactly one object on stdout, otherwise `text` (or the answer as lines `key: value`)."""
    click.get_current_context().meta[TOLD] = True
    if wants_json():
        click.echo(json.dumps(answer, default=str, ensure_ascii=False))
    else:
        click.echo(text or "\n".join(f"{key}: {value}" for key, value in answer.items()))


def progress(line: str) -> None:
    """A line for the person who waits, never on stdout."""
    click.echo(line, err=True)


def fail(code: int, words: str, answer: Mapping[str, Any]) -> None:
    """End the command: the words on stderr, with --json the answer on stdout as well."""
    progress(words)
    if wants_json():
        click.echo(json.dumps(answer, default=str, ensure_ascii=False))
    raise SystemExit(code) from None


def wants_json() -> bool:
    """Whether this command was called with --json."""
    return bool(click.get_current_context().meta.get(AS_JSON))


def first_line(error: BaseException) -> str:
    """The first line of an error's text, without a full stop."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
