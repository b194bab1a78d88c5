"""Activity, one change, stop, the file of what was left out, the tray."""

import csv
import io

import pytest
from django.test import Client

from tests.people_of import LICENSED, Company, do, one
from tests.portal.test_import import HEAD, confirm, upload
from tests.signed_in import signed_in
from usher.core import sql
from usher.journal import engine, reads


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def started(client: Client, company: Company, lines: int = 1_500) -> int:
    """An import whose run has done its first chunk."""
    text = HEAD + "".join(f"p{i}@x.test,P{i},Person,,,\n" for i in range(lines)) + "bad@x,B,Bad,,,\n"
    answer = confirm(client, upload(client, text)["Location"], typed=f"{lines}")
    number = int(answer["Location"].rsplit("/", 1)[1])
    assert engine.step(reads.change(company.owner, number)["id"])
    return number


def test_it_works(owner: Client, northlake: Company) -> None:
    """Every change with who, what and when; newest first."""
    change = do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(northlake.member.user_id)})
    text = owner.get("/activity").content.decode()
    assert "1\u00a0person became Licensed" in text and f"C-{change.number}" in text and "Olga Owner" in text
    page = owner.get(f"/changes/{change.number}").content.decode()
    assert "Basic" in page and "Licensed" in page and "Done" in page


def test_without_the_privilege(db: None, northlake: Company) -> None:
    client = signed_in(northlake.member.user_id)
    assert client.get("/activity").status_code == 403
    assert client.post("/changes/1/stop").status_code == 403


def test_other_account_is_not_there(owner: Client, southport: Company) -> None:
    """TENANT-01."""
    change = do(southport.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(southport.member.user_id)})
    assert owner.get(f"/changes/{change.number}").status_code == 404
    assert f"C-{change.number}" not in owner.get("/activity").content.decode()
    for number in ("0", "99999999999999999999999", "9223372036854775807"):
        assert owner.get(f"/changes/{number}").status_code == 404


def test_wrong_method(owner: Client) -> None:
    assert owner.get("/changes/1/stop").status_code == 405


def test_progress_stop_and_go_on(owner: Client, northlake: Company) -> None:
    """F27: stopped between chunks; what is done stays, the rest is told and can go on, nobody is invited twice."""
    number = started(owner, northlake)
    page = owner.get(f"/changes/{number}").content.decode()
    assert 'aria-valuenow="1000"' in page and "Running" in page
    fragment = owner.get(f"/changes/{number}", headers={"HX-Request": "true", "HX-Target": "progress"}).content.decode()
    assert "<html" not in fragment and "every 1s" in fragment
    assert owner.post(f"/changes/{number}/stop").status_code == 303
    while engine.step(reads.change(northlake.owner, number)["id"]):
        pass
    page = owner.get(f"/changes/{number}").content.decode()
    assert "Stopped." in page and "Go on" in page and "every 1s" not in page
    plan = sql.value("SELECT params->>'stage' FROM journal_change WHERE number = %(n)s", {"n": number})
    assert plan is not None
    assert (
        sql.value("SELECT count(*) FROM people_user WHERE account_id = %(a)s AND email LIKE 'p%%@x.test'", {"a": northlake.account})
        == 1_000
    )


def test_a_running_change_is_stopped_before_it_is_undone(owner: Client, northlake: Company) -> None:
    """Looking at the undo of a run changes nothing; no GET changes state (SESSION-08)."""
    number = started(owner, northlake)
    answer = owner.get(f"/changes/{number}/undo")
    assert answer.status_code == 409 and "Stop it first" in answer.content.decode()
    assert not reads.change(northlake.owner, number)["stop"]


def test_what_was_left_out_is_a_file(owner: Client, northlake: Company) -> None:
    """CSV-09: with line and reason, in the columns of an import, formula-safe."""
    done = confirm(owner, upload(owner, HEAD + "ann@x.test,Ann,Archer,,,\n=bad@x,B,Bad,,,\n")["Location"])
    body = b"".join(owner.get(done["Location"] + "/left.csv").streaming_content)  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert rows[0][:3] == ["email", "first name", "last name"]
    assert rows[1][:3] == ["'=bad@x", "B", "Bad"] and rows[1][6] == "3" and rows[1][8]


def test_what_was_left_out_of_no_file_says_whom(owner: Client, northlake: Company) -> None:
    """Whole names stand in no column that an import would take for the first ones."""
    people = {"ids": [str(northlake.member.user_id), str(northlake.pending)]}
    number = do(northlake.owner, "lifecycle.deactivate", {"subjects": people, "content": {}}).number
    body = b"".join(owner.get(f"/changes/{number}/left.csv").streaming_content)  # type: ignore[attr-defined]
    head, *rest = csv.reader(io.StringIO(body.decode("utf-8-sig")))
    assert head == ["email", "name", "line", "field", "why"]
    assert [row[0] for row in rest] == [f"pending@{northlake.domain}"] and rest[0][4]


def test_an_admin_stops_only_what_they_may_do(db: None, northlake: Company, owner: Client) -> None:
    """The right to stop is the right of the verb."""
    number = started(owner, northlake)
    assert signed_in(northlake.admin.user_id).post(f"/changes/{number}/stop").status_code == 303
