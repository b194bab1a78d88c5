"""Somebody unlinked gets a free account of their own at the next sign-in, with what was not handed over."""

from uuid import UUID, uuid4

import pytest
from django.test import Client

from tests.lifecycle.leavers import departure, somebody, with_content
from tests.people_of import BASIC, PASSWORD, Company, breaches, do, finish, invite, one, outcome, seats, standing
from usher.access import links
from usher.access.actors import operator, system
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import engine, run, undo
from usher.journal.verb import plan
from usher.lifecycle.own_account import open_for

pytestmark = pytest.mark.django_db
OPEN, LET_GO = "lifecycle.open_own_account", "lifecycle.let_go"


def login_of(user: UUID) -> UUID:
    found: UUID = sql.value("SELECT login_id FROM people_user WHERE id = %(u)s", {"u": user})
    return found


def living(login: UUID) -> UUID:
    found: UUID = sql.value("SELECT id FROM people_user WHERE login_id = %(l)s AND left_at IS NULL", {"l": login})
    return found


def sign_in(company: Company, name: str) -> tuple[Client, str]:
    """The page somebody lands on after the right password."""
    client = Client()
    answer = client.post("/sign-in", {"email": f"{name}@{company.domain}", "password": PASSWORD}, follow=True)
    return client, str(answer.content.decode())


def test_it_works(northlake: Company) -> None:
    """S0-2: what was handed over stays, everything else comes along with account and owner; two Changes have the unlinking as their cause."""
    ann, ben = somebody(northlake, "ann-own"), somebody(northlake, "ben-keeps")
    with_content(northlake, ann, "Weekly", "Monthly")
    items = [{"owner": str(ann), "kind": "note", "title": "Mine"}]
    do(northlake.owner, "content.create", {"items": items})
    meeting_id = sql.value("SELECT personal_meeting_id FROM people_user WHERE id = %(u)s", {"u": ann})
    kept = {"in_meeting": {"chat": True}, "schedule_meeting": {"pmi_password": "otter seven"}}
    do(northlake.owner, "people.store_settings", {"subjects": one(ann), "part": "settings", "settings": kept})
    unlinked = do(northlake.admin, "lifecycle.unlink", {"subjects": one(ann), "content": {"kinds": ["meetings"], "heir": str(ben)}})
    used = seats(northlake, BASIC)["used"]
    client, page = sign_in(northlake, "ann-own")
    assert "An account of your own" in page and "Your place at Northlake has ended" in page and "1 item came along" in page
    now = living(login_of(ann))
    account = sql.row(
        "SELECT a.* FROM accounts_account a JOIN people_user u ON u.account_id = a.id WHERE u.id = %(u)s AND u.personal_meeting_id = %(m)s",
        {"u": now, "m": meeting_id},
    )
    assert account and (account["plan"], account["opened_by"]) == ("free", "person")
    # Settings come along; a password stays sealed where it was.
    assert sql.value("SELECT values FROM people_usersettings WHERE account_id = %(a)s", {"a": account["id"]}) == '{"in_meeting.chat": true}'
    told = standing(now)
    assert (told["status"], told["role"], told["license"]) == ("active", "owner", BASIC)
    held = sql.rows(
        "SELECT i.title, i.account_id FROM content_item i JOIN content_standing s ON s.item_id = i.id WHERE s.owner_id = %(u)s", {"u": now}
    )
    assert held == [{"title": "Mine", "account_id": account["id"]}]
    causes = sql.rows("SELECT verb, account_id FROM journal_change WHERE cause = %(c)s ORDER BY number", {"c": unlinked.change_id})
    assert [(c["verb"], c["account_id"]) for c in causes] == [(LET_GO, northlake.account), (OPEN, account["id"])]
    assert departure(ann) is None
    assert seats(northlake, BASIC)["used"] == used
    assert client.get("/").status_code == 200
    assert breaches() == []


def test_without_the_privilege(northlake: Company) -> None:
    """Nobody can do either to somebody else."""
    for verb in (OPEN, LET_GO):
        with pytest.raises(Refused) as no:
            plan(northlake.member, verb, {"user": str(uuid4())})
        assert no.value.kind == "forbidden"


def test_another_account_lets_nobody_go(northlake: Company, southport: Company) -> None:
    """TENANT-03: only the account that unlinked them."""
    ann = somebody(northlake, "ann-foreign")
    do(northlake.admin, "lifecycle.unlink", {"subjects": one(ann)})
    assert engine.start(plan(system(southport.account), LET_GO, {"user": str(ann)}), "foreign").change_id is None
    assert departure(ann)


