"""phone.import_calls: calls, recordings and voicemails from the telephone system's files; the account log and the use of phones that come of them."""

import io
from datetime import timedelta
from typing import Any

import pytest

from tests.people_of import Company, breaches, do, outcome
from tests.phone.call_files import HEADER, as_json, call, log, started, take_in, usage
from tests.phone.phones import PLAN, add, equip
from usher.core import clock, sql
from usher.core.ids import uuid7
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.verb import plan
from usher.phone import call_files, call_reads
from usher.phone.call_files import stage_calls

pytestmark = pytest.mark.django_db
NAME = "phone.import_calls"


def equipped(company: Company) -> Any:
    """Northlake's member with the extension 1000 and a number."""
    equip(company)
    add(company, company.member.user_id or company.pending, package=PLAN, numbers="next")
    return company.member.user_id


def test_it_works(northlake: Company) -> None:
    """S3-45: whose call it is an address, an extension or a number tells; what was recorded comes along; undone, all of it is gone again."""
    who = equipped(northlake)
    recorded = {"recording_seconds": "60", "recording_size": "480000", "voicemail_size": 9000, "voicemail_transcript": "Call me\nback\x00"}
    started_import = take_in(
        northlake.owner,
        as_json(
            call("a", f"MEMBER@{northlake.domain}", **recorded),
            call("b", "1000", result="Missed", seconds=""),
            call("c", "0047 22 00 00 00", **{"direction": "out", "from": "1000", "to": "22 00 00 07", "result": "Call connected"}),
            {**call("d", ""), "user": None},
        ),
    )
    rows = log(northlake)
    assert [(r["call_id"], r["user_id"], r["direction"], r["result"], r["seconds"]) for r in rows] == [
        ("a", who, "inbound", "answered", 61),
        ("b", who, "inbound", "missed", 0),
        ("c", who, "outbound", "answered", 61),
        ("d", who, "inbound", "answered", 61),
    ]
    assert [r["other"] for r in rows] == ["+442071838750", "+442071838750", "+4722000007", "+442071838750"]
    kept = sql.rows("SELECT kind, seconds, size, transcript FROM phone_recording ORDER BY kind")
    assert [tuple(k.values()) for k in kept] == [("recording", 60, 480_000, ""), ("voicemail", 0, 9_000, "Call me\nback")]
    assert usage(northlake) == [(who, "phone", "calls")] and not breaches()
    undo.start_undo(northlake.owner, started_import.number or 0)
    assert log(northlake) == usage(northlake) == [] and not sql.value("SELECT count(*) FROM phone_recording") and not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    for refused in (
        lambda: stage_calls(northlake.member, io.BytesIO(as_json(call("a", "1000"))), "x"),
        lambda: plan(northlake.member, NAME, {"file": str(uuid7())}),
        lambda: call_reads.page(northlake.member, {}),
        lambda: call_reads.newest_of(northlake.member, northlake.pending, 5),
    ):
        with pytest.raises(Refused) as no:
            refused()
        assert no.value.kind == "forbidden"


