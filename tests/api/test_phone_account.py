"""Phone as a whole by the API: settings, calling plans, the log."""

from typing import Any

import pytest

from tests.api.caller import Caller
from tests.people_of import Company, do
from tests.phone.phones import PLAN, add, equip
from usher.phone import reads


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


def test_the_settings_of_phone(northlake: Company, api: Caller) -> None:
    """README 6: site codes act, what else is said is kept; there are always sites."""
    equip(northlake)
    status, told = api.get("/phone/settings")
    assert status == 200 and told["multiple_sites"] == {"enabled": True, "site_code": False} and told["country"] == {"code": "NO"}
    wish = {"multiple_sites": {"enabled": True, "site_code": {"enable": True}}, "show_device_ip_for_call_log": {"enable": True}}
    assert api.patch("/phone/settings", wish) == (204, None)
    told = api.get("/phone/settings")[1]
    assert told["multiple_sites"]["site_code"] is True and told["show_device_ip_for_call_log"] == {"enable": True}
    assert reads.settings(northlake.owner)["site_codes"]
    assert api.patch("/phone/settings", {"multiple_sites": {"enabled": False}})[1]["code"] == 412
    assert api.patch("/phone/settings", {}) == (204, None)


def test_what_phones_may_do_by_themselves(northlake: Company, api: Caller) -> None:
    status, told = api.get("/phone/account_settings")
    assert status == 200 and told["voicemail"] == {"enable": True, "locked": False, "locked_by": "invalid"}
    assert told["auto_call_recording"]["enable"] is False
    do(northlake.owner, "phone.change_settings", {"policy": {"voicemail": "off", "recording": "on"}})
    told = api.get("/phone/account_settings")[1]
    assert told["voicemail"]["enable"] is False and told["auto_call_recording"]["enable"] is True
    assert set(api.get("/phone/account_settings?setting_types=voicemail, sms")[1]) == {"voicemail"}
    assert api.get("/phone/account_settings?setting_types=voicemail,none")[1]["code"] == 400


def test_calling_plans_are_counted(northlake: Company, api: Caller) -> None:
    """README 6: type, name, subscribed, assigned, available; numbers by their kind beside the deprecated list."""
    equip(northlake)
    assert northlake.member.user_id
    add(northlake, northlake.member.user_id, package=PLAN, numbers="next")
    status, told = api.get("/phone/calling_plans")
    (plan,) = [p for p in told["calling_plans"] if p["type"] == 200]
    assert status == 200 and plan == {"type": 200, "name": "Unlimited US and Canada", "subscribed": 5, "assigned": 1, "available": 4}
    both = api.get("/phone/plans")[1]
    assert both["calling_plans"] == told["calling_plans"]
    assert both["phone_numbers"] == [{"name": "Local", "subscribed": 10, "assigned": 1, "available": 9}]


def test_the_log_is_about_phones(northlake: Company, api: Caller) -> None:
    """AUDIT-01: who did what and when, newest first, by category, a page at a time."""
    equip(northlake)
    assert northlake.member.user_id
    add(northlake, northlake.member.user_id, package=PLAN)
    do(northlake.owner, "phone.create_template", {"name": "Desk"})
    status, told = api.get("/phone/reports/operationlogs")
    lines: list[dict[str, Any]] = told["operation_logs"]
    assert status == 200 and [line["category_type"] for line in lines] == ["Setting Template", "User", "Phone Number"]
    assert {line["operator"] for line in lines} == {northlake.owner.email} and lines[0]["action"] == "Add"
    assert [x["category_type"] for x in api.get("/phone/reports/operationlogs?category_type=User")[1]["operation_logs"]] == ["User"]
    seen, query = [], "?page_size=1"
    for _page in range(3):
        told = api.get("/phone/reports/operationlogs" + query)[1]
        seen += told["operation_logs"]
        query = f"?page_size=1&next_page_token={told['next_page_token']}"
    assert seen == lines and told["next_page_token"] == ""
    assert api.get("/phone/reports/operationlogs?from=2026-01-01&to=2026-03-01")[1]["code"] == 300
