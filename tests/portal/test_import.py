"""Import: the file, the plan page, doing it, the result and the file of what was refused."""

import csv
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.people_of import BASIC, LICENSED, Company, seats
from tests.signed_in import signed_in
from usher.core import sql
from usher.journal import engine, reads

HEAD = "email,first name,last name,department,user group,im group\n"


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def upload(client: Client, text: str | bytes, name: str = "people.csv", **choices: Any) -> Any:
    data = text.encode() if isinstance(text, str) else text
    return client.post("/people/imports/new", {"file": SimpleUploadedFile(name, data), "license": BASIC, **choices})


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found.group(1)


def confirm(client: Client, address: str, **more: str) -> Any:
    """Press the button of a plan page, as a browser would: with its digest and its key."""
    page = client.get(address).content.decode()
    return client.post(address, {"digest": field(page, "digest"), "key": field(page, "key"), **more})


def finish(client: Client, answer: Any, company: Company) -> str:
    """Step the run of a 303 to its end; the page of its result."""
    number = int(answer["Location"].rsplit("/", 1)[1])
    while engine.step(reads.change(company.owner, number)["id"]):
        pass
    return str(client.get(answer["Location"]).content.decode())


def here(company: Company) -> int:
    return int(sql.value("SELECT count(*) FROM people_user WHERE account_id = %(a)s AND left_at IS NULL", {"a": company.account}))


def assert_not_there(client: Client, path: str, theirs: str) -> None:
    """Neither a file of another account is below this path, nor one that was uploaded for something else."""
    update = client.post("/people/updates/new", {"file": SimpleUploadedFile("a.csv", b"email,department\na@x.test,Ops\n")})["Location"]
    for address in (theirs, f"{theirs}/refused.csv", update.replace("/people/updates", path)):
        assert client.get(address).status_code == 404, address


def test_it_works(owner: Client, northlake: Company) -> None:
    """S0-12, S0-37, S0-38, S0-39, S0-41, S0-42, S0-45, S0-46: upload, plan, button, result; nothing happens before the button."""
    before = here(northlake)
    answer = upload(owner, HEAD + "ann@x.test,Ann,Archer,Finance,,\nbob@x.test,Bob,Baker,,,\n", license=LICENSED, add_ons=["phone"])
    assert answer.status_code == 303
    page = owner.get(answer["Location"]).content.decode()
    assert "2\u00a0people will be invited as Licensed with Phone." in page
    assert "Nothing has happened yet." in page and "Invite 2 people" in page
    assert here(northlake) == before and seats(northlake, LICENSED)["pending"] == 0
    done = confirm(owner, answer["Location"])
    assert done.status_code == 303
    result = owner.get(done["Location"]).content.decode()
    assert "2\u00a0people invited as Licensed from people.csv" in result and "Undo" in result
    assert here(northlake) == before + 2
    assert seats(northlake, LICENSED)["pending"] == seats(northlake, "phone")["pending"] == 2


def test_without_the_privilege(db: None, northlake: Company) -> None:
    """S0-5: a member can neither upload nor look."""
    client = signed_in(northlake.member.user_id)
    assert client.get("/people/imports/new").status_code == 403
    assert upload(client, HEAD + "ann@x.test,Ann,Archer,,,\n").status_code == 403


def test_other_account_is_not_there(owner: Client, northlake: Company, southport: Company) -> None:
    """TENANT-01: neither the plan, nor its file, nor its button."""
    theirs = upload(signed_in(southport.owner.user_id), HEAD + "ann@x.test,Ann,Archer,,,\n")["Location"]
    assert owner.get(theirs).status_code == owner.post(theirs).status_code == owner.get(theirs + "/refused.csv").status_code == 404


def test_wrong_method(owner: Client) -> None:
    assert owner.delete("/people/imports/new").status_code == 405


def test_seats_before_and_after(owner: Client) -> None:
    """S0-43: the side column tells what the plan takes."""
    page = owner.get(upload(owner, HEAD + "ann@x.test,Ann,Archer,,,\n", license=LICENSED)["Location"]).content.decode()
    assert re.search(r'class="from">10</span><span class="u-arrow">→</span><b>9</b>', page)


