"""Leaving by the API: what is handed over, who stays, and why (S4-44, S4-45; README 3, DELETE)."""

import pytest

from tests.api.caller import Caller
from tests.content.items import SOON, item, license_all, make, owner_of
from tests.lifecycle.test_managed_domain import manages
from tests.people_of import LICENSED, Company, accept_invitation, breaches, do, invite, one, standing
from usher.core.ids import short


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


@pytest.mark.parametrize(
    ("query", "moved"),
    [
        ("transfer_meeting=true", {"meeting"}),
        ("transfer_meetings=true&transfer_webinars=false", {"meeting"}),
        ("transfer_recording=True&transfer_whiteboard=TRUE", {"recording", "note"}),
        ("transfer_meeting=true&transfer_recording=true&transfer_notes=true&transfer_clipfiles=true", {"meeting", "recording", "note"}),
        ("transfer_meeting=false", set()),
        ("encrypted_email=false&transfer_events=true", set()),
    ],
)
def test_what_is_asked_for_goes_to_the_heir(northlake: Company, api: Caller, query: str, moved: set[str]) -> None:
    """S4-45: one flag for each kind, in the spellings clients send; kinds that are not kept here are passed over."""
    license_all(northlake)
    leaver, heir = northlake.member.user_id, northlake.owner
    assert leaver is not None
    kinds = ("meeting", "recording", "note")
    ids = dict(zip(kinds, make(northlake, item(leaver, "meeting", starts_at=SOON), item(leaver, "recording"), item(leaver)), strict=True))
    assert api.delete(f"/users/{short(leaver)}?action=delete&transfer_email={heir.email.upper()}&{query}") == (204, None)
    assert {kind for kind, id in ids.items() if owner_of(id) == heir.user_id} == moved and breaches() == []


def test_nobody_goes_whose_content_the_heir_cannot_have(northlake: Company, api: Caller) -> None:
    """README 3: 300 when the heir lacks the license that is needed, is nobody here, not active, or the leaver; nothing is done."""
    leaver = northlake.member.user_id
    assert leaver is not None
    do(northlake.owner, "licenses.change_license", {"subjects": one(leaver), "license": LICENSED})
    (recording,) = make(northlake, item(leaver, "recording"))
    pending = f"pending@{northlake.domain}"
    for heir in (northlake.owner.email, "nobody@nowhere.test", pending, northlake.member.email.upper()):
        status, body = api.delete(f"/users/{short(leaver)}?action=delete&transfer_recording=true&transfer_email={heir}")
        assert (status, body["code"], body["errors"][0]["field"]) == (400, 300, "transfer_email"), heir
    assert standing(leaver)["status"] == "active" and owner_of(recording) == leaver
    license_all(northlake)
    assert api.delete(f"/users/{short(leaver)}?transfer_recording=true&transfer_email={northlake.owner.email}")[0] == 204
    assert owner_of(recording) == northlake.owner.user_id


def test_managed_people_are_deleted_and_not_unlinked(northlake: Company, api: Caller) -> None:
    """1107 for unlinking somebody at a managed domain, also when deactivated; deleting is open (R6)."""
    manages(northlake)
    path = f"/users/{northlake.member.email}"
    for action in ("", "?action=disassociate"):
        status, body = api.delete(path + action)
        assert (status, body["code"]) == (400, 1107) and "domain" in body["message"]
    assert api.put(f"{path}/status", {"action": "deactivate"})[0] == 204
    assert api.delete(path)[1]["code"] == 1107
    assert api.delete(f"{path}?action=delete") == (204, None) and breaches() == []


@pytest.mark.parametrize("action", ["disassociate", "delete"])
def test_whoever_administers_stays(northlake: Company, api: Caller, action: str) -> None:
    """S0-54: 1117 for the owner, who calls, and for an admin; nothing is done."""
    for named in ("me", northlake.owner.email, northlake.admin.email):
        status, body = api.delete(f"/users/{named}?action={action}")
        assert (status, body["code"]) == (400, 1117), named
        assert api.put(f"/users/{named}/status", {"action": "deactivate"})[1]["code"] == 200
    assert api.get("/users")[1]["total_records"] == 3


@pytest.mark.parametrize("action", ["disassociate", "delete"])
def test_whoever_is_pending_or_deactivated_goes(northlake: Company, api: Caller, action: str) -> None:
    """An invitation is withdrawn by either action, and its seat is free; who is deactivated can be deleted here (decision 0080)."""
    assert api.put(f"/users/{short(northlake.pending)}/status", {"action": "deactivate"})[1]["code"] == 200
    assert api.delete(f"/users/{short(northlake.pending)}?action={action}") == (204, None)
    assert api.get("/users?status=pending")[1]["total_records"] == 0 and api.delete(f"/users/{short(northlake.pending)}")[0] == 404
    (left,) = invite(northlake.operator, f"left@{northlake.domain}")
    accept_invitation(left)
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(left)})
    assert api.delete(f"/users/{short(left)}?action={action}") == (204, None)
    assert api.get(f"/users/{short(left)}")[1]["code"] == 1001 and api.get("/users?status=inactive")[1]["total_records"] == 0
    assert breaches() == []
