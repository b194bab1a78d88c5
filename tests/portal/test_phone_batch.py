"""Phones by a file in the portal: the form, the plan, what is left out as a file again; and the picker's hundred."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.people_of import Company
from tests.phone.phones import PLAN, extension, phone
from tests.phone.test_extension import site
from tests.portal.test_import import assert_not_there, confirm, finish
from tests.signed_in import signed_in
from usher.core.ids import short, uuid7

PATH = "/phone/users/imports"


@pytest.fixture
def owner(db: None, equipped: Company) -> Client:
    return signed_in(equipped.owner.user_id)


def sent(client: Client, text: str | bytes, **chosen: str) -> Any:
    data = text.encode() if isinstance(text, str) else text
    return client.post(f"{PATH}/new", {"file": SimpleUploadedFile("phones.csv", data), **chosen})


def left(client: Client, address: str, part: str = "") -> list[dict[str, str]]:
    """The file of what is left out, line by line."""
    text = client.get(f"{address}/refused.csv{part}").getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_file_of_phones(owner: Client, northlake: Company) -> None:
    """S3-8: nothing happens before the button; what is refused comes back as a file, is corrected and uploaded again."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    form = owner.get(f"{PATH}/new").content.decode()
    assert "Package where the file names none" in form and "5 free" in form and "site_to" not in form and f"{PATH}/sample.csv" in form
    text = f"email,extension,numbers\n{northlake.admin.email},4127,next\n{northlake.member.email},4127,\nnobody@x.test,,\n"
    answer = sent(owner, text, package_to=PLAN)
    assert answer.status_code == 303
    page = owner.get(answer["Location"]).content.decode()
    assert "1\u00a0person will have a phone as their line says." in page and "An earlier line has this extension." in page
    lines = left(owner, answer["Location"])
    assert [(x["email"], x["extension"], x["line"], x["field"]) for x in lines] == [
        (northlake.member.email, "4127", "3", "extension"),
        ("nobody@x.test", "", "4", "email"),
    ]
    assert phone(a) == {}
    result = finish(owner, confirm(owner, answer["Location"]), northlake)
    assert "1\u00a0person got a phone from phones.csv" in result and "Undo" in result
    assert (extension(a), phone(a)["numbers"], phone(a)["packages"]) == ("4127", ["+4722000000"], [PLAN])
    again = sent(owner, f"email,extension,line,field,why\n{northlake.member.email},4128,3,extension,x\n")["Location"]
    assert "Not read, because unknown: line, field, why." in owner.get(again).content.decode()
    finish(owner, confirm(owner, again), northlake)
    assert extension(b) == "4128"


def test_without_the_privilege(db: None, northlake: Company) -> None:
    """AUTHZ-13"""
    client = signed_in(northlake.member.user_id)
    for path in ("new", "blank.csv", "sample.csv"):
        assert client.get(f"{PATH}/{path}").status_code == 403, path
    assert sent(client, "a@x.test\n").status_code == 403


def test_another_account_s_file_is_not_there(owner: Client, northlake: Company, southport: Company) -> None:
    """TENANT-03: nor is a file that was uploaded for something else."""
    theirs = sent(signed_in(southport.owner.user_id), f"{southport.member.email}\n")["Location"]
    assert_not_there(owner, PATH, theirs)


def test_wrong_method(owner: Client) -> None:
    assert owner.put(f"{PATH}/new").status_code == owner.post(f"{PATH}/sample.csv").status_code == 405


def test_files_that_cannot_be_read(owner: Client) -> None:
    """CSV-03, CSV-05: refused whole, with the words on the form."""
    for text, words in (
        (b"", "no people in it"),
        (b"\xff\xfe\x00\xd8\x00", "not text we can read"),
        (b"email,extension\n", "no people in it"),
    ):
        answer = sent(owner, text)
        assert answer.status_code == 422 and words in answer.content.decode(), text
    assert "No file was chosen" in owner.post(f"{PATH}/new", {}).content.decode()


def test_the_empty_and_the_sample_file(owner: Client, northlake: Company) -> None:
    """S3-8: the sample names a site and a package of this account, and its lines are read as they stand."""
    site(northlake, "Oslo")
    blank = owner.get(f"{PATH}/blank.csv").content.decode("utf-8-sig")
    assert blank.strip() == "email,site,package,template,extension,numbers"
    sample = owner.get(f"{PATH}/sample.csv").content.decode("utf-8-sig")
    assert "mia.berg@example.com,Oslo,Metered US and Canada,,4127,next" in sample
    lines = left(owner, sent(owner, sample)["Location"])
    assert [x["why"] for x in lines] == ["Nobody here has this address or employee id."] * 2


def test_the_picker_stops_at_a_hundred(owner: Client, northlake: Company) -> None:
    """S3-6, S3-14: 101 picked by hand are refused with the two ways that take more; all that match are not picked by hand."""
    listed = owner.get("/phone/people").content.decode()
    assert "of 100 selected" in listed and "data-hundred" in listed and "data-hundred" not in owner.get("/phone/users").content.decode()
    ids = [short(uuid7()) for _n in range(101)]
    refused = owner.get("/phone/users/additions?ids=" + ",".join(ids))
    assert refused.status_code == 422 and "select all that match, or add them by a file" in refused.content.decode()
    stored = owner.post("/selections", {"add": ",".join(ids)}).json()["selection"]
    assert owner.get(f"/phone/users/additions?selection={stored}&package_to=none").status_code == 422
    assert owner.get("/phone/users/additions?ids=" + ",".join(ids[1:])).status_code == 200
    assert owner.get("/phone/users/additions?all=1&phone=none&status=active&package_to=none").status_code == 200
