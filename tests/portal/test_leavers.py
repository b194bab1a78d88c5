"""Leavers by file in the portal."""

from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from tests.lifecycle.leavers import somebody
from tests.people_of import Company, breaches, standing
from tests.portal.test_import import confirm
from tests.signed_in import signed_in

PAGE = "/people/leavers"


@pytest.fixture(scope="module")
def ann(northlake: Company) -> UUID:
    return somebody(northlake, "ann")


@pytest.fixture
def owner(db: None, northlake: Company, ann: UUID) -> Client:
    return signed_in(northlake.owner.user_id)


def sent(client: Client, text: str, way: str = "deactivations") -> HttpResponse:
    answer: HttpResponse = client.post(PAGE, {"file": SimpleUploadedFile("leavers.csv", text.encode()), "way": way})
    return answer


@pytest.mark.parametrize(("way", "status"), [("deactivations", "inactive"), ("unlinkings", "gone"), ("deletions", "gone")])
def test_it_works(owner: Client, northlake: Company, ann: UUID, way: str, status: str) -> None:
    """S4-2: the plan tells who leaves and which lines name nobody; then it is done, and by the same file undone."""
    text = f"email\nann@{northlake.domain}\neve@nowhere.test\nadmin@{northlake.domain}\n"
    answer = sent(owner, text, way)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (303, f"/people/{way}")
    shown = owner.get(answer["Location"]).content.decode()
    assert "nobody here has this address" in shown and "an admin" in shown
    assert standing(ann)["status"] == "active"
    assert confirm(owner, answer["Location"]).status_code == 303
    assert standing(ann)["status"] == status
    if status == "inactive":
        assert confirm(owner, sent(owner, text, "reactivations")["Location"]).status_code == 303
        assert standing(ann)["status"] == "active"
    assert breaches() == []


def test_without_the_privilege(db: None, northlake: Company) -> None:
    """S4-5."""
    member = signed_in(northlake.member.user_id)
    assert (member.get(PAGE).status_code, sent(member, "a@b.test").status_code) == (403, 403)


def test_another_account_s_file_names_nobody(owner: Client, northlake: Company, southport: Company, ann: UUID) -> None:
    """TENANT-03: a plan of somebody else's upload is a plan for nobody."""
    theirs = sent(signed_in(southport.owner.user_id), f"ann@{northlake.domain}\nmember@{southport.domain}")["Location"]
    shown = owner.get(theirs).content.decode()
    assert southport.domain not in shown and f"ann@{northlake.domain}" not in shown
    confirm(owner, theirs)
    assert {standing(u)["status"] for u in (ann, southport.member.user_id) if u} == {"active"}


def test_wrong_method(owner: Client) -> None:
    assert owner.put(PAGE).status_code == 405


@pytest.mark.parametrize(
    ("text", "way", "said"), [("", "deactivations", "no people"), ('"a', "deletions", "not CSV"), ("a@b.test", "firing", "becomes of them")]
)
def test_what_cannot_be_read_is_refused(owner: Client, text: str, way: str, said: str) -> None:
    """CSV-05: nothing is staged, and the page says why."""
    answer = sent(owner, text, way)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_no_file(owner: Client) -> None:
    assert "No file was chosen" in owner.post(PAGE, {"way": "deletions"}).content.decode()
