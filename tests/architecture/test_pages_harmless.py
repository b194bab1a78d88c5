"""What no page does, also none that does not exist yet: write for a form from elsewhere, or because somebody looked."""

import re

from django.test import Client

from tests.architecture.test_pages import all_routes, fill, ids_of
from tests.people_of import Company, do, one, rows_written
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short


def test_forms_from_elsewhere_do_nothing(db: None, northlake: Company) -> None:
    """SESSION-08: every route that takes a POST, with the session of an owner but without our token, or from another origin -> 403."""
    cookies, ours = signed_in(northlake.owner.user_id).cookies, ids_of(northlake)
    before, seen = rows_written(), 0
    for pattern, policy in all_routes():
        if "POST" in policy.methods:
            for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://testserver.evil.example"}):
                client = Client(enforce_csrf_checks=True)
                client.cookies = cookies
                answer = client.post(fill(pattern, ours), headers=headers)
                assert answer.status_code in (403, 404), (pattern, headers, answer.status_code)
                seen += 1
    assert seen > 40 and rows_written() == before


def test_looking_changes_nothing(db: None, northlake: Company) -> None:
    """SESSION-08: no GET writes a row of ours; counters of tries apart, which count looking at links too."""
    client, ours = signed_in(northlake.owner.user_id), ids_of(northlake)
    before = rows_written() | {"access_throttle": 0}
    for pattern, policy in all_routes():
        if "GET" in policy.methods:
            client.get(fill(pattern, ours), {"license_to": "meetings:licensed", "ids": short(northlake.member.user_id)})
    assert rows_written() | {"access_throttle": 0} == before


SCRIPT = "javascript:alert(1)"
FOLLOWED = re.compile(r"""(?:href|src|action|formaction|hx-[a-z]+)=["']?\s*(?:javascript|vbscript|data:text)""", re.IGNORECASE)


def called_so(company: Company) -> None:
    """Everything somebody may name, and what programs may keep about people, has a script for its name."""
    member = one(company.member.user_id or "")
    fields = dict.fromkeys(("first_name", "last_name", "display_name", "job_title", "location", "cost_center"), SCRIPT)
    do(company.owner, "people.edit_profile", {"fields": fields, "subjects": member})
    do(company.owner, "people.set_department", {"department": SCRIPT, "subjects": member})
    do(
        company.owner,
        "people.store_settings",
        {"part": "profile", "settings": {"pic_url": SCRIPT, "vanity_name": SCRIPT}, "subjects": member},
    )
    for table in ("people_group", "accounts_site", "accounts_room", "phone_template", "access_app", "access_role", "webhooks_subscription"):
        sql.execute(f"UPDATE {table} SET name = %(n)s || right(id::text, 8) WHERE account_id = %(a)s", {"n": SCRIPT, "a": company.account})
    sql.execute("UPDATE content_item SET title = %(n)s WHERE account_id = %(a)s", {"n": SCRIPT, "a": company.account})


def test_no_address_is_a_script(db: None, northlake: Company) -> None:
    """WEB-02: whatever people, places and things are called, it is text; nothing that a browser follows or loads is made of it."""
    called_so(northlake)
    client, ours, seen = signed_in(northlake.owner.user_id), ids_of(northlake), 0
    for pattern, policy in all_routes():
        if "GET" in policy.methods and not (answer := client.get(fill(pattern, ours))).streaming:
            page = answer.content.decode(errors="replace")
            seen += SCRIPT in page
            assert not FOLLOWED.search(page), (pattern, FOLLOWED.search(page))
    assert seen > 30
