"""How many statements a change costs, and how the database goes about a chunk."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.people_of import LICENSED, Company, do, everybody, finish, one
from usher.core import sql
from usher.journal import engine, undo
from usher.journal.plan import preview
from usher.journal.verb import plan
from usher.lifecycle import join, staging

pytestmark = pytest.mark.django_db


def statements(call: Callable[[], object]) -> int:
    """How many it takes, transaction bookkeeping apart."""
    with CaptureQueriesContext(connection) as captured:
        call()
    # A prepared statement is logged without its text.
    return sum(not (q["sql"] or "").startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for q in captured.captured_queries)


def test_one_person_is_a_handful_of_statements(northlake: Company) -> None:
    """The Change with the jobs that follow, lock, write and ask who listens, seats: no plan rows and no Run."""
    wish = plan(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(northlake.pending)})
    runs = sql.value("SELECT count(*) FROM journal_run")
    assert statements(lambda: engine.start(wish, "one")) == 4
    assert statements(lambda: engine.start(wish, "one")) <= 3, "the Change meets its key and is looked up, nothing else"
    assert sql.value("SELECT count(*) FROM journal_run") == runs


def test_a_chunk_costs_the_same_for_ten_and_for_a_thousand(northlake: Company) -> None:
    def invite(n: int) -> engine.Started:
        stage = staging.stage_addresses(northlake.owner, [f"n{n}x{i}@statements.test" for i in range(n)], {})
        return finish(engine.start(join.plan_invite(northlake.owner, stage, {}), f"n{n}"))

    few = statements(lambda: invite(10))
    many = statements(lambda: invite(1_000))
    assert many <= few + 6, "500 and fewer run inline, more in a run: its job and a second lock are all that is added"


def test_a_preview_is_one_select_per_part_and_the_seats(northlake: Company) -> None:
    wish = plan(northlake.owner, "lifecycle.withdraw_invitation", {"subjects": everybody(northlake)})
    assert statements(lambda: preview(wish)) <= 4


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """EXPLAIN of every statement that writes a chunk, as the database would run it at that moment."""
    found: list[dict[str, Any]] = []
    original = sql.rows

    def rows(query: str, params: Any = None) -> list[dict[str, Any]]:
        if "WITH c AS MATERIALIZED" in query:
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN (FORMAT JSON) " + query, sql.adapt(params))
                found.append(cursor.fetchone()[0][0]["Plan"])
        return original(query, params)

    monkeypatch.setattr(engine.sql, "rows", rows)
    monkeypatch.setattr(engine, "CHUNK_MIN", 5_000)
    yield found


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", []):
        yield from nodes(child)


def compares_all_with_all(node: dict[str, Any]) -> bool:
    """A nested loop that walks a whole chunk, or a whole table, again for each of many rows."""
    if node["Node Type"] != "Nested Loop":
        return False
    outer, inner = (p for p in node["Plans"] if p["Parent Relationship"] in ("Outer", "Inner"))
    return outer["Plan Rows"] > 10 and inner["Node Type"] in ("CTE Scan", "Seq Scan") and inner["Plan Rows"] > 10


def test_a_chunk_of_five_thousand_is_joined_by_hash_or_index(northlake: Company, plans: list[dict[str, Any]]) -> None:
    """Fresh rows have no statistics; a chunk joined by 5,000 x 5,000 comparisons would take minutes."""
    do(northlake.owner, "licenses.set_seats", {"product": "phone", "quantity": 9_000})
    do(northlake.owner, "licenses.set_seats", {"product": LICENSED, "quantity": 9_000})
    stage = staging.stage_addresses(northlake.owner, [f"p{i}@plans.test" for i in range(5_000)], {})
    invited = finish(engine.start(join.plan_invite(northlake.owner, stage, {"add_ons": ["phone"]}), "5000"))
    do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": everybody(northlake, status=["pending"])})
    do(northlake.owner, "licenses.take_add_on", {"add_on": "phone", "subjects": everybody(northlake, status=["pending"])})
    assert invited.number
    finish(undo.start_undo(northlake.owner, invited.number))
    assert len(plans) >= 6
    for found in plans:
        bad = [n for n in nodes(found) if compares_all_with_all(n)]
        assert not bad, bad
    whole = [{n.get("Subplan Name", ""): n["Plan Rows"] for n in nodes(found)} for found in plans]
    assert all(cte["CTE ok"] * 2 >= cte["CTE c"] - 1 for cte in whole), "what a part writes is no two-hundredth of its chunk"
