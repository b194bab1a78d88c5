"""Passcodes of meetings and webinars: kept sealed, told to who may change what they open (SECRET-01, AUDIT-07, S4-45)."""

import json

import pytest

from tests.api.caller import Caller, caller
from tests.api.test_meetings import KINDS, last_change, of
from tests.api.test_meetings import api as api  # the owner's app
from tests.people_of import Company, actor_of, do, one
from tests.signed_in import signed_in
from usher.content import reads
from usher.core import sql
from usher.core.ids import unshort
from usher.journal import undo

CODE = "847362"


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


def test_it_works(northlake: Company, api: Caller) -> None:
    """Said, told again in the contract's forms, changed, taken away, taken back; nowhere in clear."""
    for kind, _once, _series in KINDS:
        made = api.post(of(northlake, kind), {"password": CODE})[1]
        path = f"/{kind}/{made['id']}"
        digits = ("h323_password", "pstn_password") if kind == "meetings" else ("h323_passcode",)
        assert api.get(path) == (200, made) and made["password"] == CODE and [made[name] for name in digits] == [CODE] * len(digits)
        assert api.patch(path, {"password": "a-b@c_*!"}) == (204, None)
        told = api.get(path)[1]
        assert told["password"] == "a-b@c_*!" and told[digits[0]] == ""
        assert api.patch(path, {"topic": "Other"}) == (204, None) and api.get(path)[1]["password"] == "a-b@c_*!"
        assert api.patch(path, {"password": ""}) == (204, None) and api.get(path)[1]["password"] == ""
        undo.start_undo(northlake.owner, last_change(northlake))
        assert api.get(path)[1]["password"] == "a-b@c_*!"
    for table in ("content_item", "journal_effect", "journal_change", "journal_answer"):
        assert not sql.value(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%%{CODE}%%' OR t::text LIKE '%%a-b@c%%'", {}), table


def test_without_the_privilege(northlake: Company, api: Caller) -> None:
    """Who may see content and not change it is told none; nor is a page, which says that there is a secret."""
    made = api.post(of(northlake), {"password": CODE})[1]
    do(northlake.owner, "access.create_role", {"name": "Look", "privileges": ["content:item:view", "access:app:manage"]})
    role = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND name = 'Look'", {"a": northlake.account})
    do(northlake.owner, "access.set_role", {"role": role, "subjects": one(northlake.admin.user_id)})
    look = actor_of(northlake.admin.user_id)  # type: ignore[arg-type]
    told = caller(look, "meeting:read:admin").get(f"/meetings/{made['id']}")[1]
    assert told["id"] == made["id"] and told["password"] == told["pstn_password"] == ""
    api.patch(f"/meetings/{made['id']}", {"password": "otter7"})
    page = signed_in(northlake.owner.user_id).get(f"/changes/{last_change(northlake)}").content.decode()
    assert CODE not in page and "password: a secret" in page


def test_what_is_the_same_changes_nothing(northlake: Company, api: Caller) -> None:
    """A program that writes back what it read leaves no trace; too long a passcode is none (300)."""
    made = api.post(of(northlake), {"password": CODE, "settings": {"waiting_room": True}})[1]
    before = last_change(northlake)
    assert api.patch(f"/meetings/{made['id']}", {"password": CODE}) == (204, None) and last_change(northlake) == before
    assert api.patch(f"/meetings/{made['id']}", {"password": "x" * 11})[1]["code"] == 300


def test_a_sealed_one_from_elsewhere_opens_nothing(northlake: Company, southport: Company, api: Caller) -> None:
    """TENANT-05: bound to the account; a row copied there tells nothing."""
    made = api.post(of(northlake), {"password": CODE})[1]
    id = unshort(made["uuid"].removesuffix("=="))
    sealed = reads.item(northlake.owner, id)["details"]["password"]
    theirs = caller(southport.owner).post(f"/users/{southport.owner.email}/meetings", {})[1]
    assert theirs["password"] == ""
    sql.execute(
        "UPDATE content_item SET details = details || %(d)s::jsonb WHERE number = %(n)s",
        {"d": json.dumps({"password": sealed}), "n": theirs["id"]},
    )
    assert caller(southport.owner).get(f"/meetings/{theirs['id']}")[1]["password"] == ""


def test_a_typed_client_finds_what_it_needs(northlake: Company, api: Caller) -> None:
    """pyzoom (decision 0080): its model of a meeting requires these, of the type it says, also of a meeting of which nobody said anything."""
    texts = ("uuid", "host_id", "topic", "timezone", "created_at", "join_url", "status", "start_url", "password")
    texts += ("h323_password", "pstn_password", "encrypted_password")
    flags = ("host_video", "participant_video", "cn_meeting", "in_meeting", "join_before_host", "mute_upon_entry", "watermark", "use_pmi")
    flags += ("enforce_login", "waiting_room", "registrants_email_notification", "meeting_authentication")
    own = {"approval_type": 0, "audio": "voip", "enforce_login_domains": None, "global_dial_in_countries": None, "host_video": True}
    for body in (
        {},
        {
            "topic": "Auto",
            "type": 2,
            "start_time": "2027-01-15T09:00:00.123456",
            "duration": 60,
            "timezone": "UTC",
            "password": "k3jPq9",
            "settings": own,
        },
    ):
        for told in (made := api.post(of(northlake), body)[1], api.get(f"/meetings/{made['id']}")[1]):
            assert all(isinstance(told[name], str) for name in texts)
            assert all(isinstance(told["settings"][name], bool) for name in flags)
            assert told["settings"]["approval_type"] in (0, 1, 2) and told["settings"]["audio"] in ("voip", "telephony", "both")
            assert told["settings"]["auto_recording"] in ("local", "cloud", "none") and type(told["id"]) is int