def test_too_few_seats_is_never_a_silent_half(owner: Client, northlake: Company) -> None:
    """S0-43, S0-57: the plan says how many are missing; nothing by default, the first ten only when chosen."""
    lines = "".join(f"p{i}@x.test,P{i},Person,,,\n" for i in range(12))
    address = upload(owner, HEAD + lines, license=LICENSED)["Location"]
    page = owner.get(address).content.decode()
    assert "Only 10 Licensed seats are free." in page and "2 Licensed seats are missing." in page and "Change nothing</a>" in page
    before = here(northlake)
    answer = confirm(owner, address)
    assert answer.status_code == 409 and "12 Licensed seats are needed. Only 10 Licensed seats are free." in answer.content.decode()
    assert here(northlake) == before
    answer = confirm(owner, address + "?how=first", how="first")
    assert answer.status_code == 303
    assert here(northlake) == before + 10
    result = owner.get(answer["Location"] + "?part=left").content.decode()
    assert "No seat was free any more" in result or "no seat free" in result


def test_on_prem_needs_meeting_connector(owner: Client) -> None:
    """S0-44: refused on the form, with the reason."""
    answer = upload(owner, HEAD + "ann@x.test,Ann,Archer,,,\n", license="meetings:on_prem")
    assert answer.status_code == 422 and "needs Meeting Connector" in answer.content.decode()


