"""The commands that run Usher: up, web, worker, migrate, doctor."""

import os
import signal
import threading
import time
from importlib import import_module

import click

from usher.core.data_dir import DataDir
from usher.core.mode import check_host

from .door import answering, beside_server, data_option, database, emit, json_option

PORT = 8040
THREADS = 64  # of the web server; usher.config.wsgi lets few of them work at once

host_option = click.option(
    "--host", default="localhost", show_default=True, help="Address to listen on. Other than this machine: needs https."
)
port_option = click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True, help="Port to listen on.")
workers_option = click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Web server processes.")


@click.command()
@host_option
@port_option
@workers_option
@click.option(
    "--sample",
    type=click.Choice(["company", "large", "none"]),
    default="none",
    show_default=True,
    help="Fill an empty database with a sample.",
)
@data_option
def up(host: str, port: int, workers: int, sample: str, data: str | None) -> None:
    """Start everything on this machine: database, web server and worker. Ctrl-C stops all of it."""
    from .supervisor import Supervisor

    with answering(as_json=False):
        Supervisor(DataDir.chosen(data, os.environ), host=host, port=port, workers=workers, sample=sample).run()


@click.command()
@host_option
@port_option
@workers_option
@data_option
def web(host: str, port: int, workers: int, data: str | None) -> None:
    """Run the web server only, on a database that is up and migrated."""
    from .supervisor import port_is_free

    with answering(as_json=False):
        check_host(host, os.environ)
        port_is_free(host, port)
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    with answering(as_json=False), database(DataDir.chosen(data, os.environ)):
        import_module("usher.config.wsgi")  # here, so that what is wrong with it shows once, and its memory is shared

        end_with_supervisor()
        os.register_at_fork(after_in_child=end_with_parent)
        Granian(
            "usher.config.wsgi:application",
            address="127.0.0.1" if host == "localhost" else host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=THREADS,
            backpressure=THREADS,
            log_level=LogLevels.error,
            respawn_failed_workers=True,
            workers_kill_timeout=12,
        ).serve()


@click.command()
@data_option
def worker(data: str | None) -> None:
    """Run the background worker only. Any number of them may run, on any number of machines; each waits for a database of its version."""
    with answering(as_json=False), database(DataDir.chosen(data, os.environ)):
        from usher.core.jobs import work

        end_with_supervisor()
        work()


@click.command()
@beside_server
def migrate() -> None:
    """Bring the database to this version. Safe to run on several machines at once."""
    from .migrating import migrate_once

    done = migrate_once()
    emit(
        {"state": "done", "applied": done},
        text=f"Applied {len(done)} migrations." if done else "Nothing to do: the database is of this version.",
    )


@click.command()
@data_option
@json_option
def doctor(data: str | None, as_json: bool) -> None:
    """Check this machine and say what to do."""
    from .doctor import examine

    with answering(as_json):
        findings = examine(DataDir.chosen(data, os.environ))
        lines = [f"{'ok    ' if f.ok else 'not ok'}  {f.what}: {f.found}" + ("" if f.ok else f"\n        {f.next}") for f in findings]
        emit({"ok": all(f.ok for f in findings), "checks": [vars(f) for f in findings]}, text="\n".join(lines))
        raise SystemExit(0 if all(f.ok for f in findings) else 1)


def end_with_supervisor() -> None:
    """Started by `usher up`, end when it ends, even by kill -9: its end of our standard input closes then."""
    if os.environ.get("USHER_SUPERVISED") != "1":
        return

    def watch() -> None:
        os.read(0, 1)  # not sys.stdin: its lock would be held while Python shuts down
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def end_with_parent() -> None:
    """A process of the web server whose parent was killed would keep the port for ever."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
