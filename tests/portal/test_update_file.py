"""Updating people and their addresses by a file: the form, the plan, what is left out as a file again."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.lifecycle.test_managed_domain import manages
from tests.people_of import BASIC, LICENSED, Company, do, invite, one
from tests.portal.test_import import confirm, finish
from tests.signed_in import signed_in
from usher.core import sql

pytestmark = pytest.mark.django_db
UPDATE, ADDRESSES = "/people/updates", "/people/address-changes"


@pytest.fixture
def admin(northlake: Company) -> Client:
    return signed_in(northlake.admin.user_id)


def sent(client: Client, text: str | bytes, path: str = UPDATE, name: str = "people.csv") -> Any:
    data = text.encode() if isinstance(text, str) else text
    return client.post(f"{path}/new", {"file": SimpleUploadedFile(name, data)})


def left(client: Client, address: str, part: str = "") -> list[dict[str, str]]:
    """The file of what is left out, line by line."""
    text = client.get(f"{address}/refused.csv{part}").getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_it_works(admin: Client, northlake: Company) -> None:
    """S0-10, S0-37: nothing happens before the button; skipped lines come back as a file, are corrected and uploaded again."""
    people = invite(northlake.operator, *(f"u{i}@update.test" for i in range(3)))
    answer = sent(
        admin,
        "email,department,license,add-ons\nu0@update.test,Sales,Licensed,phone\nu1@update.test,Ops,Gold,\nnobody@update.test,Ops,,\nu2@update.test,(empty),,\n",
    )
    assert answer.status_code == 303
    page = admin.get(answer["Location"]).content.decode()
    assert (
        "1\u00a0person will be changed as their line says." in page
        and "There is no Workplace license Gold." in page
        and "as their line says already" in page
    )
    lines = left(admin, answer["Location"])
    assert [(x["email"], x["department"], x["license"], x["line"], x["why"]) for x in lines] == [
        ("u1@update.test", "Ops", "Gold", "3", "There is no Workplace license Gold."),
        ("nobody@update.test", "Ops", "", "4", "Nobody here has this address or employee id."),
    ]
    result = finish(admin, confirm(admin, answer["Location"]), northlake)
    assert "1\u00a0person changed from people.csv" in result and "Undo" in result
    corrected = "email,department,license,add-ons,line,field,why\nu1@update.test,Ops,Basic,,3,License,x\n"
    again = sent(admin, corrected)["Location"]
    assert "Not read, because unknown: line, field, why." in admin.get(again).content.decode()
    finish(admin, confirm(admin, again), northlake)
    found = sql.rows(
        "SELECT u.department, s.license FROM people_user u JOIN people_standing s ON s.user_id = u.id WHERE u.id = ANY(%(p)s) ORDER BY u.email",
        {"p": people},
    )
    assert [(f["department"], f["license"]) for f in found] == [("Sales", LICENSED), ("Ops", BASIC), ("", BASIC)]


def test_addresses(admin: Client, northlake: Company) -> None:
    """S1-12, behaviour.md A: pairs of addresses, and the lines that cannot be."""
    manages(northlake)
    domain = northlake.domain
    answer = sent(admin, f"old email,new email\nmember@{domain},mia@{domain}\n", ADDRESSES)
    assert answer.status_code == 303  # without a header of ours the first column is the old one
    answer = sent(
        admin, f"email,new email\nmember@{domain},mia@{domain}\npending@{domain},pen@else.test\nowner@{domain},boss@{domain}\n", ADDRESSES
    )
    page = admin.get(answer["Location"]).content.decode()
    assert "1\u00a0person will have another address." in page and "Is not at a managed domain of this account." in page
    assert [x["new email"] for x in left(admin, answer["Location"])] == ["pen@else.test"]
    assert [x["email"] for x in left(admin, answer["Location"], "?part=skipped")] == [f"owner@{domain}"]
    finish(admin, confirm(admin, answer["Location"]), northlake)
    assert sql.value("SELECT email FROM people_user WHERE id = %(u)s", {"u": northlake.member.user_id}) == f"mia@{domain}"


def test_without_the_privilege(northlake: Company) -> None:
    """S0-5, AUTHZ-20"""
    member = signed_in(northlake.member.user_id)
    for path in (UPDATE, ADDRESSES):
        assert (member.get(f"{path}/new").status_code, sent(member, "a@b.test,Ann\n", path).status_code) == (403, 403)
    assert member.get("/people/imports/sample.csv?mode=update").status_code == 403


def test_another_account_gets_404(admin: Client, northlake: Company, southport: Company) -> None:
    """TENANT-03: nor does a file that was given for something else."""
    other = signed_in(southport.owner.user_id)
    update, pair = sent(other, "email,department\na@b.test,X\n")["Location"], sent(other, "a@b.test,c@d.test\n", ADDRESSES)["Location"]
    for path in (
        update,
        f"{update}/refused.csv",
        pair,
        f"{pair}/refused.csv",
        update.replace("updates", "address-changes"),
        update.replace("updates", "imports"),
    ):
        assert admin.get(path).status_code == 404
    assert other.get(update.replace("updates", "imports")).status_code == 404


def test_wrong_method(admin: Client) -> None:
    address = sent(admin, "email,department\na@b.test,X\n")["Location"]
    for path in (f"{UPDATE}/new", f"{ADDRESSES}/new", address):
        assert admin.delete(path).status_code == 405
    for path in (f"{address}/refused.csv", "/people/imports/sample.csv", "/people/imports/blank.csv"):
        assert admin.post(path).status_code == 405


@pytest.mark.parametrize("path", [UPDATE, ADDRESSES])
def test_what_cannot_be_read_is_told_on_the_form(admin: Client, path: str) -> None:
    """CSV-03, CSV-05: no file, nobody in it, no text."""
    assert admin.post(f"{path}/new").status_code == 422
    for data in (b"", b"email,department\n", b"\xff\xfe\x00", b'email\n"open'):
        answer = sent(admin, data, path)
        assert answer.status_code == 422 and 'aria-invalid="true"' in answer.content.decode()


def test_empty_and_sample_files_of_this_account(admin: Client, northlake: Company) -> None:
    """S0-23, S0-38, S1-16: exactly the columns this account can use, with two examples that are read without a complaint."""
    for mode, most in (("add", 15), ("update", 15), ("addresses", 2), ("leavers", 1)):
        blank = admin.get(f"/people/imports/blank.csv?mode={mode}").content.decode("utf-8-sig")
        sample = admin.get(f"/people/imports/sample.csv?mode={mode}").content.decode("utf-8-sig")
        assert sample.startswith(blank) and len(blank.strip().split(",")) == most and len(sample.splitlines()) == 3
    assert admin.get("/people/imports/sample.csv?mode=x").status_code == 404
    form = admin.get("/people/imports/new").content.decode()
    assert "Licensed, Basic and Unassigned" in form and "On-Prem" not in form.partition("columns-title")[2].partition("</section>")[0]
    plan = admin.post(
        "/people/imports/new", {"file": SimpleUploadedFile("s.csv", admin.get("/people/imports/sample.csv").content), "license": BASIC}
    )
    page = admin.get(plan["Location"]).content.decode()
    assert "2\u00a0people will be invited" in page and "Not read" not in page
    update = admin.get(sent(admin, admin.get("/people/imports/sample.csv?mode=update").content)["Location"]).content.decode()
    assert "Not read" not in update and "Nobody here has this address or employee id." in update


def test_an_export_uploaded_again_changes_nothing(admin: Client, northlake: Company) -> None:
    """CSV-02: the list of people with all of its columns, in English and in German, is an update of nobody."""
    do(
        northlake.owner,
        "people.edit_profile",
        {"subjects": one(northlake.member.user_id or ""), "fields": {"first_name": "=1+1", "department": "-Sales", "employee_id": "'7"}},
    )
    do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(northlake.member.user_id or "")})
    for add_on in ("phone", "webinar:500"):
        do(northlake.owner, "licenses.give_add_on", {"add_on": add_on, "subjects": one(northlake.member.user_id or "")})
    columns = "name,email,department,license,add_ons,role,status,groups,job_title,location,cost_center,employee_id,created,last_sign_in"
    for language in ("en", "de"):
        file = admin.get(f"/people/export?cols={columns}", headers={"accept-language": language}).getvalue()
        page = admin.get(sent(admin, file)["Location"]).content.decode()
        assert "0\u00a0people will be changed" in page and "refused" not in page.partition("<main")[2].partition("u-cols")[0]