@pytest.mark.parametrize("verb", ["lifecycle.deactivate", "lifecycle.delete"])
def test_who_was_not_unlinked_gets_none(northlake: Company, verb: str) -> None:
    """SESSION-06: the deactivated and the deleted do not come in, and no account is opened for them."""
    ann = somebody(northlake, "ann-none")
    do(northlake.admin, verb, {"subjects": one(ann)})
    _, page = sign_in(northlake, "ann-none")
    assert "This account is deactivated" in page or "There is no account for this address" in page
    assert not open_for(login_of(ann))
    assert not sql.value("SELECT true FROM accounts_account WHERE opened_by = 'person'")


def test_the_unlinking_cannot_be_undone_after(northlake: Company) -> None:
    """R15: per person, with the reason; who has not signed in comes back."""
    ann, ben = somebody(northlake, "ann-moved"), somebody(northlake, "ben-not")
    unlinked = do(northlake.admin, "lifecycle.unlink", {"subjects": one(ann, ben)})
    assert open_for(login_of(ann))
    assert unlinked.number
    undone = undo.start_undo(northlake.admin, unlinked.number)
    assert outcome(northlake.owner, undone).reasons == {"login_elsewhere": 1}
    assert (standing(ann)["status"], standing(ben)["status"]) == ("gone", "active")
    assert breaches() == []


def test_a_second_sign_in_opens_nothing(northlake: Company) -> None:
    """F20: and the next time they land where everybody does."""
    ann = somebody(northlake, "ann-twice")
    do(northlake.admin, "lifecycle.unlink", {"subjects": one(ann)})
    sign_in(northlake, "ann-twice")
    _, page = sign_in(northlake, "ann-twice")
    assert "An account of your own" not in page
    assert not open_for(login_of(ann))
    assert sql.value("SELECT count(*) FROM accounts_account WHERE opened_by = 'person'") == 1


def test_recordings_keep_their_meetings_as_far_as_both_come(northlake: Company) -> None:
    """TENANT-01, I8, I11: nothing points from one account into another."""
    ann, ben = somebody(northlake, "ann-rec"), somebody(northlake, "ben-rec")
    with_content(northlake, ann, "Stays with the recording", "Parted")
    meetings = {
        r["title"]: r["id"] for r in sql.rows("SELECT id, title FROM content_item WHERE account_id = %(a)s", {"a": northlake.account})
    }
    items = [{"owner": str(u), "kind": "note", "title": t} for u, t in ((ann, "Along"), (ben, "Left"))]
    do(northlake.owner, "content.create", {"items": items})
    for note, meeting in (("Along", "Stays with the recording"), ("Left", "Parted")):
        sql.execute("UPDATE content_item SET meeting_id = %(m)s WHERE title = %(t)s", {"m": meetings[meeting], "t": note})
    do(northlake.admin, "lifecycle.unlink", {"subjects": one(ann)})
    assert open_for(login_of(ann))
    found = {r["title"]: r["meeting_id"] for r in sql.rows("SELECT title, meeting_id FROM content_item WHERE title IN ('Along', 'Left')")}
    assert found == {"Along": meetings["Stays with the recording"], "Left": None}
    assert breaches() == []


def test_much_content_follows_in_the_background(northlake: Company) -> None:
    """The person is in at once; the rest comes chunk by chunk."""
    ann = somebody(northlake, "ann-much")
    items = [{"owner": str(ann), "kind": "note", "title": f"Note {n}"} for n in range(520)]
    do(northlake.owner, "content.create", {"items": items})
    do(northlake.admin, "lifecycle.unlink", {"subjects": one(ann)})
    _, page = sign_in(northlake, "ann-much")
    assert "on its way" in page
    now = living(login_of(ann))
    change = sql.value("SELECT id FROM journal_change WHERE verb = %(v)s", {"v": OPEN})
    finish(engine.Started(change, 0, "running"))
    assert sql.value("SELECT count(*) FROM content_standing WHERE owner_id = %(u)s", {"u": now}) == 520
    assert breaches() == []


def test_the_command_line_does_not_count_it(northlake: Company) -> None:
    """The only account opened by an operator is still the one commands mean."""
    ann = somebody(northlake, "ann-cli")
    do(northlake.admin, "lifecycle.unlink", {"subjects": one(ann)})
    assert open_for(login_of(ann))
    sql.execute(
        "UPDATE accounts_account SET opened_by = 'elsewhere' WHERE id <> %(a)s AND opened_by = 'operator'", {"a": northlake.account}
    )
    assert operator(None).account_id == northlake.account


def test_the_page_is_for_who_was_unlinked(northlake: Company) -> None:
    from tests.signed_in import signed_in

    assert signed_in(northlake.member.user_id).get("/me/own-account")["Location"] == "/me"


