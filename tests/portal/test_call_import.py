"""Calls by a file in the portal: the form, the plan with its failures, the result, and what is refused."""

import csv
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.people_of import Company, do, one
from tests.phone.call_files import HEADER, as_json, call, log, started
from tests.phone.phones import add, equip
from tests.portal.test_import import assert_not_there, confirm, finish
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short

PATH = "/phone/log/imports"


@pytest.fixture
def owner(db: None, equipped: Company) -> Client:
    add(equipped, equipped.member.user_id or equipped.pending)
    return signed_in(equipped.owner.user_id)


def sent(client: Client, data: bytes, name: str = "calls.csv") -> Any:
    return client.post(f"{PATH}/new", {"file": SimpleUploadedFile(name, data)})


def test_it_works(owner: Client, northlake: Company) -> None:
    """S3-45: nothing comes in before the button; what is refused is told with its line, in the plan, as a file and in the result; a file may come twice."""
    assert f'href="{PATH}/new"' in owner.get("/phone/log").content.decode() and "Up to 24 MB" in owner.get(f"{PATH}/new").content.decode()
    rows = [f"{id},inbound,+44 20 7183 8750,1000,{user},{started()},61,{result}" for id, user, result in
            (("a", "1000", "answered"), ("b", "2222", "missed"), ("=c", "1000", "lost"))]  # fmt: skip
    file = "\n".join([HEADER, *rows]).encode()
    answer = sent(owner, file)
    assert answer.status_code == 303
    page = owner.get(answer["Location"]).content.decode()
    assert "1\u00a0call comes into the account log." in page and "Read from 3 lines." in page and "calls.csv" in page
    assert '<bdi class="u-clip ink">b</bdi>' in page and "Nobody here had this address, extension or number then." in page
    assert "upload it again" in page and log(northlake) == []
    left = list(csv.DictReader(io.StringIO(owner.get(f"{answer['Location']}/refused.csv").getvalue().decode("utf-8-sig"))))
    assert [(x["line"], x["call_id"], x["user"]) for x in left] == [("3", "b", "2222"), ("4", "'=c", "1000")]
    result = finish(owner, confirm(owner, answer["Location"]), northlake)
    (number,) = re.findall(r'href="(/changes/\d+)/left.csv"', result)
    body = b"".join(owner.get(f"{number}/left.csv").streaming_content)  # type: ignore[attr-defined]
    head, *rest = csv.reader(io.StringIO(body.decode("utf-8-sig")))
    assert head == ["call_id", "user", "line", "field", "why"] and [x[:3] for x in rest] == [["b", "2222", "3"], ["'=c", "1000", "4"]]
    assert "1\u00a0call came into the account log" in result and "Undo" in result and "result is none that is known" in result
    assert [c["call_id"] for c in log(northlake)] == ["a"]
    again = owner.get(sent(owner, file.replace(b"2222", b"1000"))["Location"]).content.decode()
    assert "1\u00a0call comes into the account log." in again and "are here already" in again


def test_json_lines(owner: Client, northlake: Company) -> None:
    """S3-45: the other kind of file, with what was recorded."""
    data = as_json(call("a", northlake.member.email, recording_seconds=61, recording_size=480_000))
    finish(owner, confirm(owner, sent(owner, data, "calls.jsonl")["Location"]), northlake)
    assert "1 recording" in owner.get("/phone/log/recordings").content.decode()


def test_without_the_privilege(owner: Client, northlake: Company) -> None:
    """S0-5: who may only look sees the log without the way to import; nobody else anything."""
    member = signed_in(northlake.member.user_id)
    for path in ("new", "blank.csv", "sample.csv"):
        assert member.get(f"{PATH}/{path}").status_code == 403, path
    do(northlake.owner, "access.create_role", {"name": "Listens", "privileges": ["phone:log:view"]})
    key = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND name = 'Listens'", {"a": northlake.account})
    do(northlake.owner, "access.set_role", {"role": key, "subjects": one(northlake.member.user_id or "")})
    looked = member.get("/phone/log").content
    assert b"Import calls" not in looked and b"Import a file" not in looked and b"No call yet." in looked
    assert sent(member, b"x").status_code == 403 and b"Import a file" in owner.get("/phone/log").content


def test_another_account_s_file_is_not_there(owner: Client, southport: Company) -> None:
    """TENANT-03: nor is a file that was uploaded for something else."""
    equip(southport)
    add(southport, southport.member.user_id or southport.pending)
    theirs = sent(signed_in(southport.owner.user_id), as_json(call("a", "1000")))["Location"]
    assert_not_there(owner, PATH, theirs)


def test_wrong_method(owner: Client) -> None:
    assert owner.put(f"{PATH}/new").status_code == owner.post(f"{PATH}/sample.csv").status_code == 405


def test_files_that_cannot_be_read(owner: Client) -> None:
    """CSV-03, CSV-05, CSV-08: refused whole, with the words on the form; a name of a file is text and no path."""
    for data, words in (
        (b"name,colour\nAnn,red\n", "these are missing: call_id"),
        (f"{HEADER}\n".encode(), "no calls in it"),
        (b"\xff\xfe\x00\xd8\x00", "not text we can read"),
    ):
        answer = sent(owner, data)
        assert answer.status_code == 422 and words in answer.content.decode(), data
    assert "No file was chosen" in owner.post(f"{PATH}/new", {}).content.decode()
    named = sent(owner, as_json(call("a", "1000")), "<img src=x onerror=alert(1)>.jsonl")["Location"]
    assert "<img src=x" not in owner.get(named).content.decode()


def test_the_empty_and_the_sample_file(owner: Client) -> None:
    """CSV-01, CSV-02: the lines of the sample are read as they stand; numbers are told as text, and read as numbers again."""
    blank = owner.get(f"{PATH}/blank.csv").content.decode("utf-8-sig")
    assert blank.startswith(HEADER + ",path,recording_seconds") and len(blank.splitlines()) == 1
    sample = owner.get(f"{PATH}/sample.csv").content
    assert b"'+442071838750" in sample
    page = owner.get(sent(owner, sample)["Location"]).content.decode()
    assert page.count("Nobody here had this address, extension or number then.") == 2


def test_who_sees_no_phones_is_led_to_none(owner: Client, northlake: Company) -> None:
    """S0-5: an auditor of calls reads whose phone it was, and is offered no page that would be closed."""
    finish(owner, confirm(owner, sent(owner, as_json(call("a", "1000")))["Location"]), northlake)
    do(northlake.owner, "access.create_role", {"name": "Listens", "privileges": ["phone:log:view", "phone:number:view", "phone:site:view"]})
    key = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND name = 'Listens'", {"a": northlake.account})
    do(northlake.owner, "access.set_role", {"role": key, "subjects": one(northlake.admin.user_id or "")})
    do(
        northlake.owner,
        "phone.assign_package",
        {"package": "calling:200", "numbers": "next", "subjects": one(northlake.member.user_id or "")},
    )
    do(northlake.owner, "accounts.create_site", {"name": "Oslo"})
    auditor, phone = signed_in(northlake.admin.user_id), f"/people/{short(northlake.member.user_id or northlake.pending)}/phone"
    assert auditor.get(phone).status_code == 403
    for path in ("/phone/log", "/phone/numbers?held=held", "/phone/sites"):
        told = auditor.get(path).content.decode()
        assert phone not in told and '<a href="/phone/users' not in told, path
        assert "member" in told or path == "/phone/sites"
    assert phone in owner.get("/phone/log").content.decode()
