"""The embedded PostgreSQL: found, made, started, adopted, stopped. `DATABASE_URL` switches all of it off."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ..data_dir import DataDir, NoServer, last_of
from .binaries import OLDEST
from .cluster import Cluster

__all__ = ["Cluster", "server"]


@contextmanager
def server(data: DataDir, env: Mapping[str, str]) -> Iterator[str]:
    """The address of a database that answers, for as long as the block runs.

    DATABASE_URL wins and is only tried. Otherwise the cluster in the data directory is used; when it is down it is started, and the last
    process that uses it stops it, unless `usher up` keeps it. Raises NoServer when there is neither.
    """
    if url := env.get("DATABASE_URL"):
        answers(url)
        yield url
        return
    cluster = Cluster(data)
    if not cluster.exists():
        raise NoServer(
            f"There is no server: {data.path} holds no data yet. Start one with `usher up`, or name another directory with --data."
        )
    with data.together("in-use") as share:
        cluster.start()
        try:
            yield cluster.url
        finally:
            with data.alone("supervisor") as nobody_keeps_it:
                if nobody_keeps_it and last_of(share):
                    cluster.stop()


def answers(url: str) -> None:
    """Raise NoServer unless the database at `url` takes a connection within 5 seconds and is PostgreSQL 15 or newer."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # What psycopg says of it repeats it, with the password in it.
        raise NoServer("DATABASE_URL is no address of a database. One looks like postgresql://usher@db.internal/usher.") from None
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            version = connection.info.server_version // 10_000
    except psycopg.Error as error:
        reason = (str(error).strip().splitlines() or ["it gave no reason"])[-1].strip()
        raise NoServer(f"The database named by DATABASE_URL does not answer: {reason}") from error
    if version < OLDEST:
        raise NoServer(f"The database named by DATABASE_URL is PostgreSQL {version}. Usher needs {OLDEST} or newer.")