def test_a_forgotten_password_leads_there_too(northlake: Company) -> None:
    """S0-2: somebody unlinked who belongs nowhere gets the reset mail; the new password opens the account of their own. Somebody deleted gets none."""
    ann, bob = somebody(northlake, "ann-forgot"), somebody(northlake, "bob-gone")
    do(northlake.admin, "lifecycle.unlink", {"subjects": one(ann)})
    do(northlake.admin, "lifecycle.delete", {"subjects": one(bob)})
    for name in ("ann-forgot", "bob-gone"):
        links.send_reset(f"{name}@{northlake.domain}")
    made = sql.rows(
        "SELECT id, login_id FROM access_link WHERE purpose = 'reset' AND used_at IS NULL AND login_id = ANY(%(l)s)",
        {"l": [login_of(ann), login_of(bob)]},
    )
    assert [m["login_id"] for m in made] == [login_of(ann)]
    new = "another river under nine bridges"
    path = "/" + links.urls([made[0]["id"]])[made[0]["id"]].split("/", 3)[3]
    answer = Client().post(path, {"password": new, "again": new}, follow=True)
    assert answer.status_code == 200
    assert standing(living(login_of(ann)))["role"] == "owner"
    assert Client().post("/sign-in", {"email": f"ann-forgot@{northlake.domain}", "password": new})["Location"] == "/"
    assert breaches() == []


def test_what_every_account_kept_comes_along(northlake: Company, southport: Company) -> None:
    """issue 4: somebody unlinked here and again there, before they signed in, takes along what both kept; each place lets go by a change of its own."""
    ann = somebody(northlake, "ann-both")
    do(northlake.owner, "content.create", {"items": [{"owner": str(ann), "kind": "note", "title": "From the first"}]})
    do(northlake.admin, "lifecycle.unlink", {"subjects": one(ann)})
    (again,) = invite(southport.owner, f"ann-both@{northlake.domain}")
    sql.execute("UPDATE people_user SET login_id = %(l)s, activated_at = now() WHERE id = %(u)s", {"l": login_of(ann), "u": again})
    sql.execute("UPDATE people_standing SET status = 'active' WHERE user_id = %(u)s", {"u": again})
    sql.execute("UPDATE people_invitation SET state = 'accepted' WHERE user_id = %(u)s", {"u": again})
    sql.execute(
        "UPDATE licenses_license SET used = used + 1, pending = pending - 1 WHERE account_id = %(a)s AND product = %(p)s",
        {"a": southport.account, "p": BASIC},
    )
    do(southport.owner, "content.create", {"items": [{"owner": str(again), "kind": "note", "title": "From the second"}]})
    do(southport.admin, "lifecycle.unlink", {"subjects": one(again)})
    assert open_for(login_of(ann))
    held = sql.rows(
        "SELECT i.title FROM content_item i JOIN content_standing s ON s.item_id = i.id WHERE s.owner_id = %(u)s ORDER BY 1",
        {"u": living(login_of(ann))},
    )
    assert [h["title"] for h in held] == ["From the first", "From the second"]
    let_go = sql.rows(
        "SELECT account_id FROM journal_change WHERE verb = %(v)s AND account_id = ANY(%(a)s)",
        {"v": LET_GO, "a": [northlake.account, southport.account]},
    )
    assert {c["account_id"] for c in let_go} == {northlake.account, southport.account}
    assert (departure(ann), departure(again)) == (None, None)
    assert breaches() == []


def test_recordings_keep_their_meetings_over_chunks(northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """I8, I11: a recording that follows in a later chunk than its meeting gets its link back."""
    monkeypatch.setattr(run, "CHUNK_MIN", 100)
    monkeypatch.setattr(run, "CHUNK_MAX", 100)
    monkeypatch.setattr(engine, "CHUNK_MIN", 100)
    ann = somebody(northlake, "ann-chunks")
    items = [{"owner": str(ann), "kind": "meeting", "title": f"Meeting {n}", "occurs": "recurring"} for n in range(260)]
    items += [{"owner": str(ann), "kind": "recording", "title": f"Meeting {n}"} for n in range(260)]
    do(northlake.owner, "content.create", {"items": items})
    sql.execute(
        """UPDATE content_item r SET meeting_id = m.id FROM content_item m WHERE r.kind = 'recording' AND m.kind = 'meeting' AND m.title = r.title
           AND r.account_id = %(a)s AND m.account_id = %(a)s""",
        {"a": northlake.account},
    )
    do(northlake.admin, "lifecycle.unlink", {"subjects": one(ann)})
    assert open_for(login_of(ann))
    finish(engine.Started(sql.value("SELECT id FROM journal_change WHERE verb = %(v)s", {"v": OPEN}), 0, "running"))
    linked = sql.row(
        """SELECT count(*)::int AS n, count(m.id)::int AS linked FROM content_standing s JOIN content_item r ON r.id = s.item_id
           LEFT JOIN content_item m ON m.id = r.meeting_id AND m.title = r.title WHERE s.owner_id = %(u)s AND r.kind = 'recording'""",
        {"u": living(login_of(ann))},
    )
    assert linked == {"n": 260, "linked": 260}
    assert breaches() == []
