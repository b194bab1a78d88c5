"""Many phone users in one call of the API: ten who get phones, and many who are moved, set up and switched off."""

from typing import Any

import pytest

from tests.api.caller import Caller
from tests.api.test_phone_users import FIRST, SECOND, api, database, site
from tests.people_of import Company, breaches, do, one
from tests.phone.phones import add, phone
from usher.core.ids import short, unshort

__all__ = ["api", "database"]


def test_ten_in_one_call(northlake: Company, api: Caller) -> None:
    """S3-1, S3-2, S3-5, S3-11, S3-15: people with extension, plans by name, numbers, caller id; one wrong line and nobody gets anything."""
    site(northlake, "Oslo", code="47")
    a, b = northlake.member, northlake.admin
    assert a.user_id and b.user_id
    first = {
        "email": a.email, "calling_plans": ["Unlimited US and Canada", "Power Pack"], "extension_number": "4127", "site_name": "oslo",
        "phone_numbers": [FIRST, SECOND], "outbound_caller_id": SECOND, "sms": True,
    }  # fmt: skip
    second = {"email": b.email, "calling_plans": [], "extension_number": "4128", "site_code": "47", "activation_status": "deactivate"}
    status, told = api.post("/phone/users/batch", {"users": [first, {**second, "extension_number": "4127"}]})
    assert (status, told["code"]) == (400, 300) and phone(a.user_id) == {}
    status, told = api.post("/phone/users/batch", {"users": [first, second]})
    assert status == 201 and told == [{"email": a.email, "id": short(a.user_id)}, {"email": b.email, "id": short(b.user_id)}]
    assert [api.get(f"/phone/users/{who.email}")[1]["status"] for who in (a, b)] == ["activate", "deactivate"]
    mine = api.get(f"/phone/users/{a.email}")[1]
    assert mine["extension_number"] == 4127 and mine["policy"]["sms"] == {"enable": True} and len(mine["phone_numbers"]) == 2
    assert sorted(p["type"] for p in mine["calling_plans"]) == [200, 4010]
    assert api.get(f"/phone/users/{a.email}/settings")[1]["outbound_caller"] == {"number": SECOND}
    assert api.get(f"/phone/users/{b.email}")[1]["extension_number"] == 4128 and not breaches()


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [
        ({"email": "nobody@x.test"}, 400, 300),
        ({"calling_plans": ["Platinum"]}, 400, 300),
        ({"template_name": "None"}, 404, 404),
        ({"site_name": "Atlantis"}, 400, 300),
        ({"site_code": "99"}, 400, 300),
        ({"extension_number": "112"}, 400, 300),
        ({"phone_numbers": [FIRST]}, 400, 300),
        ({"extension_number": None}, 400, 300),
    ],
)
def test_lines_that_cannot_be(northlake: Company, api: Caller, line: dict[str, Any], status: int, code: int) -> None:
    """MASS-08: and nobody has a phone afterwards."""
    wish = {"email": northlake.member.email, "calling_plans": [], "extension_number": "4127", **line}
    found, told = api.post("/phone/users/batch", {"users": [wish]})
    assert (found, told["code"]) == (status, code), told
    assert api.get("/phone/users")[1]["total_records"] == 0


def test_many_are_moved_and_set_up(northlake: Company, api: Caller) -> None:
    """README 6: move_site, assign_pending_user, activate; not who lies in the trash."""
    a, b = northlake.member, northlake.admin
    assert a.user_id and b.user_id
    where = site(northlake, "Oslo")
    other = site(northlake, "Bergen")
    add(northlake, a.user_id)
    do(northlake.owner, "licenses.give_add_on", {"subjects": one(b.user_id), "add_on": "phone"})
    ids = [short(a.user_id), b.email]
    assert api.put("/phone/users/batch", {"batch_type": "assign_pending_user", "user_ids": ids[1:], "site_id": where}) == (204, None)
    assert phone(b.user_id)["site_id"] == unshort(where)
    assert api.put("/phone/users/batch", {"batch_type": "move_site", "user_ids": ids, "site_id": other}) == (204, None)
    assert phone(a.user_id)["site_id"] == phone(b.user_id)["site_id"] == unshort(other)
    assert api.put("/phone/users/batch", {"batch_type": "activate", "user_ids": ids, "activation_status": "activate"}) == (204, None)
    stop = {"batch_type": "activate", "user_ids": ids[:1], "activation_status": "deactivate"}
    assert api.put("/phone/users/batch", stop) == api.put("/phone/users/batch", stop) == (204, None)
    (off,) = api.get("/phone/users?status=deactivate")[1]["users"]
    assert (off["email"], off["status"], off["activation_status"], off["extension_number"]) == (
        a.email,
        "deactivate",
        "ready to activate",
        1000,
    )
    assert [u["email"] for u in api.get("/phone/users?status=activate")[1]["users"]] == [b.email]
    assert api.get(f"/phone/users/{a.email}")[1]["status"] == "deactivate" and api.get("/phone/users?keyword=1000")[1]["total_records"] == 1
    for body, code in (
        ({"batch_type": "activate", "user_ids": [northlake.owner.email], "activation_status": "deactivate"}, 400),
        ({"batch_type": "activate", "user_ids": ids}, 300),
        ({"batch_type": "move_site", "user_ids": ids}, 300),
        ({"batch_type": "assign_pending_user", "user_ids": [northlake.owner.email]}, 300),
        ({"batch_type": "move_site", "site_id": other}, 300),
        ({"batch_type": "move_site", "user_ids": ["nobody@x.test"], "site_id": other}, 1001),
    ):
        assert api.put("/phone/users/batch", body)[1]["code"] == code, body
    do(northlake.owner, "phone.change_settings", {"soft_delete": True})
    do(northlake.owner, "phone.put_in_trash", {"subjects": one(a.user_id)})
    assert api.put("/phone/users/batch", {"batch_type": "assign_pending_user", "user_ids": ids[:1]})[1]["code"] == 12007 and not breaches()
