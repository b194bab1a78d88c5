"""Activity: every change on one list with search, filters and export; denied attempts; what stands beside a change."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from tests.people_of import BASIC, LICENSED, Company, do, everybody, invite, one
from tests.signed_in import signed_in
from usher.core import clock, sql
from usher.journal import undo


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def listed(client: Client, **query: Any) -> list[str]:
    """The numbers of the changes an address lists, as its export writes them."""
    answer = client.get("/activity/export", {"cols": "number", **query})
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return [line["Number"] for line in csv.DictReader(io.StringIO(text))]


def licensed(actor: Any, *people: Any, license: str = LICENSED) -> str:
    return f"C-{do(actor, 'licenses.change_license', {'license': license, 'subjects': one(*people)}).number}"


def test_it_works(owner: Client, northlake: Company) -> None:
    """Every change as a sentence, the newest first, each leading to its page."""
    older = licensed(northlake.owner, northlake.member.user_id)
    newer = licensed(northlake.admin, northlake.member.user_id, license=BASIC)
    text = owner.get("/activity").content.decode()
    assert text.index(newer) < text.index(older)
    assert "1\u00a0person became Licensed" in text and f'href="/changes/{older[2:]}"' in text
    assert listed(owner)[:2] == [newer, older]


def test_without_the_privilege(db: None, northlake: Company) -> None:
    client = signed_in(northlake.member.user_id)
    for path in ("/activity", "/activity/export", "/activity/denied", "/activity/denied/export"):
        assert client.get(path).status_code == 403


def test_other_account_is_not_there(owner: Client, southport: Company) -> None:
    """TENANT-01: neither their changes, nor their people as a search, nor what they were denied."""
    theirs = licensed(southport.owner, southport.member.user_id)
    assert theirs not in listed(owner) and listed(owner, q=theirs) == [] and listed(owner, q=southport.member.email) == []
    signed_in(southport.member.user_id).get("/people")
    assert southport.member.name not in owner.get("/activity/denied").content.decode().split("<main")[1]


def test_wrong_method(owner: Client) -> None:
    assert owner.post("/activity").status_code == 405


def test_search_by_person_and_number(owner: Client, northlake: Company) -> None:
    """What was done to somebody, whoever did it; one change by its number, as it is written."""
    mine = licensed(northlake.admin, northlake.member.user_id)
    other = licensed(northlake.admin, northlake.pending)
    found = listed(owner, q=northlake.member.email)
    assert mine in found and other not in found
    for text in (mine, mine.lower(), mine[2:]):
        assert listed(owner, q=text) == [mine]
    assert listed(owner, q="nobody-of-this-name") == []
    assert "No change is like that" in owner.get("/activity?q=nobody-of-this-name").content.decode()


def test_search_by_somebody_who_left(owner: Client, northlake: Company, southport: Company) -> None:
    """A withdrawn invitation leaves a name behind: what was done to it is found by it, and again when the address comes back."""
    (first,) = invite(northlake.owner, "gone@left.test", license=LICENSED)
    withdrawn = f"C-{do(northlake.owner, 'lifecycle.withdraw_invitation', {'subjects': one(first)}).number}"
    assert withdrawn in listed(owner, q="gone@left.test") and len(listed(owner, q="gone left.test")) == 2
    invite(northlake.owner, "gone@left.test")
    assert len(listed(owner, q="gone@left.test")) == 3
    assert listed(signed_in(southport.owner.user_id), q="gone@left.test") == []


def test_running_has_a_short_address(owner: Client) -> None:
    assert owner.get("/activity?running=1")["Location"] == "/activity?state=running"


def test_filters(owner: Client, northlake: Company) -> None:
    """Who, what kind, which door, when, and in which state; what makes no sense finds nothing."""
    with clock.travel(clock.now().replace(year=2020, month=3, day=10)):
        old = licensed(northlake.admin, northlake.member.user_id)
    new = licensed(northlake.operator, northlake.member.user_id, license=BASIC)
    assert old in listed(owner, actor=str(northlake.admin.user_id)) and new not in listed(owner, actor=str(northlake.admin.user_id))
    assert new in listed(owner, actor="operator") and old not in listed(owner, actor="operator")
    assert listed(owner, actor="x") == []
    assert new in listed(owner, verb="licenses.change_license") and listed(owner, verb="x") == []
    assert old in listed(owner, door="portal") and new not in listed(owner, door="portal")
    assert {old, new} <= set(listed(owner, door=["portal", "cli"]))
    span = {"from": "2020-03-10", "to": "2020-03-10"}
    assert listed(owner, **span) == [old] and listed(owner, to="2020-03-09") == [] and old not in listed(owner, **{"from": "2020-03-11"})
    assert listed(owner, **{"from": "tomorrow"}) == [] and listed(owner, **{"from": "9999-12-31", "to": "9999-12-31"}) == []


def test_undone_and_running(owner: Client, northlake: Company) -> None:
    number = licensed(northlake.owner, northlake.member.user_id)
    undo.start_undo(northlake.owner, int(number[2:]))
    assert listed(owner, state="undone") == [number]
    assert listed(owner, state="running") == [] and listed(owner, state="x") == []


def test_pages_in_both_directions(owner: Client, northlake: Company) -> None:
    """Keyset by number: the second page begins where the first ended, and Previous comes back to it."""
    for n in range(60):
        licensed(northlake.owner, northlake.member.user_id, license=(LICENSED, BASIC)[n % 2])
    first = owner.get("/activity").context
    second = owner.get(first["after"]).context
    assert int(first["rows"][-1]["path"].split("/")[-1]) > int(second["rows"][0]["path"].split("/")[-1])
    assert [r["path"] for r in owner.get(second["before"]).context["rows"]] == [r["path"] for r in first["rows"]]


def test_denied_attempts_are_grouped(owner: Client, northlake: Company) -> None:
    """AUDIT-02: who tried what without the right to, how often; a flood is one line."""
    stranger = signed_in(northlake.member.user_id)
    for _ in range(3):
        assert stranger.get("/account/outbox").status_code == 403
    text = owner.get("/activity/denied").content.decode()
    assert "see the outbox" in text and northlake.member.name in text
    assert sql.value("SELECT times FROM journal_denial WHERE verb = 'mail:message:view'") == 3
    exported = b"".join(owner.get("/activity/denied/export").streaming_content).decode()  # type: ignore[attr-defined]
    assert "see the outbox" in exported


def test_before_and_after_and_what_belongs_together(owner: Client, northlake: Company) -> None:
    """Both values side by side; a search within a change; an undo and what it takes back lead to each other."""
    done = do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": everybody(northlake)})
    taken_back = undo.start_undo(northlake.owner, done.number or 0)
    page = owner.get(f"/changes/{done.number}").content.decode()
    assert "Before" in page and "After" in page and f"/changes/{taken_back.number}" in page
    assert f"/changes/{done.number}" in owner.get(f"/changes/{taken_back.number}").content.decode()
    lines = owner.get(f"/changes/{done.number}", {"find": northlake.member.email}).context["lines"]
    assert [line["email"] for line in lines] == [northlake.member.email]
    assert owner.get(f"/changes/{done.number}", {"find": "nobody-of-this-name"}).context["lines"] == []


def test_what_another_version_wrote_is_told_by_its_title(owner: Client, northlake: Company) -> None:
    """A change whose parameters lack what the sentence is made of now, and one of a verb this version does not know: the page, the change and the file
    tell of them by the title, and of all others as ever."""
    number = licensed(northlake.owner, northlake.member.user_id)
    for verb in ("licenses.change_license", "people.unicorn"):
        sql.execute(
            """INSERT INTO journal_change (id, account_id, verb, params, key, params_hash, actor_kind, actor_name, door, request_id, ip)
               VALUES (gen_random_uuid(), %(a)s, %(v)s, '{}', %(v)s, '', 'system', 'Usher', 'clock', '', '')""",
            {"a": northlake.account, "v": verb},
        )
    text = owner.get("/activity").content.decode()
    assert "Change license (1)" in text and "people.unicorn (1)" in text and "1\u00a0person became Licensed" in text
    told = b"".join(owner.get("/activity/export").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "Change license (1)" in told and number in told
    older = sql.value("SELECT number FROM journal_change WHERE verb = 'licenses.change_license' AND params = '{}'")
    assert "Change license" in owner.get(f"/changes/{older}").content.decode()
