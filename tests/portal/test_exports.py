"""Files of long lists: offered, written in the background, fetched by their actor alone."""

import csv
import io
import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from tests.people_of import Company, crowd
from tests.signed_in import signed_in
from usher.core import clock, sql
from usher.core.ids import short, unshort
from usher.people import exports
from usher.portal import listing_export, tasks

STREAMED = {"cols": "email", "sort": "email"}


@pytest.fixture
def owner(db: None, northlake: Company, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Lists of more than two lines are long, and written by two lines."""
    monkeypatch.setattr(listing_export, "AT_ONCE", 2)
    monkeypatch.setattr(listing_export, "PIECE", 2)
    return signed_in(northlake.owner.user_id)


def ask(client: Client, path: str = "/people/export", **query: str) -> Any:
    """Press the button of the page that offers the file."""
    address = f"{path}?{'&'.join(f'{k}={v}' for k, v in query.items())}"
    offer = client.get(address).content.decode()
    key = re.search(r'name="key" value="(\w+)"', offer)
    assert key, offer
    return client.post(address, {"key": key[1]})


def file_of(answer: Any) -> UUID:
    assert answer.status_code == 303
    return unshort(answer["Location"].removeprefix("/exports/"))


def write(file: UUID) -> int:
    """What the worker does; in how many pieces."""
    n = 1
    while tasks.next_piece(file):
        n += 1
    return n


def lines(client: Client, file: UUID) -> list[list[str]]:
    answer = client.get(f"/exports/{short(file)}/file")
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]


def test_it_works(owner: Client, northlake: Company) -> None:
    """S0-13, CSV-01: what will happen, how far it is, then exactly the file that a short list streams: same columns, order, neutral cells, one BOM."""
    sql.execute("UPDATE people_user SET department = '=1+1' WHERE id = %(u)s", {"u": northlake.owner.user_id})
    assert "A file of 3 lines will be written." in owner.get("/people/export").content.decode()
    file = file_of(ask(owner, cols="department,email", sort="-email"))
    assert "0 of 3 lines are written." in owner.get(f"/exports/{short(file)}").content.decode()
    assert owner.get(f"/exports/{short(file)}/file").status_code == 404
    assert tasks.next_piece(file)
    poll = owner.get(f"/exports/{short(file)}", headers={"HX-Request": "true", "HX-Target": "progress"}).content.decode()
    assert "2 of 3 lines are written." in poll and "every 1s" in poll and "<html" not in poll
    assert not tasks.next_piece(file)
    text = owner.get(f"/exports/{short(file)}").content.decode()
    assert "3 lines are written." in text and "every 1s" not in text
    assert lines(owner, file) == [
        ["Name", "Department", "E-mail"],
        ["Olga Owner", "'=1+1", northlake.owner.email],
        [northlake.member.name, "", northlake.member.email],
        [northlake.admin.name, "", northlake.admin.email],
    ]
    answer = owner.get(f"/exports/{short(file)}/file")
    assert answer["Content-Disposition"] == 'attachment; filename="users.csv"'
    assert b"".join(answer.streaming_content).count(b"\xef\xbb\xbf") == 1  # type: ignore[attr-defined]
    assert "users.csv" in owner.get("/exports").content.decode()


def test_without_the_privilege(owner: Client, northlake: Company) -> None:
    """AUTHZ-13: who lost the right meanwhile gets no file, and one that is not written yet fails."""
    admin = signed_in(northlake.admin.user_id)
    done, begun = file_of(ask(admin)), file_of(ask(admin, sort="email"))
    write(done)
    assert len(lines(admin, done)) == 4
    sql.execute("UPDATE people_standing SET role = 'member' WHERE user_id = %(u)s", {"u": northlake.admin.user_id})
    assert admin.get(f"/exports/{short(done)}/file").status_code == 404
    assert not tasks.next_piece(begun)
    assert "The file was not written." in admin.get(f"/exports/{short(begun)}").content.decode()
    assert admin.get("/people/export").status_code == 403


def test_another_account_and_another_person_do_not_see_it(owner: Client, northlake: Company, southport: Company) -> None:
    """TENANT-01: not a colleague either."""
    file = file_of(ask(owner))
    write(file)
    for stranger in (northlake.admin, southport.owner):
        client = signed_in(stranger.user_id)
        for path in (f"/exports/{short(file)}", f"/exports/{short(file)}/file"):
            assert client.get(path).status_code == 404
        assert "users.csv" not in client.get("/exports").content.decode()


def test_wrong_method(owner: Client) -> None:
    file = file_of(ask(owner))
    assert owner.post(f"/exports/{short(file)}").status_code == owner.put("/people/export").status_code == 405


def test_the_tray_shows_it(owner: Client, northlake: Company) -> None:
    """While it is written and a moment after, on every page but its own; nobody else's."""
    file = file_of(ask(owner))
    tray = owner.get("/tray").content.decode()
    assert "users.csv" in tray and "0 of 3 lines are written." in tray and "every 2s" in tray
    assert "users.csv" not in owner.get("/tray", headers={"HX-Current-URL": f"http://testserver/exports/{short(file)}"}).content.decode()
    assert "users.csv" not in signed_in(northlake.admin.user_id).get("/tray").content.decode()
    write(file)
    tray = owner.get("/tray").content.decode()
    assert f"/exports/{short(file)}/file" in tray and "every 2s" not in tray


def test_twice_is_once(owner: Client, northlake: Company) -> None:
    """F20: the same press twice asks for one file; a piece that two workers write is there once; a worker that died is gone on after."""
    answers = [owner.post("/people/export", {"key": "k1"}) for _n in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    file = file_of(answers[0])
    stale = exports.waiting(file)
    assert stale is not None and tasks.next_piece(file)
    assert not exports.add_piece(stale, "twice\r\n", 1, "x")
    write(file)
    assert len(lines(owner, file)) == 4


def test_a_selection_is_written_and_nobody_else(owner: Client, northlake: Company) -> None:
    """S0-13: hand-picked beyond what an address takes, and all but some."""
    people = crowd(northlake.operator, 4)
    made = owner.post("/selections", {"add": ",".join(map(short, people[:3]))}).json()["selection"]
    file = file_of(ask(owner, "/people/pending/export", selection=made, cols="email"))
    assert write(file) == 2 and len(lines(owner, file)) == 4
    file = file_of(ask(owner, "/activity/export", sort="number"))
    write(file)
    assert lines(owner, file)[0][:2] == ["What", "By"]


def test_five_at_a_time(owner: Client) -> None:
    """DOS-16: somebody who asks on and on is asked to wait; all files share one lock."""
    for n in range(5):
        assert owner.post("/people/export", {"key": f"k{n}"}).status_code == 303
    answer = owner.post("/people/export", {"key": "k9"})
    assert answer.status_code == 503 and "Five of your files are being written." in answer.content.decode()
    assert {j["lock"] for j in sql.rows("SELECT lock FROM procrastinate_jobs WHERE task_name = 'portal.export'")} == {"portal.export"}


def test_what_goes_wrong_is_said(owner: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """F29: a file that cannot be written has failed, and says so; it does not stand among those that are being written for a day."""
    file = file_of(ask(owner))

    def broken(*_given: object) -> bool:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(tasks, "write_piece", broken)
        assert not tasks.next_piece(file)
    assert f"The file {file} could not be written" in caplog.text
    told = owner.get(f"/exports/{short(file)}").content.decode()
    assert "The file was not written." in told
    assert "Ask for the file once more." in told
    again = file_of(ask(owner))
    write(again)
    assert len(lines(owner, again)) > 1


def test_it_is_forgotten_after_a_day(owner: Client, northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    file = file_of(ask(owner))
    write(file)
    assert exports.sweep() == 0
    later = timezone.now() + exports.KEPT_FOR
    monkeypatch.setattr(clock, "now", lambda: later)
    assert exports.sweep() == 1 and owner.get(f"/exports/{short(file)}").status_code == 404
    assert sql.value("SELECT count(*) FROM people_exportpiece WHERE export_id = %(e)s", {"e": file}) == 0


def test_in_the_language_it_was_asked_for(db: None, owner: Client) -> None:
    client = owner
    file = file_of(client.post("/people/export?cols=department", {"key": "de"}, headers={"Accept-Language": "de"}))
    write(file)
    assert lines(client, file)[0] == ["Name", "Abteilung"]
