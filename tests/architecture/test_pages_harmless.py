"""What no page does, also none that does not exist yet: write for a form from elsewhere, or because somebody looked."""

from django.test import Client

from tests.architecture.test_pages import all_routes, fill, ids_of
from tests.people_of import Company, rows_written
from tests.signed_in import signed_in
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
