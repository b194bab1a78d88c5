"""Ids, log lines, link secrets, privileges: the small promises of core."""

import logging
import time
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usher.core import jobs, link_token, privileges, sql
from usher.core.actor import Actor
from usher.core.ids import canonical, earliest_at, of_a_set, short, unshort, uuid7
from usher.core.log import LONGEST, OneLine
from usher.core.refusals import Refused


def test_ids_are_uuid7_and_grow() -> None:
    """RFC 9562 section 5.7"""
    made = [uuid7() for _ in range(2_000)]
    assert {u.version for u in made} == {7} and len(set(made)) == 2_000
    assert abs((made[0].int >> 80) / 1000 - time.time()) < 60
    assert [u.int >> 80 for u in made] == sorted(u.int >> 80 for u in made)


@given(st.uuids())
def test_a_short_id_is_the_same_id(value: object) -> None:
    from uuid import UUID

    assert isinstance(value, UUID)
    assert unshort(short(value)) == value == unshort(str(value))


@pytest.mark.parametrize("text", ["", "x", "A" * 21, "A" * 23, "A" * 21 + "B", "../../etc/passwd22chars", "+" * 22, "é" * 22, "0" * 36])
def test_what_is_no_id(text: str) -> None:
    """AUTHZ-15: also a second spelling of an id is none."""
    with pytest.raises(ValueError, match=r"id|UUID|hexadecimal|base64|ascii|ASCII|padding|Incorrect"):
        unshort(text)


def test_everything_made_before_a_moment_sorts_below_it() -> None:
    from datetime import UTC, datetime, timedelta

    assert uuid7() < earliest_at(datetime.now(UTC) + timedelta(seconds=1))
    assert uuid7() > earliest_at(datetime.now(UTC) - timedelta(seconds=1))


def test_any_spelling_of_an_id_is_kept_in_the_usual_one() -> None:
    value = uuid7()
    for text in (str(value), str(value).upper(), value.hex, f"{{{value}}}", f"urn:uuid:{value}"):
        assert canonical(text) == str(value)
    for text in ("", "x", f"{value}\n", str(value)[:-1], "٠" * 36):
        with pytest.raises(ValueError):
            canonical(text)


@pytest.mark.django_db
def test_the_ids_of_a_set_are_in_its_order_and_no_other_s() -> None:
    """RFC 9562 section 5.7, docs/decisions/0120."""
    from datetime import UTC, datetime, timedelta

    drawn = [[r["id"] for r in sql.rows(f"SELECT {of_a_set('n')} AS id FROM generate_series(1, 5000) n ORDER BY n")] for _ in range(3)]
    assert all(ids == sorted(ids) and ids[0].version == 7 and ids[0].variant == "specified in RFC 4122" for ids in drawn)
    assert len({i for ids in drawn for i in ids}) == 15_000
    assert all(
        earliest_at(datetime.now(UTC) - timedelta(minutes=1)) < ids[0] < earliest_at(datetime.now(UTC) + timedelta(minutes=1))
        for ids in drawn
    )


@pytest.mark.parametrize(
    "name", ["Ann\nERROR root forged", "Ann\r\nX", "\x1b[31mred", '{"a": "b"}', "x" * 1_000_000, "\u2028line", "\u202eback"]
)
def test_a_log_record_is_one_line(name: str) -> None:
    """AUDIT-04: newline, escape codes, quotes and a megabyte in a name."""
    record = logging.LogRecord("usher", logging.WARNING, __file__, 1, "Person %s came", (name,), None)
    told = OneLine().format(record)
    assert len(told.splitlines()) == 1 and told.isprintable() and len(told) <= LONGEST + 2
    assert told.count("WARNING usher") == 1


def test_an_exception_in_the_log_is_one_line_too() -> None:
    """AUDIT-04"""
    try:
        raise ValueError("a\nb")
    except ValueError:
        import sys

        record = logging.LogRecord("usher", logging.ERROR, __file__, 1, "went wrong", (), sys.exc_info())
    assert len(OneLine().format(record).splitlines()) == 1


def test_what_could_not_be_done_is_told_in_short(caplog: pytest.LogCaptureFixture) -> None:
    """F29: one of many may hold the ids of thousands; the others are done."""

    def do(ids: list[str]) -> int:
        return len(ids) if len(ids) < 9 else int("trouble")

    assert jobs.each([["id"], ["some-id"] * 5_000, ["id"] * 2], do) == [1, 2]
    (record,) = caplog.records
    assert record.getMessage().startswith("do could not be done for ['some-id', ") and len(record.getMessage()) < 400


def test_a_link_opens_one_row_for_one_purpose() -> None:
    """INVITE-04, INVITE-05, INVITE-17: bound to purpose, row and nonce; 256 bits; cut, longer or edited it opens nothing."""
    row, nonce = uuid4(), uuid4()
    secret = link_token.token("invite", row, nonce)
    stored = link_token.token_hash(secret)
    assert len(secret) == 43 and link_token.matches("invite", row, nonce, stored, secret)
    wrong = [
        ("reset", row, nonce, stored, secret),
        ("invite", uuid4(), nonce, stored, secret),
        ("invite", row, uuid4(), stored, secret),
        ("invite", row, nonce, link_token.token_hash("x"), secret),
        ("invite", row, nonce, stored, secret[:-1]),
        ("invite", row, nonce, stored, secret + "A"),
        ("invite", row, nonce, stored, secret.swapcase()),
        ("invite", row, nonce, stored, secret + "\n"),
        ("invite", row, nonce, stored, "none"),
        ("invite", row, nonce, stored, "\ud800"),
    ]
    assert not any(link_token.matches(*w) for w in wrong)


@pytest.mark.parametrize("offered", ["", "null", "[]", "None"])
@pytest.mark.parametrize("stored", [None, b"", memoryview(b"")])
def test_a_row_without_a_link_opens_for_nothing(stored: bytes | None, offered: str) -> None:
    """INVITE-18"""
    row = uuid4()
    assert not link_token.matches("invite", row, row, stored, offered)


def test_a_privilege_nobody_registered_is_a_bug() -> None:
    """R12: an unknown name fails at once, not by refusing; a registered one refuses with the right it takes."""
    actor = Actor("person", uuid4(), "Ann", frozenset(), "portal")
    with pytest.raises(KeyError):
        actor.require("people:user:mange")
    with pytest.raises(ValueError, match="area:thing"):
        privileges.register("people", "x")
    with pytest.raises(Refused) as no:
        actor.require("people:user:manage")
    assert (no.value.kind, no.value.details) == ("forbidden", {"privilege": "people:user:manage"})
