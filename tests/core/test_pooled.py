"""The pool looks at a connection instead of asking the server about it (F06); savepoints go with the statements they are for."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, NotSupportedError, OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError
from psycopg import IsolationLevel

from tests.threads import own_pool
from usher.core import sql
from usher.core.pooled import statements
from usher.core.pooled.base import ASKED_SECONDS, Pooled

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pool() -> Iterator[Any]:
    """Of this test alone."""
    with own_pool():
        opened = connection.pool  # type: ignore[attr-defined]
        opened.open()
        yield opened


def pid_and_time(pool: Any) -> tuple[int, float]:
    """Of the connection that is given away next, and given back at once; it works."""
    taken: Pooled = pool.getconn()
    try:
        return taken.execute("SELECT pg_backend_pid()").fetchone()[0], taken.asked_at  # type: ignore[index]
    finally:
        pool.putconn(taken)


def test_a_connection_in_use_is_not_asked_again(pool: Any) -> None:
    first = pid_and_time(pool)
    assert first[1] and pid_and_time(pool) == first
    resting: Pooled = pool.getconn()
    resting.asked_at -= ASKED_SECONDS
    pool.putconn(resting)
    pid, asked = pid_and_time(pool)
    assert pid == first[0] and asked >= first[1]


def test_a_server_that_hung_up_is_noticed_at_once(pool: Any) -> None:
    """F06: the connection was asked a moment ago, and its server process is gone: the next one is another, and works."""
    with connection.cursor() as cursor:  # on another connection of the same pool
        pid, _asked = pid_and_time(pool)
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        assert cursor.fetchone() == (True,)
        assert pid_and_time(pool)[0] != pid


@pytest.fixture
def kept() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (n int PRIMARY KEY)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE kept")


def put(n: int) -> None:
    sql.execute("INSERT INTO kept VALUES (%(n)s)", {"n": n})


def numbers() -> list[int]:
    return [r["n"] for r in sql.rows("SELECT n FROM kept ORDER BY n")]


def test_a_savepoint_takes_back_what_came_after_it(kept: None) -> None:
    """Inside each other, after each other, empty ones, and one of a failed statement; whatever kind of statement comes next."""
    with transaction.atomic():
        put(1)
        with transaction.atomic():
            with transaction.atomic():
                pass
            put(2)
        with pytest.raises(IntegrityError), transaction.atomic():
            put(3)
            put(1)
        with transaction.atomic():
            assert sql.prepared("SELECT count(*)::int AS n FROM kept WHERE n < %(n)s", {"n": 9}) == [{"n": 2}]
            sql.copy_in("COPY kept FROM STDIN", [(4,)])
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            put(5)
            raise ZeroDivisionError
    assert numbers() == [1, 2, 4]


def test_a_transaction_that_begins_with_a_savepoint(kept: None) -> None:
    for fails in (False, True):
        try:
            with transaction.atomic(), transaction.atomic():
                put(10 + fails)
                if fails:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            pass
    with transaction.atomic(), transaction.atomic():
        pass
    assert numbers() == [10]
    connection.ensure_connection()
    assert not connection.connection.owed and connection.get_autocommit()


def test_whatever_comes_next_comes_after_the_savepoint(kept: None) -> None:
    """Not only plain statements: many at once, a cursor of the server, one that was opened before, COPY; each is taken back."""

    def many() -> None:
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO kept VALUES (%s)", [(20,), (21,)])

    def server_side() -> None:
        put(22)
        with transaction.atomic(), connection.chunked_cursor() as cursor:
            cursor.execute("SELECT n FROM kept")
            assert cursor.fetchall() == [(1,), (22,)]

    def copied() -> None:
        sql.copy_in("COPY kept FROM STDIN", [(23,)])

    with transaction.atomic(), connection.cursor() as before:
        put(1)
        for work in (many, server_side, copied, lambda: before.execute("INSERT INTO kept VALUES (24)")):
            with suppress(ZeroDivisionError), transaction.atomic():
                work()
                assert numbers() != [1]
                raise ZeroDivisionError
            assert numbers() == [1], work
    assert numbers() == [1]


def test_a_failure_before_the_savepoint_is_paid_ends_the_outer_transaction(kept: None) -> None:
    """What failed outside of a savepoint was outside of it, although the next one was only owed by then."""
    with pytest.raises(TransactionManagementError), transaction.atomic():
        put(1)
        with suppress(IntegrityError):
            put(1)
        with suppress(InternalError), transaction.atomic():
            put(2)
        put(3)
    assert numbers() == []


def test_a_connection_that_is_let_go_of_owes_nothing(pool: Any, kept: None) -> None:
    """F06: as when its process is told to end in the middle: the next user of the connection is not asked to pay."""
    taken: Pooled = pool.getconn()
    taken.owed = ("SAVEPOINT s1",)
    pool.putconn(taken)
    following: Pooled = pool.getconn()
    assert following is taken and following.execute("SELECT 1").fetchone() == (1,)
    pool.putconn(following)


def test_the_transaction_begins_as_it_is_wanted(pool: Any) -> None:
    """With its own isolation, also when a savepoint is the first that is asked of it."""
    taken: Pooled = pool.getconn()
    taken.autocommit, taken.isolation_level = False, IsolationLevel.REPEATABLE_READ
    taken.owed = ("SAVEPOINT s1",)
    assert taken.execute("SHOW transaction_isolation").fetchone() == ("repeatable read",)
    taken.rollback()
    taken.autocommit, taken.isolation_level = True, None
    pool.putconn(taken)


def sent(work: Callable[[], None]) -> list[str]:
    """The messages to the server that have a statement in them."""
    connection.ensure_connection()
    with tempfile.TemporaryFile() as told:
        connection.connection.pgconn.trace(told.fileno())
        work()
        connection.connection.pgconn.untrace()
        told.seek(0)
        lines = [line.split("\t")[3:] for line in told.read().decode().splitlines() if "\tF\t" in line]
    return [line[1] for line in lines if line[0] in ("Query", "Parse")]


def test_a_savepoint_costs_one_message(kept: None) -> None:
    """SAVEPOINT goes with what comes before it, RELEASE not at all: beside the statements, BEGIN and COMMIT one message to the server, where Django sends two."""

    def work() -> None:
        with transaction.atomic():
            put(0)
            with transaction.atomic():
                put(1)

    asked = sent(work)
    assert len(asked) == 5 and "BEGIN" in asked[0] and "SAVEPOINT" in asked[2] and "COMMIT" in asked[4], asked


def test_a_savepoint_at_the_beginning_is_the_transaction(kept: None) -> None:
    """Nothing stands before it, so it is not sent. To go back to it is to begin anew, with what stands behind it in the same transaction."""

    def work() -> None:
        with transaction.atomic():
            with pytest.raises(IntegrityError), transaction.atomic(), transaction.atomic():
                put(1)
                put(1)
            with transaction.atomic():
                put(2)
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                put(3)
                raise ZeroDivisionError
            put(4)

    told = " ".join(sent(work))
    assert numbers() == [2, 4], told
    assert told.count("ROLLBACK;") + told.count('ROLLBACK"') == 1 and told.count("SAVEPOINT") == 3, told


def smaller(n: int | None) -> int:
    """How many of `kept` are smaller than n."""
    return int(sql.prepared("SELECT count(*)::int AS n FROM kept WHERE n < %(n)s", {"n": n})[0]["n"])


def plans() -> list[str]:
    """The names of what the server keeps for this connection."""
    return [r["name"] for r in sql.rows("SELECT name FROM pg_prepared_statements ORDER BY prepare_time")]


def test_what_is_planned_outlives_what_is_taken_back(kept: None) -> None:
    """A call that is refused makes no other be planned again: neither by ROLLBACK nor by ROLLBACK TO SAVEPOINT."""
    connection.close()
    with transaction.atomic():
        smaller(9)
        before = plans()
        with pytest.raises(IntegrityError), transaction.atomic():
            put(1)
            put(1)
        assert smaller(9) == 0 and plans() == before
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        put(1)
        raise ZeroDivisionError
    pid = sql.value("SELECT pg_backend_pid()")
    with transaction.atomic():
        assert sql.value("SELECT pg_backend_pid()") == pid and smaller(9) == 0 and plans() == before


def test_a_statement_has_one_plan_for_values_of_the_same_types(kept: None) -> None:
    with transaction.atomic():
        put(1)
        told = [smaller(9), smaller(8), smaller(100_000), smaller(None), smaller(7)]
        assert told == [1, 1, 1, 0, 1]
        assert [
            r["types"]
            for r in sql.rows(
                "SELECT parameter_types::text AS types FROM pg_prepared_statements WHERE statement LIKE '%%FROM kept WHERE n <%%' ORDER BY prepare_time"
            )
        ] == [
            "{smallint}",
            "{integer}",
            "{integer}",
        ]


def test_a_table_with_other_columns_is_planned_anew(kept: None) -> None:
    put(1)
    everything = "SELECT * FROM kept WHERE n < %(n)s"
    assert sql.prepared(everything, {"n": 9}) == [{"n": 1}]
    sql.execute("ALTER TABLE kept ADD COLUMN m int")
    with pytest.raises(NotSupportedError):
        sql.prepared(everything, {"n": 9})
    assert sql.prepared(everything, {"n": 9}) == [{"n": 1, "m": None}]


def test_no_connection_keeps_more_than_so_many(pool: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "MOST", 3)
    connection.close()
    with transaction.atomic():
        for n in (1, 2, 3, 1, 4, 1, 5):
            assert sql.prepared(f"SELECT %(n)s::int + {n} AS n", {"n": n}) == [{"n": 2 * n}]
        assert len(plans()) == 3 and len(connection.connection.statements.transformers) == 3


def test_a_server_that_hangs_up_meanwhile(kept: None) -> None:
    """F06: told as what it is, whatever was about to be asked; the next one is on another connection."""
    pid = sql.prepared("SELECT pg_backend_pid() AS pid", {})[0]["pid"]
    with connection.connection._pool.connection() as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    with pytest.raises(OperationalError):
        smaller(9)
    connection.close()
    assert smaller(9) == 0
