"""The account log in the portal, the calls of a person, one's own history, and phones nobody uses."""

from dataclasses import replace

import pytest
from django.test import Client

from tests.people_of import Company, do, one
from tests.phone.call_files import as_json, call, take_in
from tests.phone.phones import PLAN, add
from tests.phone.test_rooms import room
from tests.signed_in import signed_in
from usher.core import sql, walk
from usher.core.ids import short
from usher.phone.call_reads import BY_TIME
from usher.portal.listing import Listing, fetch
from usher.portal.listing_page import close_to
from usher.portal.phone.log import CALLS
from usher.portal.wish import Wish


@pytest.fixture
def owner(db: None, equipped: Company) -> Client:
    add(equipped, equipped.member.user_id or equipped.pending, package=PLAN, numbers="next")
    evil = {"voicemail_seconds": 9, "voicemail_size": 72_000, "voicemail_transcript": "<b>Call me</b> back"}
    take_in(
        equipped.owner,
        as_json(
            call("a", "1000", recording_seconds=61, recording_size=480_000),
            call("b", "1000", result="voicemail", **evil),
            call("c", "1000", direction="outbound", to="+48125550127", **{"from": "1000"}),
        ),
    )
    return signed_in(equipped.owner.user_id)


def test_it_works(owner: Client, northlake: Company) -> None:
    """S3-45: the three lists, with what may be filtered and found, and their exports."""
    text = owner.get("/phone/log").content.decode()
    assert text.count("+44\u00a020\u00a07183\u00a08750") == 2 and "+48\u00a012\u00a0555\u00a001\u00a027" in text and "3 calls" in text
    who = northlake.member.user_id
    for query, n in (
        ("direction=outbound", 1),
        ("result=voicemail&result=busy", 1),
        ("q=44207", 2),
        ("q=member", 3),
        ("q=olga", 0),
        ("q=member+.test", 3),
        ("q=member+olga", 0),
        ("q=member+44207", 2),
        ("from=2020-01-01&to=2020-12-31", 0),
        ("from=2020-01-01", 3),
        ("to=nonsense", 0),
        ("site=x", 0),
        (f"person={who}", 3),
        (f"person={northlake.admin.user_id}", 0),
    ):
        assert owner.get(f"/phone/log?{query}").content.decode().count("<tr data-href") == n, query
    assert f"<b>member@{northlake.domain}</b>" in owner.get(f"/phone/log?person={who}").content.decode()
    assert "&lt;b&gt;Call me&lt;/b&gt; back" in owner.get("/phone/log/voicemails").content.decode()
    assert owner.get("/phone/log/recordings").content.decode().count("<tr data-href") == 1
    lines = b"".join(owner.get("/phone/log/export").streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 4 and "'+48125550127" in lines[1]
    for kind in ("recordings", "voicemails"):
        assert len(b"".join(owner.get(f"/phone/log/{kind}/export").streaming_content).splitlines()) == 2  # type: ignore[attr-defined]


@pytest.mark.parametrize("near", [1, 2, 5_000])
def test_calls_of_a_frequent_name_are_found_nearby(owner: Client, northlake: Company, monkeypatch: pytest.MonkeyPatch, near: int) -> None:
    """S3-45, docs/decisions/0120: more than are counted; the same pages, from the first to the last and back, as when all were looked up."""
    monkeypatch.setattr(walk, "NEARBY", near)

    def pages(listing: Listing) -> list[list[str]]:
        page = fetch(listing, northlake.owner, Wish(q="member", down=True, size=1))
        told = [[str(r["call_id"]) for r in page.rows]]
        while page.after:
            page = fetch(listing, northlake.owner, Wish(q="member", down=True, size=1, cursor=page.after))
            told.append([str(r["call_id"]) for r in page.rows])
        while page.before:
            page = fetch(listing, northlake.owner, Wish(q="member", down=True, size=1, cursor=page.before))
            told.append([str(r["call_id"]) for r in page.rows])
        return told

    few = replace(CALLS, sorts=(replace(BY_TIME, count_to=2),))
    assert pages(few) == pages(CALLS) and len(pages(few)) == 5
    counts = [
        (page.count, page.more) for page in (fetch(listing, northlake.owner, Wish(q="member", down=True)) for listing in (CALLS, few))
    ]
    assert counts == [(3, False), (2, True)]


def test_calls_that_match_without_the_filters(owner: Client, northlake: Company) -> None:
    """They are called calls, and no more are counted than the log counts of a frequent name (docs/decisions/0120)."""
    told = owner.get("/phone/log", {"q": "member", "result": "failed"}).content.decode()
    assert "3 calls match without the filters" in told and "people match" not in told
    few, wish = replace(CALLS, sorts=(replace(BY_TIME, count_to=2),)), Wish(q="member", chosen={"result": ("failed",)})
    ((words, _),) = close_to(few, lambda n: "calls", northlake.owner, wish)
    assert words == "2+ calls match without the filters"


def test_without_the_privilege(owner: Client, northlake: Company) -> None:
    """Nobody sees the calls of others without the right, also not on the tab of a person; their own they do."""
    member = signed_in(northlake.member.user_id)
    for path in ("/phone/log", "/phone/log/recordings", "/phone/log/voicemails", "/phone/log/export"):
        assert member.get(path).status_code == 403
    do(northlake.owner, "access.create_role", {"name": "Phones", "privileges": ["people:user:view", "phone:user:view"]})
    key = sql.value("SELECT key FROM access_role WHERE name = 'Phones'")
    do(northlake.owner, "access.set_role", {"role": key, "subjects": one(northlake.member.user_id or "")})
    tab = member.get(f"/people/{short(northlake.member.user_id or northlake.pending)}/phone").content.decode()
    assert "1000" in tab and "Newest calls" not in tab
    assert "Newest calls" in owner.get(f"/people/{short(northlake.member.user_id or northlake.pending)}/phone").content.decode()


def test_another_account_s_calls_do_not_exist(owner: Client, northlake: Company, southport: Company) -> None:
    """TENANT-01: by no filter, and its people have no name here."""
    stranger = signed_in(southport.owner.user_id)
    fjord = room(northlake, "Fjord")
    for query in ("", f"?person={northlake.member.user_id}", f"?person={fjord}", "?q=44207"):
        text = stranger.get(f"/phone/log{query}").content.decode()
        assert "7183" not in text and northlake.domain not in text and "Fjord" not in text


def test_whose_role_covers_a_part(owner: Client, northlake: Company) -> None:
    """AUTHZ-10, AUTHZ-11: the account log is of the whole account; the right to it rests while a role covers a part."""
    do(northlake.owner, "access.create_role", {"name": "Calls", "privileges": ["phone:log:view"]})
    key = sql.value("SELECT key FROM access_role WHERE name = 'Calls'")
    who = one(northlake.member.user_id or "")
    do(northlake.owner, "access.set_role", {"role": key, "scope": {"kind": "department", "values": ["Sales"]}, "subjects": who})
    desk = signed_in(northlake.member.user_id)
    assert desk.get("/phone/log").status_code == desk.get("/phone/log/export").status_code == 403
    do(northlake.owner, "access.set_role", {"role": key, "subjects": who})
    assert "3 calls" in desk.get("/phone/log").content.decode()


def test_wrong_methods(owner: Client) -> None:
    assert owner.post("/phone/log").status_code == owner.post("/me/phone/calls").status_code == 405


def test_ones_own_history(owner: Client, northlake: Company) -> None:
    """S3-43, S3-44, S3-45: the page of one's own phone and the list of one's calls; gone with the phone, and in the log still."""
    member = signed_in(northlake.member.user_id)
    sql.execute("UPDATE phone_user SET since = since - interval '1 hour'")
    own = member.get("/me/phone").content.decode()
    assert "&lt;b&gt;Call me&lt;/b&gt; back" in own and "/me/phone/calls" in own and "Recording" in own
    assert "3 calls" in member.get("/me/phone/calls").content.decode()
    assert "1 call" in member.get("/me/phone/calls?direction=outbound").content.decode()
    assert "0 calls" in owner.get("/me/phone/calls").content.decode()
    told = owner.get(f"/phone/users/removals?ids={short(northlake.member.user_id or northlake.pending)}").content.decode()
    assert "stay in the account log" in told and "History of calls" in told
    do(northlake.owner, "phone.remove", {"subjects": one(northlake.member.user_id or "")})
    assert "0 calls" in member.get("/me/phone/calls").content.decode() and "Call me" not in member.get("/me/phone").content.decode()
    assert "3 calls" in owner.get("/phone/log").content.decode()


def test_phones_nobody_uses(owner: Client, northlake: Company) -> None:
    """S3-58, S3-61: found by the filter, with the day of the last use; and removed from there."""
    add(northlake, northlake.admin.user_id or northlake.pending)
    used, idle = short(northlake.member.user_id or northlake.pending), short(northlake.admin.user_id or northlake.pending)
    for days in ("30", "never"):
        rows = owner.get(f"/phone/users?phone_unused={days}&cols=name,last_used").content.decode()
        assert idle in rows and used not in rows and "Never" in rows
    sql.execute("UPDATE licenses_usage SET day = day - 40")
    assert used in owner.get("/phone/users?phone_unused=30").content.decode()
    assert used not in owner.get("/phone/users?phone_unused=90").content.decode()
    assert "Nobody matches these filters." in owner.get("/phone/users?phone_unused=x").content.decode()
    do(northlake.owner, "phone.remove", {"subjects": {"query": {"phone": ["active"], "phone_unused": ["never"]}}})
    assert sql.value("SELECT count(*) FROM phone_user WHERE account_id = %(a)s", {"a": northlake.account}) == 1