def test_bad_lines_are_refused_and_the_good_ones_go_on(owner: Client, northlake: Company) -> None:
    """CSV-06, CSV-09: line, field and reason; escaped on the page, formula-safe in the file, which can be corrected and imported."""
    lines = [
        "ann@x.test,Ann,Archer,,,",
        "ANN@x.test,Twice,Archer,,,",
        "bad@x,<script>alert(1)</script>,Archer,,,",
        "=cmd@x,=1+1,Archer,,,",
        "cleo@x.test,,Archer,,,",
        "dan@x.test,Dan,Archer,,Nowhere,",
        f"{northlake.member.email},Mo,Member,,,",
    ]
    address = upload(owner, HEAD + "\n".join(lines) + "\n", name="<img src=x onerror=alert(1)>.csv")["Location"]
    page = owner.get(address).content.decode()
    assert "1\u00a0person will be invited as Basic. 1 is already here. 5\u00a0lines are refused." in page
    assert "<script>alert" not in page and "<img src=x" not in page
    assert page.count('class="num mute side"') == 5 and "the part after @ needs a dot" in page and "dan@x.test" in page
    body = b"".join(owner.get(address + "/refused.csv").streaming_content)  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert [r[6] for r in rows] == ["line", "3", "4", "5", "6", "7"]
    assert rows[3][:3] == ["'=cmd@x", "'=1+1", "Archer"]
    assert "no user group" in rows[5][8]
    assert confirm(owner, address).status_code == 303
    assert sql.value("SELECT first_name FROM people_user WHERE email = 'ann@x.test'") == "Ann"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no people in it"),
        (HEAD.encode(), "no people in it"),
        ("grö@x.test,A,B,,,\n".encode("latin-1"), "not text we can read"),
        (b'ann@x.test,"Ann,Archer,,,\n' + b"x" * 200_000, "othing was"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(owner: Client, northlake: Company, data: bytes, words: str) -> None:
    """CSV-03, CSV-05: with what to do; nothing is half read."""
    before = sql.value("SELECT count(*) FROM lifecycle_stagedline")
    answer = upload(owner, data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert sql.value("SELECT count(*) FROM lifecycle_stagedline") == before


def test_9998_people_fit_and_one_more_does_not(owner: Client, northlake: Company) -> None:
    """S0-40, CSV-03: the limit is told with the way out."""
    line = "p{0}@x.test,P{0},Person,,,\n"
    answer = upload(owner, HEAD + "".join(line.format(i) for i in range(9_999)))
    assert answer.status_code == 422 and "9,998" in answer.content.decode() and "command line" in answer.content.decode()
    answer = upload(owner, HEAD + "".join(line.format(i) for i in range(9_998)))
    assert answer.status_code == 303
    assert "9,998\u00a0people will be invited" in owner.get(answer["Location"]).content.decode()


def test_more_than_100_are_confirmed_by_their_number(owner: Client, northlake: Company) -> None:
    """AUTHZ-19: the number is typed; without it, or with another one, nothing is done."""
    address = upload(owner, HEAD + "".join(f"p{i}@x.test,P{i},Person,,,\n" for i in range(600)))["Location"]
    assert "Type 600 to go on" in owner.get(address).content.decode()
    before = here(northlake)
    for typed in ("", "60", "all"):
        assert confirm(owner, address, typed=typed).status_code == 422
    assert owner.post(address).status_code == 422
    assert here(northlake) == before
    answer = confirm(owner, address, typed=" 600 ")
    running = owner.get(answer["Location"]).content.decode()
    assert "You can leave this page" in running and "Stop after this chunk" in running and 'hx-trigger="every 1s"' in running
    result = finish(owner, answer, northlake)
    assert "600\u00a0people invited as Basic from people.csv" in result and 'hx-trigger="every 1s"' not in result
    assert here(northlake) == before + 600


def test_a_stale_plan_does_nothing_and_comes_back_fresh(owner: Client, northlake: Company) -> None:
    """The digest of what was seen must still hold."""
    address = upload(owner, HEAD + "ann@x.test,Ann,Archer,,,\nbob@x.test,Bob,Baker,,,\n")["Location"]
    page = owner.get(address).content.decode()
    owner.post("/people/new", {"addresses": "bob@x.test", "license": BASIC, "key": "other"})
    answer = owner.post(address, {"digest": field(page, "digest"), "key": field(page, "key")})
    assert answer.status_code == 409
    assert "Something changed while you were reading" in answer.content.decode() and "Invite 1 person" in answer.content.decode()
    assert not sql.value("SELECT count(*) FROM people_user WHERE email = 'ann@x.test'")


def test_pressing_twice_does_it_once(owner: Client, northlake: Company) -> None:
    """F20, CSV-11: the second press leads to the same change; the same file again finds everybody here already."""
    text = HEAD + "ann@x.test,Ann,Archer,,,\n"
    address = upload(owner, text)["Location"]
    page = owner.get(address).content.decode()
    sent = {"digest": field(page, "digest"), "key": field(page, "key")}
    first, second = owner.post(address, sent), owner.post(address, sent)
    assert first["Location"] == second["Location"]
    again = owner.get(upload(owner, text)["Location"]).content.decode()
    assert "1 is already here" in again and re.search(r"btn-primary\" disabled", again)


def test_undo_is_a_plan_and_takes_the_invitations_back(owner: Client, northlake: Company) -> None:
    """S4-19: the seats come free; the second undo is refused with words."""
    before = here(northlake)
    done = confirm(owner, upload(owner, HEAD + "ann@x.test,Ann,Archer,,,\n", license=LICENSED)["Location"])
    undo = done["Location"] + "/undo"
    assert "Nothing has happened yet" in owner.get(undo).content.decode()
    answer = confirm(owner, undo)
    assert answer.status_code == 303
    assert here(northlake) == before and seats(northlake, LICENSED)["pending"] == 0
    assert owner.get(undo).status_code == 409


def test_a_file_too_large_is_refused_by_its_announced_size(owner: Client) -> None:
    """1 GB upload: 413 before it is read, with the way out."""
    answer = owner.generic("POST", "/people/imports/new", b"x", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(2**30))
    assert answer.status_code == 413 and "command line" in answer.content.decode()


def test_the_name_of_the_file_is_only_shown(owner: Client) -> None:
    """CSV-08: no path, no header, no end to it."""
    for name in ("../../x.csv", "a" * 300 + ".csv", "x\r\nSet-Cookie: a=b.csv", "“ü”.csv"):
        address = upload(owner, HEAD + "ann@x.test,Ann,Archer,,,\n", name=name)["Location"]
        assert owner.get(address).status_code == 200
        assert owner.get(address + "/refused.csv")["Content-Disposition"] == 'attachment; filename="refused.csv"'


def test_the_empty_file_to_fill_in(owner: Client) -> None:
    """S0-38: the columns in their order."""
    told = owner.get("/people/imports/blank.csv").content.decode("utf-8-sig")
    assert told.startswith("email,first name,last name,department,user group,im group,license,add-ons,")


def test_unknown_columns_are_told(owner: Client, northlake: Company) -> None:
    """CSV-07: role, account and status are not read, and the plan says so."""
    page = owner.get(
        upload(owner, "email,first name,last name,role_id,status\nann@x.test,Ann,Archer,owner,active\n")["Location"]
    ).content.decode()
    assert "Not read, because unknown: role_id, status." in page