def test_another_account_s_calls_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-01, TENANT-03: neither their files nor their people, extensions and numbers, nor their log; the same call id may stand in both."""
    who = equipped(northlake)
    theirs = stage_calls(southport.owner, io.BytesIO(as_json(call("a", f"owner@{southport.domain}"))), "theirs.csv")
    with pytest.raises(Refused) as no:
        plan(northlake.owner, NAME, {"file": str(theirs.id)})
    assert no.value.kind == "missing"
    do(southport.owner, NAME, {"file": str(theirs.id)})
    for foreign in (f"member@{northlake.domain}", "1000", "+4722000000"):
        assert outcome(southport.owner, take_in(southport.owner, as_json(call(foreign, foreign)))).reasons == {"call_nobody": 1}
    take_in(northlake.owner, as_json(call("a", "1000")))
    assert [r["user_id"] for r in log(northlake)] == [who]
    assert [r["user_id"] for r in call_reads.page(southport.owner, {}).rows] == [southport.owner.user_id] and not breaches()


def test_wrong_files(northlake: Company) -> None:
    """CSV-03: what cannot be read is refused whole, and nothing is stored."""
    for data, code in (
        (b"", "columns"),
        (b"call_id,from\na,b\n", "columns"),
        (HEADER.encode(), "no_lines"),
        (HEADER.encode() + b"\n\xff\xfe\xfa,inbound\n", "not_text"),
        (HEADER.encode() + b'\n"a,inbound\n', "not_csv"),
        (b'{"call_id": "' + b"a" * 1_048_576 + b'"}', "not_csv"),
    ):
        with pytest.raises(Refused) as no:
            stage_calls(northlake.owner, io.BytesIO(data), "x.csv")
        assert (no.value.kind, no.value.code, no.value.field) == ("invalid", code, "file"), data[:40]
    for file in (None, "x", str(uuid7())):
        with pytest.raises(Refused) as no:
            plan(northlake.owner, NAME, {"file": file})
        assert no.value.kind == "missing"
    assert not sql.value("SELECT count(*) FROM phone_callline")


def test_a_bad_line_never_stops_the_good_ones(northlake: Company) -> None:
    """DOS-14: each is told with its reason; hostile values are refused or kept as text."""
    equipped(northlake)
    evil = "1" * 50_000 + "!"
    lines = [
        call("good", "1000"),
        call("good", "1000"),
        call("", "1000"),
        call("x" * 201, "1000"),
        call("way", "1000", direction="sideways"),
        call("who", "1000", **{"from": ""}),
        call("long", "1000", **{"from": evil}),
        call("now", "1000", started_at="2026-11-20T09:30:00"),
        call("then", "1000", started_at=started(-timedelta(days=3))),
        call("when", "1000", started_at=evil),
        call("less", "1000", seconds=-1),
        call("more", "1000", seconds="9" * 30),
        call("size", "1000", recording_size="1.5"),
        call("end", "1000", result="'; DROP TABLE phone_call; --"),
        call("way2", "1000", path="tunnel"),
        call("nobody", evil),
        call("before", "1000", started_at=started(timedelta(days=1))),
        call("<b>\x00=1+1", "1000", **{"from": "anonymous"}),
    ]
    started_import = take_in(northlake.owner, as_json(*lines) + b"\n[1]\n{nonsense\n")
    done = outcome(northlake.owner, started_import)
    assert [r["call_id"] for r in log(northlake)] == ["good", "<b>=1+1"] and done.done == 2
    assert done.reasons == {
        "call_twice": 1, "call_id": 2, "call_direction": 1, "call_parties": 2, "call_time": 3, "call_length": 3, "call_result": 1,
        "call_path": 1, "call_nobody": 2, "call_line": 2,
    }  # fmt: skip
    assert not breaches()


def test_a_file_may_come_twice(northlake: Company) -> None:
    """CSV-06: by the ids of its calls, whatever the key; an export with more lines brings only those."""
    equipped(northlake)
    first = as_json(call("a", "1000"), call("b", "1000"))
    take_in(northlake.owner, first)
    assert take_in(northlake.owner, first).state == "unchanged"
    again = take_in(northlake.owner, first + b"\n" + as_json(call("c", "1000")))
    assert outcome(northlake.owner, again).done == 1 and [r["call_id"] for r in log(northlake)] == ["a", "b", "c"]


def test_csv_of_any_kind(northlake: Company) -> None:
    """CSV-02, CSV-05: separators, byte order marks, columns in another order, cells that a spreadsheet guards; unknown columns are left alone."""
    equipped(northlake)
    moment = started()
    rows = f'result;to;from;call_id;started_at;direction;colour\r\nanswered;1000;\'+442071838750;"a;b";{moment};inbound;red\r\n'
    for encoding in ("utf-8-sig", "utf-16"):
        take_in(northlake.owner, rows.replace("a;b", encoding).encode(encoding))
    assert [(r["call_id"], r["other"]) for r in log(northlake)] == [("utf-16", "+442071838750"), ("utf-8-sig", "+442071838750")]


def test_by_an_extension_only_since_it_is_theirs(northlake: Company) -> None:
    """An extension may have been somebody else's before: by the address a call of any day is theirs."""
    who = equipped(northlake)
    old = started(timedelta(days=40))
    done = take_in(northlake.owner, as_json(call("a", "1000", started_at=old), call("b", f"member@{northlake.domain}", started_at=old)))
    assert outcome(northlake.owner, done).reasons == {"call_nobody": 1} and [(r["call_id"], r["user_id"]) for r in log(northlake)] == [
        ("b", who)
    ]


def test_what_is_a_use(northlake: Company) -> None:
    """A call that was made, or answered; one day is one row, and is unused again when its last such call is taken back."""
    equipped(northlake)
    take_in(northlake.owner, as_json(call("a", "1000", result="missed"), call("b", "1000", result="voicemail")))
    assert usage(northlake) == []
    moment = started()
    first = take_in(
        northlake.owner,
        as_json(call("c", "1000", started_at=moment), call("d", "1000", direction="outbound", result="busy", started_at=moment)),
    )
    second = take_in(northlake.owner, as_json(call("e", "1000", started_at=moment)))
    assert len(usage(northlake)) == 1
    undo.start_undo(northlake.owner, first.number or 0)
    assert len(usage(northlake)) == 1 and not breaches()
    undo.start_undo(northlake.owner, second.number or 0)
    assert usage(northlake) == [] and not breaches()


def test_lines_are_forgotten_after_a_week(northlake: Company) -> None:
    equipped(northlake)
    with clock.travel(clock.now() - timedelta(days=8)):
        stage_calls(northlake.owner, io.BytesIO(as_json(call("a", "1000"))), "x")
    take_in(northlake.owner, as_json(call("b", "1000"), call("c", "1000")))
    assert call_files.sweep() == 1 and sql.value("SELECT count(*) FROM phone_callline") == 2
